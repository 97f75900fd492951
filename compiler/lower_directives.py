"""From directive JSON to the IR: the original's payloads, exactly.

The original resolves a mapping to a value in which members and elements may be
``undefined``, and cleans that up at the very end. Nearly always it makes no difference
whether a member is left out at once; where it does, since a directive looks at it
before, the missing value is kept (`Scope.keeps`) and cleaned up behind that directive.

Nothing is reported here: what is certain to fail was found before, and what fails on
some events only becomes a node that raises `MappingError`. What each directive becomes,
once its parts are lowered, is in `directive_parts.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fql.compiler import directive_functions as functions
from fql.compiler import directive_parts as parts
from fql.compiler import ir
from fql.compiler.directive_scopes import (
    NOTHING,
    Holds,
    Lowered,
    Scope,
    finished,
    invoke,
)
from fql.compiler.directive_values import ordered
from fql.grammar.directive_checks import refusal_of
from fql.grammar.directive_nodes import (
    ArrayPath,
    Case,
    Directive,
    ExcludeWhenNull,
    Failing,
    Flatten,
    If,
    Items,
    Json,
    Liquid,
    Literal,
    Members,
    Merge,
    Path,
    Replace,
    Rooted,
    Scalar,
    Template,
    Transform,
    name_of,
)
from fql.grammar.directive_rules import failure_of, is_falsy, text_of
from fql.grammar.directive_texts import path_keys, without_root

if TYPE_CHECKING:
    from fql.compiler.ir import Ir
    from fql.grammar.directive_nodes import AnyDirective, Value
    from fql.grammar.directive_rules import Failure


_EVENT = Scope()


def lower_directives(root: Value, scope: Scope = _EVENT) -> Ir:
    """Return the IR of a mapping, or of a value in one; it may give missing.

    Args:
        root: The tree, without errors.
        scope: Where its paths start.
    """
    return _lower(root, scope).node


def _lower(node: Value | None, scope: Scope) -> Lowered:
    match node:
        case None:
            return NOTHING
        case Scalar(value):
            return Lowered(ir.Constant(value))
        case Items(items):
            lowered = [
                _lower(each, scope.at_index(index)) for index, each in enumerate(items)
            ]
            return parts.items(lowered, scope)
        case Members(members):
            return _members(dict(members), scope)
        case Rooted(value):
            return _lower(value, scope)
        case _:
            failure = failure_of(node)
            if failure is not None:
                return _failing(node, failure, scope)
            return _directive(node, scope)


def _members(members: dict[str, Value], scope: Scope) -> Lowered:
    lowered = {
        key: _lower(each, scope.at(key))
        for key, each in ordered(members).items()
        if key != "__proto__"
    }
    return parts.members(lowered, scope)


def _failing(node: AnyDirective, failure: Failure, scope: Scope) -> Lowered:
    """Return a node that raises, for every value or for texts only."""
    message = failure.fault.message
    if failure.is_certain or not isinstance(node, Case | Replace):
        return parts.fail(name_of(node), message, scope.place())
    value = _lower(node.value, scope)
    place = scope.place(node.value)
    check = functions.FailOnText(message, place, isinstance(node, Replace))
    return value._replace(node=invoke(name_of(node), check, value.node))


def _directive(node: AnyDirective, scope: Scope) -> Lowered:
    match node:
        case Path(path):
            return _path(path, scope)
        case Template(template):
            return _template(template, scope)
        case Literal(value):
            return _lower(value, scope)
        case If():
            return _if(node, scope)
        case Case(operator, value):
            if is_falsy(value):
                return NOTHING
            return parts.case(text_of(operator), _lower(value, scope))
        case Replace(value):
            if is_falsy(value):
                return NOTHING
            return parts.replacement(node, _lower(value, scope.cleaned()))
        case ArrayPath():
            return _array_path(node, scope)
        case Flatten():
            return _flatten(node, scope)
        case Json(value, mode):
            is_text = text_of(mode) == "encode"
            given = _lower(value, scope.cleaned() if is_text else scope)
            return parts.json(text_of(mode), given)
        case Merge():
            return _merge(node, scope)
        case Transform():
            return _transform(node, scope)
        case ExcludeWhenNull(value) if value == Scalar(None):
            return NOTHING
        case ExcludeWhenNull(value):
            return parts.exclude_when_null(_lower(value, scope), scope)
        case Liquid(template):
            return parts.liquid(text_of(template) or "", scope)
        case Failing():
            raise AssertionError("a failing directive has a failure")
        case _:
            assert_never(node)


# --- paths, templates and choices -------------------------------------------------


def _path(path: Value, scope: Scope) -> Lowered:
    text = text_of(path)
    if text is not None:
        return finished(parts.read(path_keys(without_root(text)), scope), scope)
    given = _lower(path, scope.cleaned())
    walk = functions.WalkGivenPath(scope.place(path))
    node = invoke("@path", walk, scope.start, given.node)
    return finished(Lowered(node, is_optional=True, holds=scope.holds), scope)


def _template(template: Value, scope: Scope) -> Lowered:
    text = text_of(template)
    if text is not None:
        return parts.template(text, scope)
    given = _lower(template, scope.cleaned())
    fill = functions.FillGivenTemplate(scope.place(template))
    return Lowered(invoke("@template", fill, scope.start, given.node))


def _if(node: If, scope: Scope) -> Lowered:
    then = _lower(node.then, scope)
    otherwise = None if is_falsy(node.otherwise) else _lower(node.otherwise, scope)
    tested = node.blank if node.exists is None else node.exists
    if tested is node.exists and _is_path(tested) and node.then == tested:
        return parts.first_there(then, otherwise)
    condition = parts.condition(
        _lower(tested, scope.cleaned()).node, is_blank=node.exists is None
    )
    return parts.choice(condition, then, otherwise)


def _is_path(node: Value | None) -> bool:
    return isinstance(node, Path) and text_of(node.path) is not None


# --- objects and lists ------------------------------------------------------------


def _array_path(node: ArrayPath, scope: Scope) -> Lowered:
    shape = node.shape
    has_shape = isinstance(shape, Directive) or (
        isinstance(shape, Members) and bool(shape.members)
    )
    text = text_of(node.path)
    if text is not None:
        items = parts.read(path_keys(without_root(text)), scope)
    else:
        items = _lower(node.path, scope.keeping() if has_shape else scope)
    if not has_shape:
        return finished(items, scope)
    is_there = items.holds is not Holds.ELEMENTS
    inner = scope.at_index("").within(items, is_there=is_there)
    return parts.each(items, _lower(shape, inner), inner)


def _flatten(node: Flatten, scope: Scope) -> Lowered:
    value = _lower(node.value, scope.keeping())
    omits_arrays = not is_falsy(node.omit_arrays)
    separator = text_of(node.separator)
    if separator is not None:
        flattener = functions.Flattener(
            separator, omits_arrays, scope.place(node.value)
        )
        flat = invoke("@flatten", flattener, value.node)
    else:
        given = _lower(node.separator, scope.cleaned())
        place = scope.place(node.separator)
        general = functions.FlattenWithSeparator(omits_arrays, place)
        flat = invoke("@flatten", general, value.node, given.node)
    holds = max(value.holds, Holds.MEMBERS) if value.is_optional else value.holds
    return finished(Lowered(flat, holds=holds), scope)


def _merge(node: Merge, scope: Scope) -> Lowered:
    objects = node.objects.items if isinstance(node.objects, Items) else ()
    lowered = [_lower(each, scope.keeping()) for each in objects]
    nodes = [part.node for part in lowered]
    if isinstance(node.direction, Directive):
        direction = _lower(node.direction, scope.cleaned())
        merged = invoke("@merge", functions.merge_towards, direction.node, *nodes)
    else:
        is_left = text_of(node.direction) == "left"
        merged = invoke("@merge", functions.Merger(is_left), *nodes)
    holds = max((part.holds for part in lowered), default=Holds.NOTHING)
    return finished(Lowered(merged, holds=holds), scope)


def _transform(node: Transform, scope: Scope) -> Lowered:
    refusal = None if node.apply is None else refusal_of(node.apply)
    if refusal is not None:
        return parts.fail("@transform", refusal.message, scope.place())
    applied = _applied(node, scope)
    is_object = isinstance(node.apply, Members)
    inner = scope.within(applied, is_object=is_object, is_there=not applied.is_optional)
    return parts.scoped(applied, _lower(node.mapping, inner), inner)


def _applied(node: Transform, scope: Scope) -> Lowered:
    """Return what the first step gives, cleaned up as between two steps."""
    if not scope.is_object:
        return _applied_to_object(node, scope)
    applied = _lower(node.apply, scope.keeping())
    if applied.holds is Holds.MEMBERS:
        return _lower(node.apply, scope.cleaned())
    if applied.holds is Holds.ELEMENTS:
        clean = functions.without_missing_members
        return applied._replace(node=invoke("clean", clean, applied.node))
    return applied


def _applied_to_object(node: Transform, scope: Scope) -> Lowered:
    """Return what the first step gives where it has to be seen what it is given."""
    check = functions.RequireObject(scope.place(node.apply))
    given = Lowered(invoke("@transform", check, scope.start), holds=scope.holds)
    inner = scope.within(given, is_object=True)
    return parts.scoped(given, _applied(node, inner), inner)
