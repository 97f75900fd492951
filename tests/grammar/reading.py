"""What the tests of reading share: findings of a text in short, odd texts, laws.

`broken_texts` are what people write and what chance makes of it: tokens thrown
together, texts that are almost right, any characters at all.
"""

from __future__ import annotations

import re
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import strategies as st

from fql.grammar import nodes
from fql.grammar.edits import apply_edits
from tests.grammar.strategies import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from fql.grammar.diagnostics import Code, Diagnostic
    from fql.grammar.languages import Language
    from fql.grammar.parse import Parsed

LANGUAGES: tuple[Language, ...] = ("fql", "mapping", "program")

Finding: TypeAlias = "tuple[Code, str]"

CONDITIONS = (
    'type = "track" and properties.total >= 10 and !contains(event, "Test")',
    "a in [1, -2.5e3, \"x\", 'y', null, TRUE] or (b != c.0.and[12] and exists(d))",
    "any(properties.products, item.price > 10) # why\n and semver(v, '>=', \"1.2\")",
    "all",
)
MAPPINGS = (
    '{ a: b, title: "Order {{p.id}} by {{ $.traits.name }}"\n  c: d ?? e ?? null }',
    'if x >= 1 then { g: 1, "h i": [$, $.j.0] } else each k { l, m: { n: o } }',
    'merge(traits, { source: \'web\' }, deep: true) # all\n = replace(a, "b", "c")',
)
PROGRAMS = (
    """\
workspace { plan: self_service }
source website { write_key: env("KEY") }
destination crm: webhook from website, app {
  settings { shared_secret: env("SECRET") }  # hidden
  filter "staff" when contains(context.traits.email, "@acme.com") { drop }
  disabled filter "some" when all {
    drop_properties context.traits [email, "phone number"]
    allow_properties "" [userId,] sample 0.5 by userId
  }
  mapping "Order" when type = "track" and total >= 1 send send {
    url: 'https://example.com'
    data: { id: order_id, items: each products { sku, qty: quantity ?? 1 } }
  }
}
""",
)
SAMPLES: dict[Language, tuple[str, ...]] = {
    "fql": CONDITIONS,
    "mapping": CONDITIONS + MAPPINGS,
    "program": PROGRAMS,
}
_PIECES = (
    *(Path(__file__).parent / "fuzz" / "pieces.txt").read_text("utf-8").splitlines(),
    *("\n", "\r\n", "# c\n", "\x00", "\ufeff", "\u200b", "\ud800"),
)


def findings(text: str, language: Language = "fql") -> list[Finding]:
    """Return the code of each finding in *text* and what is marked, in order."""
    found = parse(language, text).diagnostics
    ordered = sorted(found, key=lambda each: (each.span, each.code))
    return [(each.code, each.source.slice(each.span)) for each in ordered]


def fixed(text: str, language: Language = "fql") -> str:
    """Return *text* with every fix of its findings applied."""
    return apply_edits(text, parse(language, text).diagnostics)


def is_whole(root: nodes.Node) -> bool:
    """Return whether no part of *root* is invalid."""
    return not any(isinstance(node, nodes.Invalid) for node in all_nodes(root))


def all_nodes(root: nodes.Node) -> Iterator[nodes.Node]:
    """Yield *root* and every node below, parents first, in the order of the text."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack += reversed(children(node))


def children(node: nodes.Node) -> list[nodes.Node]:
    """Return the nodes right below *node*, in the order of its fields."""
    found: list[nodes.Node] = []
    for each in fields(node):
        value = getattr(node, each.name)
        parts = value if isinstance(value, tuple) else (value,)
        found += [part for part in parts if isinstance(part, nodes.Node)]
    return found


def shape(tree: object) -> object:
    """Return what *tree* means, in tuples: without parentheses and places."""
    if isinstance(tree, nodes.Group):
        return shape(tree.inner)
    if isinstance(tree, tuple):
        return tuple(map(shape, tree))
    if not isinstance(tree, nodes.Node):
        return tree
    values = [getattr(tree, each.name) for each in fields(tree) if each.compare]
    return type(tree).__name__, *map(shape, values)


def broken_texts(language: Language) -> SearchStrategy[str]:
    """Draw a text that may be anything, and is mostly wrong."""
    return st.one_of(_thrown_together(), _almost_right(language), _any_text())


def _any_text() -> SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=[]), max_size=30)


@st.composite
def _thrown_together(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=12))
    blanks = st.sampled_from([" ", " ", " ", "", "\n"])
    return "".join(piece + draw(blanks) for piece in pieces)


@st.composite
def _almost_right(draw: st.DrawFn, language: Language) -> str:
    """Draw a right text with a few places cut out, put in, or moved."""
    text = draw(st.sampled_from(SAMPLES[language]))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 4)))
        kept = draw(st.sampled_from(("", "", *_PIECES)))
        text = text[:at] + kept + text[end:]
    return text


def check_wording(finding: Diagnostic) -> None:
    """Fail unless *finding* speaks plainly and says what to do."""
    lines = [finding.message, finding.help, *(each.text for each in finding.labels)]
    for line in lines:
        prose = re.sub(r"`[^`]*`", "x", line)
        assert line.strip() == line
        assert "\n" not in line
        assert not prose.endswith((".", "!", ":"))
        assert "unexpected" not in prose.lower()
        assert "token" not in prose.lower()
    assert finding.message
    assert finding.help


def check_places(parsed: Parsed[nodes.Expr] | Parsed[nodes.Program]) -> None:
    """Fail unless every span lies in the text and nodes lie inside one another."""
    length = len(parsed.source.text)
    for node in all_nodes(parsed.root):
        start, end = node.span
        assert 0 <= start <= end <= length
        inner = children(node)
        for each in inner:
            assert node.span.contains(each.span), (node, each)
        by_place = sorted(each.span for each in inner)
        for one, other in pairwise(by_place):
            assert one.end <= other.start, (node, one, other)
    for comment in parsed.comments:
        assert parsed.source.text[comment.span.start] == "#"
    for finding in parsed.diagnostics:
        spans = [finding.span, *(each.span for each in finding.labels)]
        spans += [each.span for each in finding.edits]
        assert all(0 <= start <= end <= length for start, end in spans)


def check_mended(
    text: str, expected: list[Finding], meant: str | None, language: Language = "fql"
) -> None:
    """Fail unless the fixes of the *expected* findings make *text* what was *meant*.

    None: something else, without mistakes. What is read of *text* is either what was
    meant or marked as invalid: later stages must not judge what no one wrote.
    """
    assert findings(text, language) == expected
    mended = fixed(text, language)
    if meant is not None:
        assert mended == meant
    again = parse(language, mended)
    assert again.diagnostics == ()
    root = parse(language, text).root
    assert root == again.root or not is_whole(root)
