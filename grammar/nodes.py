"""The tree of the three languages: expressions, mappings, programs.

Nodes are frozen, compare by content and know their place. They hold what was written,
not what it means: names are not resolved and types are not known here.

Expressions and mapping values share one type, `Expr`: every expression is a mapping
value. Nodes that only a mapping may hold are listed in `MAPPING_ONLY`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from fql.grammar.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """Something written in a text."""

    span: Span = field(kw_only=True, compare=False, repr=False)


# --- expressions ------------------------------------------------------------------


class CompareOp(StrEnum):
    """An operator between two values."""

    EQ = "="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="
    IN = "in"


@dataclass(frozen=True, slots=True)
class Null(Node):
    """``null``."""


@dataclass(frozen=True, slots=True)
class Bool(Node):
    """``true``."""

    value: bool


@dataclass(frozen=True, slots=True)
class Number(Node):
    """``-1.5``: an exact int, or a finite float."""

    value: int | float


@dataclass(frozen=True, slots=True)
class String(Node):
    """``"track"``: the value with its escapes resolved, and the quote it stood in.

    In a mapping, the quote says whether ``{{...}}`` inside means something.
    """

    value: str
    quote: str = field(default='"', kw_only=True, compare=False)


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``properties.items.0``: the keys from the scope's value inwards, at least one."""

    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventPath(Node):
    """``$.userId``: the keys from the event inwards; ``$`` is the whole event."""

    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``replace(email, "@", "+", first_only: true)``."""

    name: str
    arguments: tuple[Expr, ...]
    options: tuple[Option, ...] = ()
    name_span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Option(Node):
    """``first_only: true``: a named argument of a mapping function."""

    name: str
    value: Expr


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """``["a", 1]``."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """``!contains(event, "Test")``."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``properties.total >= 10``."""

    left: Expr
    op: CompareOp
    right: Expr
    op_span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And(Node):
    """``a and b and c``: two or more operands, none of them a bare `And`."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """``a or b``: two or more operands, none of them a bare `Or`."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Group(Node):
    """``(a or b)``: parentheses that the author wrote."""

    inner: Expr


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """``all``: the condition that every event meets. Only ever a whole text."""


@dataclass(frozen=True, slots=True)
class Invalid(Node):
    """A part that did not parse and was reported; later stages pass over it."""


# --- mapping values ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Template(Node):
    """``"Order {{properties.id}}"``: texts and paths in turn."""

    parts: tuple[str | Path | EventPath, ...]


@dataclass(frozen=True, slots=True)
class Coalesce(Node):
    """``context.device.id ?? anonymousId``: the first operand that is not null."""

    operands: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if properties.total >= 100 then "gold" else "basic"``; ``else`` is optional."""

    condition: Expr
    then: Expr
    otherwise: Expr | None


@dataclass(frozen=True, slots=True)
class Each(Node):
    """``each properties.products { sku: product_id }``."""

    items: Expr
    shape: Object


@dataclass(frozen=True, slots=True)
class Object(Node):
    """``{ sku: product_id, price }``."""

    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Member(Node):
    """``sku: product_id``; ``price`` alone is short for ``price: price``."""

    key: str
    value: Expr
    key_span: Span = field(kw_only=True, compare=False, repr=False)


Expr: TypeAlias = (
    Null
    | Bool
    | Number
    | String
    | Path
    | EventPath
    | Call
    | ListLiteral
    | Not
    | Compare
    | And
    | Or
    | Group
    | Everything
    | Invalid
    | Template
    | Coalesce
    | If
    | Each
    | Object
)

MAPPING_ONLY = (EventPath, Template, Coalesce, If, Each, Object)
"""The expressions that a trigger or a filter condition cannot hold."""


# --- programs ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name(Node):
    """``crm``: a name that a program declares or refers to."""

    text: str


@dataclass(frozen=True, slots=True)
class Drop(Node):
    """``drop``."""


@dataclass(frozen=True, slots=True)
class Sample(Node):
    """``sample 0.5 by userId``: the kept fraction, and the path that decides."""

    percent: Number
    path: Path | None


@dataclass(frozen=True, slots=True)
class DropProperties(Node):
    """``drop_properties context.traits [email, phone]``; no segments: top level."""

    target: tuple[str, ...]
    names: tuple[Name, ...]
    target_span: Span = field(kw_only=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AllowProperties(Node):
    """``allow_properties properties [total, currency]``."""

    target: tuple[str, ...]
    names: tuple[Name, ...]
    target_span: Span = field(kw_only=True, compare=False, repr=False)


FilterAction: TypeAlias = Drop | Sample | DropProperties | AllowProperties


@dataclass(frozen=True, slots=True)
class FilterDeclaration(Node):
    """``filter "internal" when contains(userId, "@acme") { drop }``."""

    title: Name
    condition: Expr
    actions: tuple[FilterAction, ...]
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class MappingDeclaration(Node):
    """``mapping "Orders" when type = "track" send order { id: userId }``."""

    title: Name
    condition: Expr
    action: Name
    body: Object
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class DeliveryDeclaration(Node):
    """``delivery { concurrency: 4, ordered: true }``."""

    options: Object


@dataclass(frozen=True, slots=True)
class SourceDeclaration(Node):
    """``source website { write_key: env("KEY") }``."""

    name: Name
    settings: Object


@dataclass(frozen=True, slots=True)
class DestinationDeclaration(Node):
    """``destination crm: webhook from website { ... }``; no ``from``: all sources."""

    name: Name
    kind: Name
    sources: tuple[Name, ...]
    settings: tuple[Object, ...]
    filters: tuple[FilterDeclaration, ...]
    mappings: tuple[MappingDeclaration, ...]
    is_enabled: bool
    delivery: tuple[DeliveryDeclaration, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceDeclaration(Node):
    """``workspace { plan: self_service }``."""

    settings: Object


@dataclass(frozen=True, slots=True)
class DatabaseTable(Node):
    """``table "plans" in env("DB_URL")``."""

    name: Name
    database: Expr


@dataclass(frozen=True, slots=True)
class Interval(Node):
    """``every 1 h``."""

    count: Number
    unit: Name


@dataclass(frozen=True, slots=True)
class EnrichDeclaration(Node):
    """``enrich plan from "plans.csv" on id = traits.plan_id every 1 h``."""

    name: Name
    origin: Name | DatabaseTable
    column: Name
    key: Path
    interval: Interval | None = None


Declaration: TypeAlias = (
    WorkspaceDeclaration
    | SourceDeclaration
    | DestinationDeclaration
    | EnrichDeclaration
)


@dataclass(frozen=True, slots=True)
class Program(Node):
    """A whole program file."""

    declarations: tuple[Declaration, ...]


Root: TypeAlias = Expr | Program


@dataclass(frozen=True, slots=True)
class Comment(Node):
    """``# why``: its text without the ``#`` and the blanks around it."""

    text: str
