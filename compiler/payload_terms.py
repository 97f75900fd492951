"""What a mapping is compiled by, besides its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fql.compiler.fields import Fields
    from fql.compiler.schema import Schema
    from fql.compiler.signatures import FunctionTable


@dataclass(frozen=True, slots=True)
class PayloadTerms:
    """What a mapping is compiled by.

    Attributes:
        functions: What expressions may call besides the functions of mappings.
        schema: What is known of events beyond the event spec.
        is_strict: Whether what only the schema makes impossible is an error.
        fields: The fields of the action, or None where they are not known.
        condition: What holds of every event that the mapping gets, or None.
    """

    functions: FunctionTable | None = None
    schema: Schema | None = None
    is_strict: bool = False
    fields: Fields | None = None
    condition: str | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What two mappings of the same text may differ in.

        What holds of their events changes no payload, and is not among it.
        """
        specs = None if self.fields is None else dict(self.fields.specs)
        return (self.functions, self.schema, self.is_strict, specs)
