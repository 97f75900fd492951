"""Field declarations as they stand in JSON, and their way to a compiled validator.

The keys are those of public action definitions: ``{"customer_id": {"type": "string",
"required": true}}``. What only a form shows (label, placeholder, dynamic choices) is
kept but has no effect on payloads; ``default`` only fills in a new mapping. What
decides about payloads becomes a `FieldSpec`; its meaning is told there.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeAlias, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    StrictBool,
    StrictStr,
    Tag,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from fql.compiler.fields import (
    MAX_FIELD_DEPTH,
    SYNC_MODE_FIELD,
    FieldCondition,
    Fields,
    FieldSpec,
    FieldType,
    Format,
    Match,
    PresenceCondition,
    Requirement,
    ValueCondition,
    compile_specs,
)
from fql.grammar.diagnostics import FqlError, arrange
from fql.grammar.json_places import JsonDocument, without_text
from fql.runtime.field_errors import declaration_mistake, too_deep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.compiler.values import Json

Bound: TypeAlias = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class _Declaration(BaseModel):
    """A part of a declaration: immutable, and without keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ConditionDeclaration(_Declaration):
    """``{"fieldKey": "operation", "operator": "is", "value": "create"}``.

    Without ``value`` the condition asks whether the field is filled (``is_not``) or
    is not (``is``). Of type ``syncMode`` it asks about the mapping's sync mode.
    """

    type: Literal["field", "syncMode"] = "field"
    field_key: StrictStr | None = Field(default=None, alias="fieldKey")
    operator: Literal["is", "is_not"]
    value: JsonValue = None

    @model_validator(mode="after")
    def _asks_about_something(self) -> Self:
        if self.type == "field" and not self.field_key:
            raise ValueError("a condition on a field needs `fieldKey`")
        if self.type == "syncMode" and "value" not in self.model_fields_set:
            raise ValueError("a condition on the sync mode needs `value`")
        if self.field_key is not None and self.field_key.count(".") > 1:
            raise ValueError("`fieldKey` reaches one level into an object, no deeper")
        return self

    def condition(self) -> FieldCondition:
        """Return what a payload is asked."""
        is_positive = self.operator == "is"
        field = SYNC_MODE_FIELD if self.type == "syncMode" else self.field_key or ""
        if "value" in self.model_fields_set:
            return ValueCondition(field, self.value, is_equal=is_positive)
        return PresenceCondition(field, is_present=not is_positive)


class ConditionsDeclaration(_Declaration):
    """``{"match": "any", "conditions": [...]}``; all must hold by default."""

    match: Literal["all", "any"] = "all"
    conditions: tuple[ConditionDeclaration, ...]

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if not self.conditions:
            raise ValueError("`conditions` must hold at least one condition")
        return self

    def requirement(self) -> Requirement:
        """Return when these conditions hold."""
        conditions = tuple(each.condition() for each in self.conditions)
        return Requirement(conditions, Match(self.match))


class ChoiceDeclaration(_Declaration):
    """``{"label": "Track", "value": "track"}``."""

    label: StrictStr = ""
    value: JsonValue


def _required_kind(value: object) -> str:
    is_conditional = isinstance(value, dict | ConditionsDeclaration)
    return "conditional" if is_conditional else "plain"


def _choice_kind(value: object) -> str:
    is_labelled = isinstance(value, dict | ChoiceDeclaration)
    return "labelled" if is_labelled else "plain"


RequiredDeclaration: TypeAlias = Annotated[
    Annotated[StrictBool, Tag("plain")]
    | Annotated[ConditionsDeclaration, Tag("conditional")],
    Discriminator(_required_kind),
]

AnyChoiceDeclaration: TypeAlias = Annotated[
    Annotated[JsonValue, Tag("plain")] | Annotated[ChoiceDeclaration, Tag("labelled")],
    Discriminator(_choice_kind),
]


