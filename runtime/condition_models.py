"""The condition trees of the visual builder as models, and their JSON Schema.

The models take every tree that `fql.conditions.read` makes, odd ones and errors too,
and give back its JSON exactly. Which of these trees the builder itself can make says
`fql.compiler.builder_text`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    TypeAdapter,
)

from fql.grammar.condition_tree import MEANINGS, Tree, from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

Value: TypeAlias = StrictStr | StrictBool | StrictInt | StrictFloat | None
"""What a condition compares with; null is not a number."""

Operator: TypeAlias = Annotated[StrictStr, Field(examples=list(MEANINGS))]
"""One of the known operators, or what stood in its place: that is never true."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class FieldCondition(_Model):
    """``{"type": "event", "operator": "=", "value": "Order Completed"}``."""

    type: Literal["event-type", "event", "name", "userId"]
    operator: Operator
    value: Value = None


class PathCondition(_Model):
    """``{"type": "event-property", "name": "total", "operator": ">", "value": 5}``."""

    type: Literal["event-property", "event-trait", "event-context"]
    name: Annotated[StrictStr, Field(description="Keys joined by dots.")]
    operator: Operator
    value: Value = None


class ConditionGroup(_Model):
    """``{"type": "group", "operator": "and", "children": [...]}``.

    A child is null where a text had parentheses without a condition.
    """

    type: Literal["group"]
    operator: Literal["and", "or"]
    children: tuple[ConditionChild | None, ...]


class ConditionError(_Model):
    """``{"error": "..."}``: what stands for the tree of a text that cannot be read."""

    error: StrictStr


ConditionChild: TypeAlias = Annotated[
    FieldCondition | PathCondition | ConditionGroup, Field(discriminator="type")
]

ConditionGroup.model_rebuild()


class ConditionTree(RootModel[ConditionGroup | ConditionError]):
    """A whole tree: a group, or an error.

    >>> from fql.grammar.conditions import read
    >>> tree = ConditionTree.model_validate(read('type = "track"'))
    >>> tree.to_json() == read('type = "track"')
    True
    """

    model_config = ConfigDict(frozen=True)

    def to_json(self) -> dict[str, object]:
        """Return the JSON of the tree, with no key that was not given."""
        shape: dict[str, object] = self.model_dump(mode="python", exclude_unset=True)
        return _with_lists(shape)

    def to_tree(self) -> Tree:
        """Return what `fql.compiler` works with."""
        return from_json(self.to_json())

    @classmethod
    def from_tree(cls, tree: Tree) -> ConditionTree:
        """Return the model of a tree."""
        return cls.model_validate(to_json(tree))


def _with_lists(shape: Mapping[str, object]) -> dict[str, object]:
    """Return *shape* with lists for tuples, as a JSON reader makes them."""
    children = shape.get("children")
    if not isinstance(children, tuple):
        return dict(shape)
    made = [_with_lists(each) if isinstance(each, dict) else each for each in children]
    return {**shape, "children": made}


def condition_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of condition trees."""
    schema: dict[str, object] = TypeAdapter(ConditionTree).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
