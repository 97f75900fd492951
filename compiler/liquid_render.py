"""From the tree of a Liquid template to a function.

The tree is python-liquid's, which reads templates; what they mean is the original's
(LiquidJS), which that library does not quite follow. Nodes are told apart by the names
of their classes, so that nothing here needs the library.

There are no loops: the original allows none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from fql.compiler.liquid_expressions import Run, Tree, UnknownNodeError, expression
from fql.compiler.liquid_values import RenderError, is_true, number, plain, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.compiler.directive_values import Value

MAX_SECONDS: Final = 0.5
"""How long one rendering may take."""

Render: TypeAlias = Callable[[Run], str]


def compile_nodes(nodes: Sequence[Tree]) -> Render:
    """Return the function that renders *nodes*, one after the other."""
    renders = [_node(node) for node in nodes]

    def render(run: Run) -> str:
        pieces: list[str] = []
        for each in renders:
            if run.is_stopped:
                break
            if run.budget.clock() > run.deadline:
                raise RenderError("the template takes too long")
            pieces.append(each(run))
        return "".join(pieces)

    return render


# --- tags -------------------------------------------------------------------------


def _node(node: Tree) -> Render:
    compile_node = _NODES.get(type(node).__name__)
    if compile_node is None:
        raise UnknownNodeError(type(node).__name__)
    return compile_node(node)


def _content(node: Tree) -> Render:
    content: str = node.text
    return lambda _: content


def _comment(_: Tree) -> Render:
    return lambda _: ""


def _output(node: Tree) -> Render:
    evaluate = expression(node.expression)
    return lambda run: text(evaluate(run))


def _assign(node: Tree) -> Render:
    name, evaluate = str(node.name), expression(node.expression)

    def assign(run: Run) -> str:
        run.own[name] = evaluate(run)
        return ""

    return assign


def _capture(node: Tree) -> Render:
    name, render = str(node.name), compile_nodes(node.block.nodes)

    def capture(run: Run) -> str:
        run.own[name] = render(run)
        return ""

    return capture


def _counter(step: int) -> Callable[[Tree], Render]:
    def compile_counter(node: Tree) -> Render:
        name = str(node.name)

        def count(run: Run) -> str:
            before = run.counts.get(name, _number_in(run.event, name))
            after = before + step
            run.counts[name] = after
            return text(before if step > 0 else after)

        return count

    return compile_counter


def _number_in(event: dict[str, Value], name: str) -> float:
    value = event.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return number(value) if is_number else 0.0


def _cycle(node: Tree) -> Render:
    group = expression(node.group) if node.group else None
    choices = [expression(each) for each in node.args]
    listed = ",".join(map(str, node.args))

    def turn(run: Run) -> str:
        name = "" if group is None else text(group(run))
        key = f"{name}:{listed}"
        index = run.turns.get(key, 0)
        run.turns[key] = (index + 1) % len(choices)
        value = plain(choices[index](run))
        return text(value) if is_true(value) and value not in (0, "") else ""

    return turn


def _condition(*, is_negated: bool) -> Callable[[Tree], Render]:
    def compile_condition(node: Tree) -> Render:
        first = (expression(node.condition), compile_nodes(node.consequence.nodes))
        others = [
            (expression(each.expression), compile_nodes(each.block.nodes))
            for each in node.alternatives
        ]
        last = compile_nodes(node.default.nodes if node.default else [])

        def render(run: Run) -> str:
            if is_true(first[0](run)) is not is_negated:
                return first[1](run)
            for holds, block in others:
                if is_true(holds(run)):
                    return block(run)
            return last(run)

        return render

    return compile_condition


def _stop(_: Tree) -> Render:
    def stop(run: Run) -> str:
        run.is_stopped = True
        return ""

    return stop


def _block(node: Tree) -> Render:
    return compile_nodes(node.block.nodes)


_NODES: Final[dict[str, Callable[[Tree], Render]]] = {
    "AssignNode": _assign,
    "BreakNode": _stop,
    "CaptureNode": _capture,
    "CommentNode": _comment,
    "ContentNode": _content,
    "ContinueNode": _stop,
    "CycleNode": _cycle,
    "DecrementNode": _counter(-1),
    "EchoNode": _output,
    "IfNode": _condition(is_negated=False),
    "IncrementNode": _counter(1),
    "InlineCommentNode": _comment,
    "LiquidNode": _block,
    "OutputNode": _output,
    "UnlessNode": _condition(is_negated=True),
}
