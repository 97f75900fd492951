"""Conditions as generated Python: one expression, the cheapest exact test each.

A test that needs a string or a number stands behind a guard that says whether its
operand is one, unless an earlier test has proved that already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler import ir
from fql.compiler.emit_tests import PROVED
from fql.compiler.globs import Glob, GlobKind
from fql.compiler.pytext import Code, Facts, Level, joined, value_code
from fql.compiler.walk import value_key

if TYPE_CHECKING:
    from fql.compiler.emitter import At, Emitter
    from fql.compiler.ir import Ir
    from fql.compiler.walk import Key

_WIDE = 200
"""More terms than this are divided among functions of `_CHUNK` terms each."""

_CHUNK = 100


# --- and, or ----------------------------------------------------------------------


def write_junction(emitter: Emitter, node: ir.And | ir.Or, at: At) -> Code:
    """Return the code of the terms with ``and`` or ``or`` between them."""
    if len(node.terms) > _WIDE:
        return _write_wide(emitter, node, at)
    is_and = isinstance(node, ir.And)
    facts = at.facts
    leaving: Facts | None = None
    codes: list[Code] = []
    for term in node.terms if is_and else _fused(node.terms):
        code = emitter.condition(term, at.inside.knowing(facts))
        facts, early = (code.true, code.false) if is_and else (code.false, code.true)
        leaving = early if leaving is None else leaving & early
        codes.append(code)
    ends = (facts, leaving or frozenset())
    true, false = ends if is_and else ends[::-1]
    text, level = _junction(codes, Level.AND if is_and else Level.OR)
    return Code(text, level, true, false)


def _junction(codes: list[Code], level: Level) -> tuple[str, Level]:
    """Return the terms joined, without those that are proved already."""
    if level is Level.AND:
        codes = [code for code in codes if code.text != PROVED] or codes[:1]
    if len(codes) == 1:
        return codes[0].text, codes[0].level
    return joined("and" if level is Level.AND else "or", codes, level), level


def _write_wide(emitter: Emitter, node: ir.And | ir.Or, at: At) -> Code:
    """Return calls of functions that hold the terms."""
    kind, terms = type(node), node.terms
    chunks = [
        value_code(
            emitter.part(kind(terms[start : start + _CHUNK]), "condition"), at.facts
        )
        for start in range(0, len(terms), _CHUNK)
    ]
    is_and = isinstance(node, ir.And)
    text, level = _junction(chunks, Level.AND if is_and else Level.OR)
    return value_code(text, at.facts, level)


def _fused(terms: tuple[Ir, ...]) -> list[Ir]:
    """Return *terms* with prefixes, and suffixes, of one value as one test.

    The globs that stand for several texts mean nothing outside of this module.
    """
    fused: list[Ir] = []
    places: dict[Key, int] = {}
    for term in terms:
        key = _fusion_key(term)
        place = len(fused) if key is None else places.setdefault(key, len(fused))
        if place == len(fused):
            fused.append(term)
        else:
            fused[place] = _fuse(fused[place], term)
    return fused


def _fusion_key(term: Ir) -> Key | None:
    match term:
        case ir.GlobTest(value, Glob(_, GlobKind.PREFIX | GlobKind.SUFFIX as kind)):
            key = value_key(value)
            return None if key is None else (kind, *key)
        case _:
            return None


def _fuse(one: Ir, other: Ir) -> Ir:
    match one, other:
        case ir.GlobTest(value, first), ir.GlobTest(_, second):
            texts = first.texts + second.texts
            return ir.GlobTest(value, Glob("", first.kind, texts))
        case _:
            raise AssertionError(f"no globs: {one}, {other}")
