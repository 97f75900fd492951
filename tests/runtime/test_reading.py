"""What a workspace reads: the rest of an event makes no difference."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from fql.compiler.parts import WHOLE, Parts
from fql.grammar.source import Source
from fql.runtime.load import load
from fql.runtime.partial import partial_decoder
from fql.runtime.reading import workspace_parts

if TYPE_CHECKING:
    from fql.compiler.values import Json

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"

TEXT = """\
destination log: webhook {
  filter "some" when type = "page" { sample 0.5 by properties.key }
  filter "less" when type = "track" { drop_properties properties [total] }
  disabled mapping "Off" when context.off = 1 send send { a: $ }
  mapping "On" when properties.total > 1 or context.a = 1 send send {
    name: name, plan: traits.plan, total: properties.total, list: properties.list.0.b
  }
}
disabled destination old: webhook { mapping "Old" when all send send { a: $ } }
"""


def test_only_what_is_enabled_reads() -> None:
    source = Source('destination d: webhook { mapping "M" when a.b = 1 send s { c } }')
    members = workspace_parts(load(source)).members
    assert members["a"] == Parts(members={"b": WHOLE})
    assert members["c"] is WHOLE
    assert members["properties"] == members["traits"] == Parts()
    assert members["integrations"] is members["messageId"] is WHOLE


def test_a_mapping_may_read_all() -> None:
    source = Source('destination d: webhook { mapping "M" when a = 1 send s { c: $ } }')
    assert workspace_parts(load(source)) is WHOLE


def test_the_examples_come_out_the_same() -> None:
    shop = replace(load(str(EXAMPLES / "shop.fql")), window=None)
    read = partial_decoder(workspace_parts(shop))
    for line in (EXAMPLES / "events.ndjson").read_bytes().splitlines():
        assert shop.process(read(line)) == shop.process(json.loads(line))  # type: ignore[arg-type]


VALUES: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["", "a", "page"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from("abk"), inner, max_size=2)
    ),
    max_leaves=4,
)
BODIES = st.dictionaries(
    st.sampled_from(["total", "key", "list", "plan", "a", "off"]), VALUES, max_size=4
)
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["track", "page", "group", "odd", None])},
    optional={
        "userId": st.sampled_from(["u", None, 1]),
        "event": st.sampled_from(["e", 1]),
        "properties": BODIES | VALUES,
        "traits": BODIES | VALUES,
        "context": BODIES | VALUES,
        "name": VALUES,
        "messageId": VALUES,
        "groupId": VALUES,
        "integrations": VALUES,
        "other": VALUES,
    },
)
LOG = replace(load(Source(TEXT)), window=None)
READ = partial_decoder(workspace_parts(LOG))


@settings(max_examples=150)
@given(EVENTS)
def test_what_nobody_reads_makes_no_difference(event: dict[str, Json]) -> None:
    """process(partial(t)) == process(t), whatever kinds the values have."""
    read = READ(json.dumps(event).encode())
    assert LOG.process(read) == LOG.process(event)  # type: ignore[arg-type]  # an object
