"""Destinations as JSON: settings, actions with their fields, presets, requests.

The keys of fields are those of public action definitions (`fql.runtime.fields`).
Expressions are texts here, as they were written; `read_declared.py` compiles them.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    StrictInt,
    StrictStr,
    Tag,
)

from fql.runtime.destinations.definitions import BatchRules, Preset
from fql.runtime.fields import FieldDeclaration

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_BATCH_KEYS = 3
"""Fields by whose values the payloads of one action are kept apart."""

_Name: TypeAlias = Annotated[StrictStr, Field(min_length=1)]
_Seconds: TypeAlias = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]
_Count: TypeAlias = Annotated[StrictInt, Field(ge=1)]


def _written(value: object) -> str:
    return "text" if isinstance(value, str) else "object"


_Text: TypeAlias = Annotated[StrictStr, Tag("text")]

Expressions: TypeAlias = Annotated[
    _Text | Annotated[dict[str, StrictStr], Tag("object")], Discriminator(_written)
]
"""The text of an expression for a whole object, or a text for each member."""


class Declared(BaseModel):
    """A part of a declaration: immutable, and without keys that nobody knows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RequestDeclaration(Declared):
    """How a request is made; all but the method are expressions.

    At most one of ``json``, ``form`` and ``body`` says what its body is.
    """

    method: Literal["DELETE", "GET", "PATCH", "POST", "PUT"] | None = None
    url: StrictStr
    headers: Expressions | None = None
    query: Expressions | None = None
    json_body: StrictStr | None = Field(default=None, alias="json")
    form: Expressions | None = None
    body: StrictStr | None = None


AnyRequest: TypeAlias = Annotated[
    _Text | Annotated[RequestDeclaration, Tag("object")], Discriminator(_written)
]
"""A request part by part, or the text of an expression for all of them."""


class NoAuthentication(Declared):
    """Nobody is asked who is calling."""

    scheme: Literal["none"]


class BasicAuthentication(Declared):
    """A name and a password, in the header ``authorization``."""

    scheme: Literal["basic"]
    username: StrictStr
    password: StrictStr = "''"  # noqa: S105 - the text of an empty string


class BearerAuthentication(Declared):
    """A token, in the header ``authorization``."""

    scheme: Literal["bearer"]
    token: StrictStr


class HeaderAuthentication(Declared):
    """A secret, in a header of the destination's choice."""

    scheme: Literal["header"]
    name: _Name
    value: StrictStr


class OAuthAuthentication(Declared):
    """A token that is fetched at an endpoint, by credentials or a refresh token."""

    scheme: Literal["oauth2"]
    url: StrictStr
    client_id: StrictStr
    client_secret: StrictStr
    scope: StrictStr | None = None
    refresh_token: StrictStr | None = None


AuthenticationDeclaration: TypeAlias = Annotated[
    NoAuthentication
    | BasicAuthentication
    | BearerAuthentication
    | HeaderAuthentication
    | OAuthAuthentication,
    Field(discriminator="scheme"),
]


class BatchDeclaration(Declared):
    """How payloads of one mapping travel together."""

    request: AnyRequest
    results: StrictStr | None = None
    size: _Count = 1_000
    bytes: _Count = 4_000_000
    seconds: _Seconds = 1.0
    keys: Annotated[tuple[StrictStr, ...], Field(max_length=MAX_BATCH_KEYS)] = ()

    def rules(self) -> BatchRules:
        """Return this as definitions hold it."""
        return BatchRules(self.size, self.bytes, self.seconds, self.keys)


class ActionDeclaration(Declared):
    """One action: what it is called, when it is usual, what it takes and sends."""

    title: StrictStr = ""
    description: StrictStr = ""
    trigger: StrictStr | None = None
    fields: dict[str, FieldDeclaration] = Field(default_factory=dict)
    request: AnyRequest | None = None
    result: StrictStr | None = None
    batch: BatchDeclaration | None = None


class PresetDeclaration(Declared):
    """A mapping that quick set-up makes: directive JSON, or a mapping's text."""

    name: _Name
    action: _Name
    trigger: StrictStr
    mapping: Annotated[
        _Text | Annotated[dict[str, JsonValue], Tag("object")], Discriminator(_written)
    ]

    def preset(self) -> Preset:
        """Return it as definitions hold it."""
        return Preset(self.name, self.action, self.trigger, self.mapping)


class DestinationDeclaration(Declared):
    """A whole kind of destination."""

    name: StrictStr = ""
    title: StrictStr = ""
    description: StrictStr = ""
    settings: dict[str, FieldDeclaration] = Field(default_factory=dict)
    authentication: AuthenticationDeclaration = NoAuthentication(scheme="none")
    test: AnyRequest | None = None
    delete: AnyRequest | None = None
    actions: dict[str, ActionDeclaration] = Field(default_factory=dict)
    presets: tuple[PresetDeclaration, ...] = ()

    def all_presets(self) -> Sequence[Preset]:
        """Return the presets as definitions hold them."""
        return tuple(each.preset() for each in self.presets)


def shipped(name: str) -> DestinationDeclaration:
    """Return a declaration that is part of this package."""
    text = (
        files("fql.runtime.destinations")
        .joinpath(f"{name}.json")
        .read_text(encoding="utf-8")
    )
    return DestinationDeclaration.model_validate_json(text)
