"""Hypothesis strategies for the trees that the visual builder can make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from fql.compiler.builder import OPERATORS
from fql.grammar.condition_tree import (
    MEANINGS,
    ROOTS,
    Child,
    Condition,
    Group,
    GroupOperator,
    Kind,
)

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from fql.grammar.javascript import Scalar

TEXTS = (
    *("track", "Order Completed", "Order *", "*", "?[a]", "\\", "\\\\*", "a\\", "\\d"),
    *('"', "'", "\"'", 'say "hi"', "null", "true", "5", "{{x}}", "é😀", "\n", "# no"),
    *("and", "a.b", "\r\n", "\x00", "~"),
)
KEYS = (
    *("a", "total", "product 1", "and", "0", "007", "-a", "é", "😀", "a\\b", '"', "#"),
    *("length", "$", "null", "(", "x,y"),
)


def texts(least: int = 0) -> SearchStrategy[str]:
    """Draw a text of at least *least* characters."""
    return st.one_of(
        st.sampled_from(TEXTS), st.text(st.characters(codec="utf-8"), min_size=least)
    )


def names() -> SearchStrategy[str]:
    """Draw keys joined by dots."""
    odd = st.text(st.characters(codec="utf-8", exclude_characters=".[]"), min_size=1)
    keys = st.one_of(st.sampled_from(KEYS), odd)
    return st.lists(keys, min_size=1, max_size=3).map(".".join)


def values(operator: str) -> SearchStrategy[Scalar | None]:
    """Draw a value for *operator*."""
    meaning = MEANINGS[operator]
    if meaning.operand == "number":
        return st.one_of(
            st.integers(-(2**70), 2**70),
            st.floats(allow_nan=False, allow_infinity=False),
            st.sampled_from([0, -0.0, 1.0, 1e21, 5e-324, 10**300]),
        )
    if meaning.operand == "text":
        return texts(1 if meaning.test in {"starts_with", "ends_with"} else 0)
    return st.none()


@st.composite
def tree_conditions(draw: st.DrawFn) -> Condition:
    """Draw a condition as the visual builder makes it."""
    kind = draw(st.sampled_from(list(Kind)))
    operator = draw(st.sampled_from(sorted(OPERATORS[kind])))
    name = draw(names()) if ROOTS[kind].has_path else None
    return Condition(kind, operator, name, draw(values(operator)))


def flat_trees() -> SearchStrategy[Group]:
    """Draw a tree of one list."""
    several = st.lists(tree_conditions(), min_size=2, max_size=4).map(tuple)
    few = st.lists(tree_conditions(), max_size=1).map(tuple)
    return st.one_of(
        st.builds(Group, st.sampled_from(list(GroupOperator)), several),
        st.builds(Group, st.just(GroupOperator.AND), few),
    )


def nested_trees() -> SearchStrategy[Group]:
    """Draw a tree in which every group holds two children or more."""
    operators = st.sampled_from(list(GroupOperator))

    def group(inner: SearchStrategy[Child]) -> SearchStrategy[Child]:
        children = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.builds(Group, operators, children)

    children = st.recursive(tree_conditions(), group, max_leaves=6)
    return st.builds(
        Group, operators, st.lists(children, min_size=2, max_size=3).map(tuple)
    )
