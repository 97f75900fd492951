"""Where the original trigger engine reads a text otherwise than this language.

The engine's tree is compared with the one that it would have to read
(`fql.compiler.portable`). Where they are the same, both answer alike for every event,
and there is nothing to report but what is right by luck and what depends on odd events;
those findings are notes. Where they differ, every part that is read otherwise gets a
warning, and at least one is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fql.compiler.portability_parts import misread_parts
from fql.compiler.portable import (
    answers_alike,
    conditions_in,
    meets_falsy,
    portable_tree,
)
from fql.compiler.trigger import as_source, check_trigger
from fql.grammar import portability_errors as errors
from fql.grammar.condition_tree import (
    MEANINGS,
    Condition,
    Group,
    GroupOperator,
    TreeError,
    Unreadable,
)
from fql.grammar.conditions import generate, read_tree
from fql.grammar.diagnostics import Code, Edit, Severity, arrange
from fql.grammar.edits import apply_edits
from fql.grammar.source import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fql.compiler.check import Checked
    from fql.grammar.condition_tree import Child, Tree
    from fql.grammar.diagnostics import Diagnostic

PLAN_CONDITIONS = 2
"""The conditions that a trigger may have on a self-service plan."""

REFUSED = '"~'
"""The characters that the visual builder does not save in a value."""

_ROUNDS = 4
"""Repairs of a text: each may bring mistakes to light that the last one hid."""


@dataclass(frozen=True, slots=True)
class Readings:
    """A text, what it says and what the trigger engine reads.

    Attributes:
        source: The text.
        checked: The text as it was read here, mistakes and all.
        says: What it says, after sure repairs of its syntax; None where it has
            mistakes that no repair is sure for.
        engine: The engine's tree.
    """

    source: Source
    checked: Checked
    says: Checked | None
    engine: Tree

    @property
    def agree(self) -> bool:
        """Whether both answer alike for every event."""
        meant = portable_tree(self.says) if self.says else None
        return answers_alike(meant, self.engine)


def readings(text: str | Source) -> Readings:
    """Return both readings of a text."""
    source = as_source(text)
    checked = check_trigger(source)
    return Readings(source, checked, _repaired(checked), read_tree(source.text))


def check_portability(
    source: str | Source, *, unreadable: Severity = Severity.WARNING
) -> list[Diagnostic]:
    """Return where the trigger engine reads *source* otherwise, in source order.

    Warnings say that the readings differ, notes that they agree by luck or for all but
    odd events. No finding means that both answer alike for every event in which
    ``properties``, ``traits`` and ``context`` are not ``false``, ``0`` or ``""``.

    Args:
        source: The condition. It may have mistakes.
        unreadable: How bad it is that the engine cannot read the text.
    """
    both = readings(source)
    if both.agree:
        return arrange(_notes(both))
    found = misread_parts(both.checked, both.engine)
    if isinstance(both.engine, Unreadable):
        found.append(errors.unreadable(both.source, both.engine, severity=unreadable))
    elif both.says is None:
        found.append(errors.no_language(both.source, engine_text(both.engine)))
    elif not any(each.severity is Severity.WARNING for each in found):
        whole = Span(0, len(both.source.text))
        found.append(errors.misread(both.source, whole, engine_text(both.engine)))
    return arrange(_with_edits(both, found))


def portable_text(text: str | Source) -> str | None:
    """Return a text that means in both what *text* says, or None.

    A bare word on the right of an operator counts as the text that its author meant.
    The result is *text* itself where it is portable already.
    """
    both = readings(text)
    if _is_clean(both):
        return both.source.text
    if both.says is None:
        return None
    mending = [each for each in both.says.diagnostics if each.code is Code.BARE_WORD]
    return _generated(check_trigger(apply_edits(both.says.source.text, mending)))


# --- what a text says -------------------------------------------------------------


def _repaired(checked: Checked) -> Checked | None:
    """Return *checked* without its errors, or None where a repair is not sure."""
    for _ in range(_ROUNDS):
        wrong = [each for each in checked.diagnostics if each.is_error]
        if not wrong:
            return checked
        if not all(each.edits for each in wrong):
            return None
        text = apply_edits(checked.source.text, wrong)
        checked = check_trigger(Source(text, checked.source.name))
    return None  # pragma: no cover - no text is known that needs so many repairs


def _generated(meant: Checked) -> str | None:
    """Return the engine's text for what *meant* says, if both read it so."""
    tree = portable_tree(meant)
    if tree is None:
        return None
    tree = Group(tree.operator, tuple(map(_with_calls_last, tree.children)))
    text = generate(tree)
    both = readings(text)
    return text if _is_clean(both) and answers_alike(tree, both.engine) else None


