"""What each directive becomes in the IR once its parts are lowered."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from fql.compiler import directive_functions as functions
from fql.compiler import ir
from fql.compiler.directive_replace import Replacement, Replacer, empty_text
from fql.compiler.directive_scopes import NOTHING, Holds, Lowered, Scope, invoke
from fql.compiler.directive_values import inserted, is_filled, is_there, json_text
from fql.compiler.liquid import (
    MissingExtraError,
    TemplateAt,
    TemplateError,
    read_template,
)
from fql.compiler.payload_functions import drop_null, lower, upper
from fql.grammar.directive_nodes import Scalar
from fql.grammar.directive_rules import replaces, replaces_twice, text_of
from fql.grammar.directive_texts import (
    has_triples,
    path_keys,
    split_doubles,
    split_triples,
)

if TYPE_CHECKING:
    from fql.compiler.directive_functions import Place
    from fql.compiler.directive_values import Value
    from fql.compiler.ir import Ir
    from fql.grammar.directive_nodes import Replace
    from fql.grammar.directive_nodes import Value as Tree

_NULL = ir.Constant(None)


# --- plain values -----------------------------------------------------------------


def items(lowered: list[Lowered], scope: Scope) -> Lowered:
    """Return a list of parts."""
    nodes = tuple([part.node for part in lowered])
    constants = [node.value for node in nodes if isinstance(node, ir.Constant)]
    if len(constants) == len(nodes):
        return Lowered(ir.Constant(constants))
    if scope.keeps and any(part.is_optional for part in lowered):
        made = invoke("[...]", functions.make_items, *nodes)
        return Lowered(made, holds=Holds.ELEMENTS)
    return Lowered(ir.MakeList(nodes), holds=max(part.holds for part in lowered))


def members(lowered: dict[str, Lowered], scope: Scope) -> Lowered:
    """Return an object of parts."""
    nodes = {key: part.node for key, part in lowered.items()}
    constants = {
        key: node.value for key, node in nodes.items() if isinstance(node, ir.Constant)
    }
    if len(constants) == len(nodes):
        return Lowered(ir.Constant({**constants}))
    holds = max(part.holds for part in lowered.values())
    if scope.keeps and any(part.is_optional for part in lowered.values()):
        make = functions.MakeMembers(tuple(nodes))
        made = invoke("{...}", make, *nodes.values())
        return Lowered(made, holds=max(holds, Holds.MEMBERS))
    return Lowered(ir.MakeObject(tuple(nodes.items())), holds=holds)


def fail(name: str, message: str, place: Place) -> Lowered:
    """Return a node that raises."""
    node = invoke(name, functions.Fail(message, place))
    return Lowered(node, is_optional=True)


# --- paths and templates ----------------------------------------------------------


def read(keys: tuple[str, ...], scope: Scope) -> Lowered:
    """Return what *keys* lead to in the scope, with what is missing inside it."""
    if not keys and scope.is_there:
        return Lowered(scope.start, holds=scope.holds)
    if len(keys) == 1 and scope.is_object:
        node: Ir = ir.Load(scope.slot, keys, keeps_missing=True)
    else:
        node = invoke("@path", functions.Walk(keys), scope.start)
    return Lowered(node, is_optional=True, holds=scope.holds)


def template(text: str, scope: Scope) -> Lowered:
    """Return the text of a template, its placeholders filled."""
    if not has_triples(text):
        return Lowered(_joined(split_doubles(text), scope))
    first = _joined(split_triples(text), scope)
    return Lowered(invoke("@template", functions.fill_doubles, scope.start, first))


def _joined(split: list[str], scope: Scope) -> Ir:
    """Return the join of texts and, at odd indexes, of what paths lead to."""
    if len(split) == 1:
        return ir.Constant(split[0])
    joined: list[str | Ir] = []
    for index, part in enumerate(split):
        if index % 2:
            keys = path_keys(part)
            insert = inserted if keys else functions.inserted_start
            joined.append(invoke("text", insert, read(keys, scope).node))
        elif part:
            joined.append(part)
    return ir.Join(tuple(joined))


# --- choices ----------------------------------------------------------------------


def first_there(value: Lowered, otherwise: Lowered | None) -> Lowered:
    """Return *value* where it is neither null nor missing, else *otherwise*."""
    if otherwise is None:
        return value._replace(node=invoke("@if", functions.unless_null, value.node))
    return Lowered(
        ir.FirstOf((value.node, otherwise.node)),
        otherwise.is_optional,
        max(value.holds, otherwise.holds),
    )


def condition(tested: Ir, *, is_blank: bool) -> Ir | bool:
    """Return the condition of an ``@if``, or what it always is."""
    test = is_filled if is_blank else is_there
    if isinstance(tested, ir.Constant):
        return test(cast("Value", tested.value))
    if isinstance(tested, ir.Load) and tested.segments and not is_blank:
        return ir.Not(ir.Equal(ir.Load(tested.slot, tested.segments), _NULL))
    return ir.IsTrue(invoke("blank" if is_blank else "exists", test, tested))


def choice(condition: Ir | bool, then: Lowered, otherwise: Lowered | None) -> Lowered:
    """Return one part or the other."""
    last = otherwise or NOTHING
    if isinstance(condition, bool):
        return then if condition else last
    return Lowered(
        ir.Choose(condition, then.node, otherwise.node if otherwise else None),
        then.is_optional or last.is_optional,
        max(then.holds, last.holds),
    )


# --- texts ------------------------------------------------------------------------


def case(operator: str | None, value: Lowered) -> Lowered:
    """Return ``@case``; *operator* is ``lower`` or ``upper``."""
    change = lower if operator == "lower" else upper
    return value._replace(node=invoke("@case", change, value.node))


def replacement(node: Replace, value: Lowered) -> Lowered:
    """Return ``@replace``."""
    if not replaces(node):
        return Lowered(invoke("@replace", empty_text, value.node))
    steps = [_step(node.pattern, node.replacement)]
    if replaces_twice(node):
        steps.append(_step(node.pattern2, node.replacement2))
    replacer = Replacer(
        tuple(steps),
        is_global=node.is_global != Scalar(value=False),
        ignores_case=node.ignorecase == Scalar(value=True),
    )
    return Lowered(invoke("@replace", replacer, value.node))


def _step(pattern: Tree | None, substitute: Tree | None) -> Replacement:
    return Replacement(text_of(pattern) or "", text_of(substitute) or "")


def json(mode: str | None, value: Lowered) -> Lowered:
    """Return ``@json``; a mode that is not known gives nothing."""
    if mode == "encode":
        return Lowered(invoke("@json", json_text, value.node), value.is_optional)
    if mode == "decode":
        decode = functions.read_json_text
        return value._replace(node=invoke("@json", decode, value.node))
    dropped = invoke("@json", functions.dropped, value.node)
    return Lowered(dropped, is_optional=True)


def liquid(text: str, scope: Scope) -> Lowered:
    """Return ``@liquid``; a template that cannot be read raises when it is reached."""
    if not text:
        return Lowered(ir.Constant(""))
    try:
        template = read_template(text)
    except (TemplateError, MissingExtraError) as error:
        return fail("@liquid", str(error), scope.place())
    at = TemplateAt(template, scope.place())
    return Lowered(invoke("@liquid", at, scope.start))


# --- objects and lists ------------------------------------------------------------


def each(items: Lowered, item: Lowered, inner: Scope) -> Lowered:
    """Return *item* for each of *items*, which stands in the slot of *inner*."""
    body, holds = item.node, item.holds
    if item.is_optional and inner.keeps:
        holds = Holds.ELEMENTS
    elif item.is_optional:
        body = ir.FirstOf((body, _NULL))
    return Lowered(ir.ForEach(items.node, inner.slot, body), items.is_optional, holds)


def exclude_when_null(value: Lowered, scope: Scope) -> Lowered:
    """Return ``@excludeWhenNull``."""
    if not scope.keeps:
        node = invoke("@excludeWhenNull", drop_null, value.node)
        return Lowered(node, is_optional=True)
    marked = invoke("@excludeWhenNull", functions.mark_nulls, value.node)
    holds = max(value.holds, Holds.MEMBERS)
    return Lowered(marked, is_optional=True, holds=holds)


def scoped(applied: Lowered, mapped: Lowered, inner: Scope) -> Lowered:
    """Return *mapped*, which reads *applied* in the slot of *inner*."""
    if not applied.is_optional:
        return mapped._replace(node=ir.Let(inner.slot, applied.node, mapped.node))
    # `Let` would make null of what is missing, and null is found by every path.
    single = invoke("@transform", functions.alone, applied.node)
    every = ir.ForEach(single, inner.slot, mapped.node)
    return mapped._replace(node=invoke("@transform", functions.only, every))
