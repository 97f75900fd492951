"""Conditions in the form that filters in device-mode SDKs evaluate.

>>> encode('type = "track" and properties.total >= 10')
['and', ['=', 'type', {'value': 'track'}], ['>=', 'properties.total', {'value': 10}]]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.device import encode as encode_checked
from fql.compiler.functions import FUNCTIONS
from fql.compiler.trigger import as_source, check_trigger
from fql.grammar.diagnostics import FqlError, has_errors

if TYPE_CHECKING:
    from fql.compiler.device_operands import Prefix
    from fql.grammar.source import Source

__all__ = ["encode"]


def encode(text: str | Source) -> Prefix:
    """Return a condition in the prefix-array form, as JSON.

    A list is an operator and its operands, a string a path, an object a literal. What
    ``fql export device`` only warns of, such as a length that differs for text beyond
    ASCII, is no reason to refuse.

    Raises:
        FqlError: The text has errors, or would be answered otherwise in device mode;
            the constructs that cause it are in ``diagnostics``.
    """
    checked = check_trigger(as_source(text))
    if has_errors(checked.diagnostics):
        raise FqlError(checked.diagnostics)
    return encode_checked(checked, FUNCTIONS)
