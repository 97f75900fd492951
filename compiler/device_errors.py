"""The wording of what device mode answers otherwise.

One function a finding: data in, a `Finding` out, which gets its place where it is
reported. Each message says what happens there; help says what to write instead. Four
findings are warnings, and their help says which events they concern.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fql.compiler.errors import listed
from fql.grammar.diagnostics import Code, Diagnostic, Severity
from fql.grammar.errors import quoted

if TYPE_CHECKING:
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Source, Span

_KNOWN = ("contains", "length", "lowercase", "match", "semver", "typeof")
"""The functions of the evaluator in device-mode SDKs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a construct.

    Attributes:
        code: Its fixed name.
        message: What device mode does.
        help: What to write instead, or which events tell the difference.
        node: The construct, where that is known.
        severity: An error where the condition is not to be used there.
    """

    code: Code
    message: str
    help: str
    node: Expr | None = None
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        """Whether the condition is not to be used in device mode."""
        return self.severity is Severity.ERROR

    def about(self, node: Expr) -> Finding:
        """Return the finding as one about *node*."""
        return replace(self, node=node)

    def at(self, source: Source, span: Span) -> Diagnostic:
        """Return the finding at a place."""
        return Diagnostic(
            self.code, self.message, span, source, self.severity, help=self.help
        )


# --- missing fields ---------------------------------------------------------------


def missing_is_not_null(node: Expr) -> Finding:
    """``userId = null``, ``userId in [null]``, ``length(x) = null``."""
    return Finding(
        Code.DEVICE_MISSING,
        "in device mode a missing field is not null",
        "compare with the values that are there, or filter in the cloud",
        node,
    )


def missing_are_not_equal(node: Expr) -> Finding:
    """``userId = traits.id``: two values of the event."""
    return Finding(
        Code.DEVICE_MISSING,
        "in device mode a missing field does not equal null, nor do objects whose "
        "keys are in another order",
        "compare with a literal, or filter in the cloud",
        node,
    )


# --- functions --------------------------------------------------------------------


def unknown_function(name: str) -> Finding:
    """A function that throws there."""
    return Finding(
        Code.DEVICE_FUNCTION,
        f"device mode has no function {quoted(name)}",
        f"it has {listed(_KNOWN)}",
    )


def nested_result(node: Expr | None = None) -> Finding:
    """``contains(lowercase(event), "order")``, ``lowercase(event) in ["order"]``."""
    return Finding(
        Code.DEVICE_NESTED,
        "in device mode a function's result counts in comparisons only",
        "compare the result with `=`, or give the field itself",
        node,
    )


def condition_as_value() -> Finding:
    """``(type = "track") = true``."""
    return Finding(
        Code.DEVICE_NESTED,
        "in device mode a condition is no value that can be compared",
        "join conditions with `and`, `or` and `!`",
    )


# --- orderings --------------------------------------------------------------------


def string_order(node: Expr) -> Finding:
    """``properties.name < "m"``."""
    return Finding(
        Code.DEVICE_ORDER,
        "device mode orders numbers only: with a string this is never true there",
        "compare numbers, or filter in the cloud",
        node,
    )


def instant_order(node: Expr) -> Finding:
    """``timestamp >= "2023-04-21"``."""
    return Finding(
        Code.DEVICE_ORDER,
        "device mode orders numbers only, not timestamps",
        "filter by time in the cloud; fields such as `receivedAt` are set there",
        node,
    )


def number_order(node: Expr) -> Finding:
    """``timestamp > 100``: no in both, unless the event has a number there."""
    return Finding(
        Code.DEVICE_ORDER,
        "device mode orders a number in a field of timestamps",
        "the answers differ where an event has a number there: here it has no order",
        node,
        Severity.WARNING,
    )


def order_of_values(node: Expr) -> Finding:
    """``properties.total > properties.limit``: strings have an order here."""
    return Finding(
        Code.DEVICE_ORDER,
        "device mode orders numbers only, and these may be strings",
        "compare with a number",
        node,
    )


# --- lists and objects ------------------------------------------------------------


def list_in_event(node: Expr) -> Finding:
    """``"a" in properties.tags``."""
    return Finding(
        Code.DEVICE_LIST,
        "in device mode only a literal list has elements",
        'write the list out: `field in ["a", "b"]`',
        node,
    )


def fields_in_list() -> Finding:
    """``type in [properties.kind]``."""
    return Finding(
        Code.DEVICE_LIST,
        "in device mode the elements of a list are literals",
        "compare with each value, joined with `or`",
    )


def list_equality(node: Expr) -> Finding:
    """``properties.tags = ["a"]``."""
    return Finding(
        Code.DEVICE_LIST,
        "in device mode no list of an event equals a literal one",
        "compare single values, or filter in the cloud",
        node,
    )


# --- paths ------------------------------------------------------------------------


def dotted_key(segment: str) -> Finding:
    r"""``properties.a\.b``: a key with a dot."""
    return Finding(
        Code.DEVICE_PATH,
        f"device mode cannot read the key {quoted(segment)}: it splits at the dot",
        "choose a field whose name has no dot, or filter in the cloud",
    )


def second_name(root: str, other: str) -> Finding:
    """``received_at``: a field that goes by two names here."""
    return Finding(
        Code.DEVICE_PATH,
        f"device mode reads {quoted(root)} only, never {quoted(other)} in its place",
        f"the answers differ where an event has no {quoted(root)}; write "
        f"{quoted(other)} if that is what the events have",
        severity=Severity.WARNING,
    )


def position(segment: str) -> Finding:
    """``properties.items.0``: there, strings have elements too."""
    return Finding(
        Code.DEVICE_PATH,
        f"in device mode {quoted(segment)} reads a character where this is a string",
        "read a field by its name, or filter in the cloud",
    )


def length_member() -> Finding:
    """``properties.items.length``."""
    return Finding(
        Code.DEVICE_PATH,
        "in device mode `length` is the number of characters or elements",
        "use `length(...)`, or filter in the cloud",
    )


def inherited(segment: str) -> Finding:
    """``constructor.name``: a member that JavaScript gives every value."""
    return Finding(
        Code.DEVICE_PATH,
        f"in device mode {quoted(segment)} is there without being in the event",
        "choose a field of another name, or filter in the cloud",
    )


# --- strings and numbers ----------------------------------------------------------


def length_in_units(node: Expr) -> Finding:
    """``length(properties.name) > 5``: no for a missing field in both."""
    return Finding(
        Code.DEVICE_LENGTH,
        "in device mode text is counted in UTF-16 units, not in bytes",
        "the answers differ for text that is not all ASCII; `length(...) > 0` is "
        "answered alike",
        node,
        Severity.WARNING,
    )


def length_order(node: Expr) -> Finding:
    """``length(properties.name) < 5``."""
    return Finding(
        Code.DEVICE_LENGTH,
        "in device mode a missing field has no length, and text is counted in UTF-16 "
        "units, not in bytes",
        "`length(...) > 0` is answered alike; filter by other lengths in the cloud",
        node,
    )


def length_equality(node: Expr) -> Finding:
    """``length(userId) = 0``."""
    return replace(length_order(node), node=node)


_COUNTED_TWICE = "in device mode some characters, such as 😀, count as two in a pattern"


def counted_characters() -> Finding:
    """``match(event, "Order ?")``."""
    return Finding(
        Code.DEVICE_CHARACTER,
        _COUNTED_TWICE,
        "the answers differ for characters beyond U+FFFF only; `*` takes them whole",
        severity=Severity.WARNING,
    )


def wide_class() -> Finding:
    """``match(event, "[😀]")``: there, the class holds two halves."""
    return Finding(
        Code.DEVICE_CHARACTER,
        _COUNTED_TWICE,
        "use `*`, or classes of characters before U+D800",
    )


def pattern_in_event(node: Expr) -> Finding:
    """``match(event, properties.pattern)``."""
    return Finding(
        Code.DEVICE_CHARACTER, _COUNTED_TWICE, "write the pattern as a literal", node
    )


def part_in_event(node: Expr) -> Finding:
    """``contains(event, properties.part)``: the part may be half a character."""
    return Finding(
        Code.DEVICE_CHARACTER,
        "in device mode half a character, as this may be, is found in whole ones",
        "write the part as a literal",
        node,
    )


def lone_surrogate() -> Finding:
    """Half a character, which no event holds."""
    return Finding(
        Code.DEVICE_CHARACTER,
        "in device mode half a surrogate pair is found inside other characters",
        "write whole characters",
    )


def large_number() -> Finding:
    """``properties.id = 9007199254740993``."""
    return Finding(
        Code.DEVICE_NUMBER,
        "in device mode numbers from 2^53 on are not exact",
        "use a string for what is no quantity, or filter in the cloud",
    )


def versions_in_event(node: Expr) -> Finding:
    """``semver(context.app.version, ">", properties.minimum)``."""
    return replace(large_number(), help="compare with a literal version", node=node)


def type_name(node: Expr, name: str) -> Finding:
    """``typeof(x) = "list"``."""
    return Finding(
        Code.DEVICE_TYPE_NAME,
        f"in device mode `typeof` does not say {quoted(name)} of the same values",
        'only "string" and "number" are the same in both',
        node,
    )


def type_names(node: Expr) -> Finding:
    """``typeof(a) = typeof(b)``."""
    return Finding(
        Code.DEVICE_TYPE_NAME,
        "in device mode `typeof` has other names for types",
        'compare with "string" or "number"',
        node,
    )
