"""How a program says that a destination is delivered to: ``delivery { ... }``.

Program texts and JSON have the same options under their own spellings
(``batch_size``, ``batchSize``). What they do is in `fql.runtime.delivery.options`.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, assert_never

from pydantic.alias_generators import to_camel

from fql.compiler.field_errors import shown
from fql.compiler.suggest import nearest
from fql.grammar.diagnostics import Code
from fql.grammar.errors import quoted
from fql.runtime import drafts, errors
from fql.runtime.delivery.options import DeliveryOptions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.places import Place


@dataclass(frozen=True, slots=True)
class _Number:
    """The numbers that an option may be: from *low* to *high*, both included."""

    low: float
    high: float
    is_whole: bool = False

    def __str__(self) -> str:
        kind = "a whole number" if self.is_whole else "a number"
        return f"{kind} from {self.low:.12g} to {self.high:.12g}"

    def takes(self, value: object) -> bool:
        """Return whether the option may be *value*."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        is_whole = isinstance(value, int) or value.is_integer()
        return self.low <= value <= self.high and (is_whole or not self.is_whole)


_WHOLE = True
_NUMBERS: Mapping[str, _Number] = MappingProxyType(
    {
        "attempts": _Number(1, 100, _WHOLE),
        "batch_bytes": _Number(1, 100_000_000, _WHOLE),
        "batch_seconds": _Number(0, 60),
        "batch_size": _Number(1, 100_000, _WHOLE),
        "breaker_failures": _Number(1, 1_000_000, _WHOLE),
        "breaker_seconds": _Number(0.1, 3_600),
        "concurrency": _Number(1, 1_000, _WHOLE),
        "hours": _Number(0, 168),
        "rate": _Number(0.001, 1_000_000),
        "timeout": _Number(0.1, 120),
    }
)
OPTION_NAMES = tuple(sorted([*_NUMBERS, "allow", "ordered"]))
"""What ``delivery { ... }`` may say, as program texts spell it."""

_IN_JSON = {to_camel(name): name for name in OPTION_NAMES}
_HOST = re.compile(r"(?!.*\.\.)[a-z0-9_][a-z0-9_.-]{0,252}", re.IGNORECASE)


def read_delivery(
    draft: drafts.SettingGroup,
) -> tuple[DeliveryOptions, list[Diagnostic]]:
    """Return what *draft* says, and what is wrong with it.

    An option with a mistake has its usual value.
    """
    reading = _Reading()
    said: dict[str, Any] = {}
    for word, setting in draft.members:
        name = reading.option(word)
        value = None if name is None else reading.value(name, word, setting)
        if name is not None and value is not None:
            said[name] = value
    return DeliveryOptions(**said), reading.findings


def spelled_in_json(name: str) -> str:
    """Return how JSON spells an option of program texts.

    >>> spelled_in_json("batch_size")
    'batchSize'
    """
    return to_camel(name)


def spelled_in_text(name: str) -> str:
    """Return how program texts spell an option of JSON.

    >>> spelled_in_text("batchSize")
    'batch_size'
    """
    return _IN_JSON.get(name, name)


class _Reading:
    """One look at the options of one destination."""

    def __init__(self) -> None:
        self.findings: list[Diagnostic] = []

    def option(self, word: drafts.Word) -> str | None:
        """Return which option *word* names; None for none, which was reported."""
        is_json = word.place.pointer is not None
        known = tuple(_IN_JSON) if is_json else OPTION_NAMES
        if word.text in known:
            return _IN_JSON.get(word.text, word.text)
        near = nearest(word.text, known)
        holder = "`delivery`"
        self.findings.append(errors.unknown_key(word, holder, known, near))
        return None

    def value(
        self, name: str, word: drafts.Word, setting: drafts.SettingDraft
    ) -> object:
        """Return what the option *name* is set to; None if wrong, and reported."""
        if name == "allow":
            return self._addresses(word, setting)
        wanted = _NUMBERS.get(name)
        if isinstance(setting, drafts.Constant):
            value = setting.value
            if wanted is None and isinstance(value, bool):
                return value
            if wanted is not None and wanted.takes(value):
                return int(value or 0) if wanted.is_whole else value
        self._report(word, setting, str(wanted or "true or false"))
        return None

    def _addresses(
        self, word: drafts.Word, setting: drafts.SettingDraft
    ) -> tuple[str, ...] | None:
        if not isinstance(setting, drafts.SettingList):
            self._report(word, setting, _A_LIST)
            return None
        found: list[str] = []
        for item in setting.items:
            if isinstance(item, drafts.Constant) and is_target(item.value):
                found.append(str(item.value))
            else:
                self._report(word, item, _AN_ADDRESS)
        return tuple(found)

    def _report(
        self, word: drafts.Word, setting: drafts.SettingDraft, wanted: str
    ) -> None:
        place = _place(setting) or word.place
        self.findings.append(
            errors.finding(
                Code.BAD_DELIVERY,
                f"{quoted(word.text)} cannot be {_shown(setting)}",
                place,
                f"write {wanted}",
            )
        )


_A_LIST = 'a list: `["10.0.0.0/8", "crm.internal"]`'
_AN_ADDRESS = 'a network (`"10.0.0.0/8"`), an address or the name of a host'


def is_target(value: object) -> bool:
    """Return whether *value* is a network, an address, or may be the name of a host.

    >>> is_target("10.0.0.0/8"), is_target("crm.internal"), is_target("10.0.0.0/99")
    (True, True, False)
    """
    if not isinstance(value, str):
        return False
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return _HOST.fullmatch(value) is not None
    return True


def _place(setting: drafts.SettingDraft) -> Place | None:
    """Return where *setting* stands; a list or an object has no place of its own."""
    match setting:
        case drafts.Constant() | drafts.Variable():
            return setting.place
        case _:
            return None


def _shown(setting: drafts.SettingDraft) -> str:
    match setting:
        case drafts.Constant(value):
            return shown(value)
        case drafts.Variable():
            return "taken from the environment"
        case drafts.SettingList():
            return "a list"
        case drafts.SettingGroup():
            return "an object"
        case _:
            assert_never(setting)
