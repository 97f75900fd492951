"""The proof of a mapping: does what it builds fit the fields of its action.

Found before any event comes: required fields that are not mapped or can be missing,
fields that the action does not have, literals that it refuses, values of types that
it cannot take, lists where it wants one value. What the mapping alone decides is an
error; what depends on the event, or rests on a schema, is a warning. Literals are
judged by the very validation that payloads go through.

A mapping that is not built member by member, such as ``merge(traits, {...})``, is
proved as far as its members are known.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from fql.compiler import proof_errors as errors
from fql.compiler.facts import gather
from fql.compiler.field_errors import TYPE_NAMES, PayloadError, describe_requirement
from fql.compiler.field_specs import (
    FieldType,
    PresenceCondition,
    Requirement,
    ValueCondition,
)
from fql.compiler.fields import compile_specs
from fql.compiler.functions import FUNCTIONS
from fql.compiler.payload_functions import PAYLOAD_FUNCTIONS
from fql.compiler.presence import Known, absence_of
from fql.compiler.schema import EVENT_SPEC
from fql.compiler.scopes import Role, Visit, event_scope, ungrouped, visits
from fql.compiler.suggest import nearest
from fql.compiler.to_text import expression_of
from fql.compiler.types import Type, overlaps
from fql.compiler.values import equals
from fql.grammar import nodes
from fql.grammar.diagnostics import Severity
from fql.grammar.spelling import event_path_text, path_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fql.compiler.check import Checked
    from fql.compiler.facts import Callables, Facts
    from fql.compiler.field_specs import FieldCondition, FieldSpec
    from fql.compiler.schema import Schema
    from fql.compiler.scopes import Scope
    from fql.compiler.signatures import Function
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.directives import Directives
    from fql.grammar.nodes import Expr
    from fql.grammar.source import Source

INTERNAL = "__segment_internal_"
"""What the names of payload members begin with that no action declares."""

_SCALAR = Type.BOOL | Type.NUMBER | Type.STRING | Type.TIMESTAMP
_TIME = Type.NUMBER | Type.STRING | Type.TIMESTAMP


def prove_text(
    checked: Checked,
    specs: Mapping[str, FieldSpec],
    *,
    schema: Schema | None = None,
    condition: Expr | None = None,
    functions: Mapping[str, Function] = FUNCTIONS,
    is_strict: bool = False,
) -> list[Diagnostic]:
    """Return what keeps the payload of a mapping's text from fitting its action.

    Args:
        checked: The text, without errors.
        specs: The fields of the action, by name.
        schema: What is known of events beyond the event spec.
        condition: What holds of every event that the mapping gets.
        functions: What expressions may call besides the functions of mappings.
        is_strict: Whether what only the schema rules out is an error.
    """
    callables: Callables = {**PAYLOAD_FUNCTIONS, **functions}
    scope = event_scope(schema or EVENT_SPEC, condition)
    found = visits(Visit(checked.root, scope, Role.VALUE), callables)
    facts = gather(
        checked.source, callables, found, is_strict=is_strict, guessed=frozenset()
    )
    return _proved(checked.root, specs, _known(scope, condition), facts)


def prove_directives(
    read: Directives,
    specs: Mapping[str, FieldSpec],
    *,
    schema: Schema | None = None,
    condition: Expr | None = None,
    is_strict: bool = False,
) -> list[Diagnostic]:
    """Return the same as `prove_text`, for a mapping in directive JSON.

    What no text says is not proved.
    """
    written = expression_of(read.root)
    if written.faults:
        return []
    callables: Callables = {**PAYLOAD_FUNCTIONS, **FUNCTIONS}
    scope = event_scope(schema or EVENT_SPEC, condition)
    found = visits(Visit(written.root, scope, Role.VALUE), callables)
    source = read.document.source
    facts = gather(source, callables, found, is_strict=is_strict, guessed=frozenset())
    findings = _proved(written.root, specs, _known(scope, condition), facts)
    return [_placed(each, read, written.pointers) for each in findings]


def _known(scope: Scope, condition: Expr | None) -> Known:
    known = Known(scope)
    return known if condition is None else known.with_condition(condition)


def _proved(
    root: Expr, specs: Mapping[str, FieldSpec], known: Known, facts: Facts
) -> list[Diagnostic]:
    proof = _Proof(facts.source, facts)
    proof.root(root, specs, known)
    return proof.findings


def _placed(
    finding: Diagnostic, read: Directives, pointers: Sequence[str]
) -> Diagnostic:
    """Return *finding* at the place in the JSON that its span stands for."""
    pointer = pointers[finding.span.start]
    return replace(finding, span=read.document.span(pointer), pointer=pointer)


@dataclass(frozen=True, slots=True)
class _Proof:
    """One proof of one mapping."""

    source: Source
    facts: Facts
    findings: list[Diagnostic] = field(default_factory=list)

    def root(self, node: Expr, specs: Mapping[str, FieldSpec], known: Known) -> None:
        """Prove a whole mapping."""
        for built, at in _alternatives(node, known):
            match built:
                case nodes.Object():
                    self._object(built, specs, "", at)
                case nodes.Call("merge" | "merge_left", parts):
                    for part in parts:
                        self._parts(part, specs, at)
                case _:
                    self._whole(built)

    def _whole(self, node: Expr) -> None:
        """Report a payload that is something, but never an object."""
        fact = self.facts.of(node)
        for kinds, severity in (
            (fact.certain, Severity.ERROR),
            (fact.expected, self.facts.schema_severity),
        ):
            given = kinds & ~Type.NULL
            if given and not given & Type.OBJECT:
                found = errors.no_payload(
                    self.source, node.span, given, severity=severity
                )
                self.findings.append(found)
                return

    def _parts(self, node: Expr, specs: Mapping[str, FieldSpec], known: Known) -> None:
        """Prove the members of one of several objects that are merged."""
        built = ungrouped(node)
        if isinstance(built, nodes.Object):
            self._members(built, specs, "", known)

    # --- objects ---

    def _object(
        self, node: nodes.Object, specs: Mapping[str, FieldSpec], way: str, known: Known
    ) -> None:
        self._members(node, specs, way, known)
        members = {member.key: member.value for member in node.members}
        for name, spec in specs.items():
            if way and isinstance(spec.required, Requirement):
                # Its conditions are about what stands beside the object.
                continue
            required, reason = self._requirement(spec, members)
            if required and name in members:
                self._required(members[name], f"{way}{name}", known)
            elif required:
                found = errors.not_mapped(
                    self.source, node.span, f"{way}{name}", reason
                )
                self.findings.append(found)

    def _members(
        self, node: nodes.Object, specs: Mapping[str, FieldSpec], way: str, known: Known
    ) -> None:
        for member in node.members:
            spec = specs.get(member.key)
            name = f"{way}{member.key}"
            if spec is not None:
                self._value(member.value, spec, name, known)
            elif not member.key.startswith(INTERNAL):
                near = nearest(member.key, specs)
                self.findings.append(
                    errors.unknown(
                        self.source, member.key_span, name, known=specs, near=near
                    )
                )

    def _requirement(
        self, spec: FieldSpec, members: Mapping[str, Expr]
    ) -> tuple[bool, str]:
        """Return whether a field is sure to be required, and under which condition."""
        if not isinstance(spec.required, Requirement):
            return spec.required, ""
        held = [
            self._is_met(each, members) is True for each in spec.required.conditions
        ]
        is_met = any(held) if spec.required.match == "any" else all(held)
        return is_met, describe_requirement(spec.required)

    def _is_met(
        self, condition: FieldCondition, members: Mapping[str, Expr]
    ) -> bool | None:
        """Return whether a condition holds; None where the event decides."""
        if "." in condition.field or condition.field.startswith(INTERNAL):
            return None
        member = members.get(condition.field)
        constant = None if member is None else self.facts.of(member).constant
        if member is not None and constant is None:
            return None
        value = None if constant is None else constant.value
        if isinstance(condition, PresenceCondition):
            return (value is not None and value != "") == condition.is_present
        assert isinstance(condition, ValueCondition)  # noqa: S101 - for the checkers
        if value is None:
            return False
        listed = condition.value
        options = listed if isinstance(listed, list) else [listed]
        return any(equals(value, each) for each in options) == condition.is_equal

    def _required(self, value: Expr, name: str, known: Known) -> None:
        """Report the value of a required field where it can be missing."""
        absence = absence_of(value, known, self.facts)
        if absence is None:
            return
        span = value.span
        if absence.is_certain:
            self.findings.append(errors.always_missing(self.source, span, name))
            return
        types = known.scope.narrowing.types or ()
        self.findings.append(
            errors.can_be_missing(
                self.source,
                span,
                name,
                paths=[_spelled(path) for path in absence.paths],
                types=sorted(types) if known.is_event else (),
            )
        )

    # --- values ---

    def _value(self, node: Expr, spec: FieldSpec, name: str, known: Known) -> None:
        for leaf, at in _alternatives(node, known):
            self._leaf(leaf, spec, name, at)

    def _leaf(self, node: Expr, spec: FieldSpec, name: str, known: Known) -> None:
        constant = self.facts.of(node).constant
        if constant is not None:
            if constant.value is not None and constant.value != "":
                self._constant(node, constant.value, spec, name)
            return
        match node:
            case nodes.Object() if spec.type is FieldType.OBJECT:
                if spec.properties is not None:
                    self._inner(node, spec, name, known)
            case nodes.ListLiteral(items) if spec.is_multiple or len(items) == 1:
                element = replace(spec, is_multiple=False, required=False)
                for item in items:
                    self._value(item, element, name, known)
            case nodes.ListLiteral() if spec.type is not FieldType.OBJECT:
                self._list(node, name, Severity.ERROR)
            case nodes.Each():
                self._each(node, spec, name, known)
            case _:
                self._kinds(node, spec, name)

    def _inner(
        self, node: nodes.Object, spec: FieldSpec, name: str, known: Known
    ) -> None:
        """Prove the members of an object field."""
        inner = spec.properties or {}
        if spec.allows_additional:
            declared = tuple(each for each in node.members if each.key in inner)
            node = replace(node, members=declared)
        self._object(node, inner, f"{name}.", known)

    def _each(self, node: nodes.Each, spec: FieldSpec, name: str, known: Known) -> None:
        if not spec.is_multiple:
            self._list(node, name, Severity.WARNING)
            return
        element = replace(spec, is_multiple=False, required=False)
        self._leaf(node.shape, element, name, known.inside_list())

    def _list(self, node: Expr, name: str, severity: Severity) -> None:
        found = errors.list_for_one(self.source, node.span, name, severity=severity)
        self.findings.append(found)

    def _constant(self, node: Expr, value: Json, spec: FieldSpec, name: str) -> None:
        """Report what validation says of a literal."""
        try:
            compile_specs({name: replace(spec, required=False)})({name: value})
        except PayloadError as error:
            for problem in error.problems:
                near = ""
                if problem.rule == "choices" and isinstance(value, str):
                    texts = [
                        each for each in spec.choices or () if isinstance(each, str)
                    ]
                    near = nearest(value, texts) or ""
                self.findings.append(
                    errors.wrong_value(
                        self.source,
                        node.span,
                        problem.message,
                        is_choice=problem.rule == "choices",
                        near=near,
                    )
                )

    def _kinds(self, node: Expr, spec: FieldSpec, name: str) -> None:
        """Report a value that is of no kind that the field takes."""
        fact = self.facts.of(node)
        takes = _kinds_of(spec)
        for kinds, severity in (
            (fact.certain, Severity.ERROR),
            (fact.expected, self.facts.schema_severity),
        ):
            given = kinds & ~Type.NULL
            if not given or overlaps(given, takes):
                continue
            if given == Type.LIST:
                # A list of one element is taken for it.
                self._list(node, name, Severity.WARNING)
            else:
                names = (name, TYPE_NAMES[spec.type])
                self.findings.append(
                    errors.wrong_type(
                        self.source, node.span, names, given, severity=severity
                    )
                )
            return


def _kinds_of(spec: FieldSpec) -> Type:
    """Return the kinds of values that a field can take, converted or not."""
    if spec.type is FieldType.OBJECT:
        takes = Type.OBJECT
    elif spec.type is FieldType.DATETIME:
        takes = _TIME
    else:
        takes = _SCALAR
    return takes | Type.LIST if spec.is_multiple else takes


def _alternatives(node: Expr, known: Known) -> Iterator[tuple[Expr, Known]]:
    """Yield the values that *node* may have, and what is known where it has them."""
    match node:
        case nodes.Group(inner):
            yield from _alternatives(inner, known)
        case nodes.Call("literal" | "original" | "drop_null", (inner,)):
            yield from _alternatives(inner, known)
        case nodes.Coalesce(operands):
            for operand in operands:
                yield from _alternatives(operand, known)
                known = known.without(operand)
        case nodes.If(condition, then, otherwise):
            yield from _alternatives(then, known.with_condition(condition))
            if otherwise is not None:
                yield from _alternatives(otherwise, known)
        case _:
            yield node, known


def _spelled(path: nodes.Path | nodes.EventPath) -> str:
    if not all(path.segments):
        return ".".join(path.segments)
    if isinstance(path, nodes.EventPath):
        return event_path_text(path.segments)
    return path_text(path.segments, "mapping")