class FieldDeclaration(_Declaration):
    """One field of an action, one property of an object field, or one setting."""

    type: FieldType
    required: RequiredDeclaration = False
    multiple: StrictBool = False
    allow_null: StrictBool = Field(default=False, alias="allowNull")
    choices: tuple[AnyChoiceDeclaration, ...] | None = None
    properties: dict[str, FieldDeclaration] | None = None
    additional_properties: StrictBool = Field(
        default=False, alias="additionalProperties"
    )
    format: Format | None = None
    minimum: Bound | None = None
    maximum: Bound | None = None
    default: JsonValue = None

    label: StrictStr = ""
    description: StrictStr = ""
    placeholder: StrictStr = ""
    category: StrictStr = ""
    dynamic: StrictBool = False
    read_only: StrictBool = Field(default=False, alias="readOnly")
    unsafe_hidden: StrictBool = False
    depends_on: ConditionsDeclaration | None = None
    display_mode: StrictStr = Field(default="", alias="displayMode")
    default_object_ui: StrictStr = Field(default="", alias="defaultObjectUI")
    disabled_input_methods: tuple[StrictStr, ...] = Field(
        default=(), alias="disabledInputMethods"
    )

    @model_validator(mode="after")
    def _bounds_leave_room(self) -> Self:
        # A bound of 0 is none, see `FieldSpec`.
        if self.minimum and self.maximum and self.minimum > self.maximum:
            raise ValueError("`minimum` is larger than `maximum`")
        return self

    @model_validator(mode="after")
    def _only_objects_have_members(self) -> Self:
        has_members = self.properties is not None or self.additional_properties
        if has_members and self.type is not FieldType.OBJECT:
            raise ValueError("only a field of type object has `properties`")
        return self

    @property
    def has_default(self) -> bool:
        """Whether a new mapping is filled in with ``default``, which may be null."""
        return "default" in self.model_fields_set

    def spec(self) -> FieldSpec:
        """Return what decides about payloads."""
        return FieldSpec(
            self.type,
            required=self._requirement(),
            is_multiple=self.multiple,
            is_nullable=self.allow_null,
            choices=self._choice_values(),
            properties=None if self.properties is None else _specs(self.properties),
            allows_additional=self.additional_properties,
            format=self.format,
            minimum=self.minimum,
            maximum=self.maximum,
        )

    def _requirement(self) -> bool | Requirement:
        if isinstance(self.required, ConditionsDeclaration):
            return self.required.requirement()
        return self.required

    def _choice_values(self) -> tuple[JsonValue, ...] | None:
        if self.choices is None:
            return None
        return tuple(
            choice.value if isinstance(choice, ChoiceDeclaration) else choice
            for choice in self.choices
        )


def read_fields(
    declarations: Mapping[str, object] | JsonDocument,
) -> dict[str, FieldDeclaration]:
    """Read the fields of an action, by name, from their JSON.

    Args:
        declarations: JSON objects, or declarations that were read before; or the
            document that holds the JSON.

    Raises:
        FqlError: If they are no field declarations; its diagnostics point into the
            JSON (`Diagnostic.pointer`) and name every mistake. What is no document
            has no text to point at: a reader of files knows the lines of a pointer.
    """
    document = _document(declarations)
    try:
        return _adapter().validate_python(document.value)
    except ValidationError as error:
        known = _known_keys()
        mistakes = error.errors(include_url=False)
        raise FqlError(
            arrange(declaration_mistake(each, document, known) for each in mistakes)
        ) from error


def compile_fields(declarations: Mapping[str, object] | JsonDocument) -> Fields:
    """Compile the fields of an action into the function that validates a payload.

    >>> fields = compile_fields({"email": {"type": "string", "format": "email"}})
    >>> fields({"email": "ada@example.com", "other": 1})
    {'email': 'ada@example.com'}

    Args:
        declarations: JSON objects by field name, or declarations that were read
            before; or the document that holds the JSON. Changing them later has no
            effect.

    Raises:
        FqlError: If they are no field declarations, see `read_fields`, or if objects
            are declared more than `MAX_FIELD_DEPTH` levels deep.
    """
    specs = _specs(read_fields(declarations))
    try:
        return compile_specs(specs)
    except ValueError as error:
        raise FqlError([too_deep(MAX_FIELD_DEPTH, _document(declarations))]) from error


def _document(declarations: Mapping[str, object] | JsonDocument) -> JsonDocument:
    if isinstance(declarations, JsonDocument):
        return declarations
    # What was read before is no JSON, but stands in its place.
    return without_text(cast("Json", declarations), "<fields>")


@cache
def _adapter() -> TypeAdapter[dict[str, FieldDeclaration]]:
    return TypeAdapter(dict[str, FieldDeclaration])


def _known_keys() -> list[str]:
    parts = (
        FieldDeclaration,
        ConditionsDeclaration,
        ConditionDeclaration,
        ChoiceDeclaration,
    )
    fields = [item for part in parts for item in part.model_fields.items()]
    return sorted({field.alias or name for name, field in fields})


def _specs(declarations: Mapping[str, FieldDeclaration]) -> dict[str, FieldSpec]:
    return {name: each.spec() for name, each in declarations.items()}
