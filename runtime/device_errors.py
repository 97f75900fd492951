"""The wording of why filters cannot become rules of device-mode SDKs.

What is wrong with a condition alone is worded where it is encoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.grammar.diagnostics import Code, Diagnostic, Label
from fql.grammar.errors import quoted

if TYPE_CHECKING:
    from fql.grammar import nodes
    from fql.grammar.source import Source
    from fql.runtime.drafts import FilterDraft


def sample(source: Source, action: nodes.Sample) -> Diagnostic:
    """A sample that keeps some events."""
    return Diagnostic(
        Code.DEVICE_SAMPLE,
        "device mode would keep other events than this sample",
        action.span,
        source,
        help="sample in the cloud; 0 and 1 mean the same in both",
    )


def target(
    source: Source, action: nodes.DropProperties | nodes.AllowProperties
) -> Diagnostic:
    """Properties of an object that device mode does not find, or not alone."""
    return Diagnostic(
        Code.DEVICE_PATH,
        "device mode finds another object at this path, or none",
        action.target_span,
        source,
        help="name an object whose keys have no dots, or filter in the cloud",
    )


def sequence(draft: FilterDraft, earlier: FilterDraft) -> Diagnostic:
    """A condition that reads what the filter *earlier* may have changed."""
    place = draft.condition.place
    other = earlier.title.place
    label = Label(other.span, "the earlier filter")
    return Diagnostic(
        Code.DEVICE_SEQUENCE,
        f"in device mode the filter {quoted(earlier.title.text)} acts first and may "
        "change what this reads",
        place.span,
        place.source,
        help="read another field, or set the order of filters to `listed`",
        labels=(label,) if other.source == place.source else (),
        pointer=place.pointer,
    )