def _with_calls_last(child: Child) -> Child:
    """Return *child* so that the first ``)`` in its parentheses does no harm."""
    if not isinstance(child, Group):
        return child
    in_order = sorted(child.children, key=_is_call)
    return Group(child.operator, tuple(in_order))


def _is_call(child: Child) -> bool:
    if not isinstance(child, Condition):
        return False
    return MEANINGS[child.operator].needs == "text"


def engine_text(tree: Tree) -> str:
    """Return *tree* in the engine's spelling, as far as it has one."""
    try:
        return generate(tree)
    except TreeError:
        operator = tree.operator if isinstance(tree, Group) else GroupOperator.AND
        return generate(Group(operator, tuple(conditions_in(tree))))


# --- findings ---------------------------------------------------------------------


def _notes(both: Readings) -> Iterable[Diagnostic]:
    """Yield what is right by luck, and what odd events decide."""
    for each in both.checked.diagnostics:
        if each.code is Code.KEYWORD_CASE:
            finding = errors.keyword_not_read(both.source, each.span)
            yield replace(finding, severity=Severity.NOTE)
        elif each.code is Code.COMMA_FOR_AND:
            yield errors.comma_ignored(both.source, each.span, is_luck=True)
    for condition in conditions_in(both.engine):
        if meets_falsy(condition) and condition.span:
            yield errors.falsy_parent(both.source, condition.span)


def _with_edits(both: Readings, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Give findings the edit that makes the text mean the same in both.

    The edits of the parts stay where they are enough together; else each finding gets
    the one that rewrites the text, if there is one.
    """
    edited = apply_edits(both.source.text, found)
    if edited != both.source.text and _is_clean(readings(edited)):
        return list(found)
    text = portable_text(both.source)
    if text is None:
        return list(found)
    edit = Edit(Span(0, len(both.source.text)), text)
    return [replace(each, edits=(edit,)) for each in found]


def _is_clean(both: Readings) -> bool:
    """Return whether the text needs no repair and no luck to be read alike."""
    if not both.agree or both.says is not both.checked:
        return False
    return not any(each.code is Code.KEYWORD_CASE for each in both.checked.diagnostics)


# --- what the original's shop allows ----------------------------------------------


def check_limits(source: str | Source) -> list[Diagnostic]:
    """Return what the original's plans and forms refuse in a trigger.

    Triggers of self-service plans have two conditions, and the visual builder saves no
    values with a double quote or a tilde. What the trigger engine reads counts.
    """
    source = as_source(source)
    conditions = [each for each in conditions_in(read_tree(source.text)) if each.span]
    found: list[Diagnostic] = []
    if len(conditions) > PLAN_CONDITIONS:
        spans = [each.span for each in conditions[PLAN_CONDITIONS:] if each.span]
        span = spans[0].to(spans[-1])
        found.append(
            errors.plan_conditions(source, span, len(conditions), PLAN_CONDITIONS)
        )
    found += [
        errors.refused_character(source, condition.span, character)
        for condition in conditions
        for character in REFUSED
        if condition.span and character in str(condition.value)
    ]
    return arrange(found)
