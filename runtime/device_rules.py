"""Filters as the rules that device-mode SDKs download, or why they cannot be.

An SDK runs the rules of a destination one after the other, each on what the ones before
it left. Filters that drop come first, so that the others' conditions are the only ones
that may see a changed event; where one of them would, that is refused. With the order
``listed`` the rules are exactly the filters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, assert_never

from fql.compiler.check import Checked
from fql.compiler.device import encode_condition
from fql.compiler.functions import FUNCTIONS
from fql.compiler.loads import event_paths
from fql.compiler.values import list_index
from fql.grammar import nodes
from fql.grammar.diagnostics import arrange
from fql.runtime import device_errors as errors
from fql.runtime.filters import Order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fql.compiler.device_operands import Prefix
    from fql.compiler.loads import Keys
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.runtime.filter_files import Chain, WrittenFilter

Rule: TypeAlias = "dict[str, Json]"

SCOPE = "destinations"
TARGET_TYPE = "workspace::project::destination::config"
"""What rules for destinations say of themselves."""

_LEADING_ASTRAY = frozenset({"__proto__", "constructor"})


@dataclass(frozen=True, slots=True)
class DeviceRules:
    """The rules of a file.

    Attributes:
        rules: In the order in which an SDK runs them.
        diagnostics: What an SDK does otherwise. Where there are errors, the rules are
            not to be used; warnings say for which events they differ.
    """

    rules: tuple[Rule, ...]
    diagnostics: tuple[Diagnostic, ...]


def device_rules(chains: Sequence[Chain], *, source: str | None = None) -> DeviceRules:
    """Return the enabled filters of *chains* as rules.

    Args:
        chains: The filters of each destination.
        source: The source whose events the SDK sends; None where all have one form.
    """
    rules: list[Rule] = []
    findings: list[Diagnostic] = []
    for chain in chains:
        if not chain.is_enabled or not _feeds(source, chain):
            continue
        ordered = _in_running_order(chain.in_use(source), chain.order)
        if chain.order is Order.STAGES:
            findings.extend(_sequence_faults(ordered))
        for each in ordered:
            findings.extend(_action_faults(each))
            rules.append(_rule(each, chain, findings))
    return DeviceRules(tuple(rules), tuple(arrange(findings)))


def _feeds(source: str | None, chain: Chain) -> bool:
    return source is None or not chain.sources or source in chain.sources


def _in_running_order(
    filters: Sequence[WrittenFilter], order: Order
) -> list[WrittenFilter]:
    """Return *filters* as an SDK is to run them: those that drop events first."""
    if order is Order.LISTED:
        return list(filters)
    return sorted(filters, key=lambda each: not _drops(each))


def _drops(written: WrittenFilter) -> bool:
    return any(_always_drops(action) for action in written.draft.actions)


def _always_drops(action: nodes.FilterAction) -> bool:
    match action:
        case nodes.Drop():
            return True
        case nodes.Sample(percent):
            return percent.value <= 0
        case _:
            return False


# --- rules ------------------------------------------------------------------------


def _rule(written: WrittenFilter, chain: Chain, findings: list[Diagnostic]) -> Rule:
    rule: Rule = {
        "scope": SCOPE,
        "target_type": TARGET_TYPE,
        "matchers": [_matcher(written, findings)],
        "transformers": [_transformers(written.draft.actions, chain.order)],
    }
    if chain.destination is not None:
        rule["destinationName"] = chain.destination
    return rule


def _matcher(written: WrittenFilter, findings: list[Diagnostic]) -> Json:
    trigger = written.filter.condition
    config: dict[str, Json] = {"expr": trigger.text}
    checked = trigger.tree
    assert isinstance(checked, Checked), "filters are written in this language"  # noqa: S101
    if isinstance(checked.root, nodes.Everything):
        return {"type": "all", "ir": "", "config": config}
    encoded = encode_condition(checked, FUNCTIONS)
    findings.extend(written.located(encoded.diagnostics))
    return {"type": "fql", "ir": prefix_text(encoded.prefix), "config": config}


def prefix_text(prefix: Prefix) -> str:
    """Return a condition in the prefix form as the JSON text that a matcher holds."""
    return json.dumps(prefix, separators=(",", ":"), ensure_ascii=False)


def _transformers(actions: Sequence[nodes.FilterAction], order: Order) -> list[Json]:
    if order is Order.STAGES:
        actions = sorted(actions, key=_stage)
    transformers: list[Rule] = []
    for action in actions:
        if not _joins(action, transformers):
            transformers.append(_transformer(action))
    return list(transformers)


def _joins(action: nodes.FilterAction, transformers: Sequence[Rule]) -> bool:
    """Add *action* to the last transformer, if it is of its kind for other objects."""
    if not transformers or not isinstance(
        action, nodes.DropProperties | nodes.AllowProperties
    ):
        return False
    last, transformer = transformers[-1], _transformer(action)
    if last["type"] != transformer["type"]:
        return False
    (here,), (there,) = _objects_of(last), _objects_of(transformer)
    if here.keys() & there.keys():
        return False
    here.update(there)
    return True


def _objects_of(transformer: Rule) -> list[Rule]:
    """Return what the config of a transformer holds."""
    config = transformer["config"]
    members = config.values() if isinstance(config, dict) else ()
    return [each for each in members if isinstance(each, dict)]


def _stage(action: nodes.FilterAction) -> int:
    match action:
        case nodes.Sample():
            return 0
        case nodes.Drop():
            return 1
        case nodes.DropProperties():
            return 2
        case nodes.AllowProperties():
            return 3
        case _:
            assert_never(action)


def _transformer(action: nodes.FilterAction) -> Rule:
    match action:
        case nodes.Drop():
            return {"type": "drop"}
        case nodes.Sample(percent, path):
            keys = () if path is None else path.segments
            sample: Json = {"percent": percent.value, "path": ".".join(keys)}
            return {"type": "sample_event", "config": {"sample": sample}}
        case nodes.DropProperties(target, names):
            return _properties("drop", target, names)
        case nodes.AllowProperties(target, names):
            return _properties("allow", target, names)
        case _:
            assert_never(action)


def _properties(what: str, target: Keys, names: Sequence[nodes.Name]) -> Rule:
    listed: list[Json] = [name.text for name in names]
    return {"type": f"{what}_properties", "config": {what: {".".join(target): listed}}}


# --- what an SDK does otherwise ---------------------------------------------------


def _action_faults(written: WrittenFilter) -> Iterator[Diagnostic]:
    source = written.draft.title.place.source
    for action in written.draft.actions:
        if isinstance(action, nodes.Sample):
            if 0 < action.percent.value < 1:
                yield errors.sample(source, action)
        elif not isinstance(action, nodes.Drop) and _leads_astray(action.target):
            yield errors.target(source, action)


def _leads_astray(target: Keys) -> bool:
    """Return whether the object at *target* is another one, or none, there."""
    return any(
        "." in key
        or key in _LEADING_ASTRAY
        or (list_index(key) is not None and str(list_index(key)) != key)
        for key in target
    )


def _sequence_faults(ordered: Sequence[WrittenFilter]) -> Iterator[Diagnostic]:
    """Yield the conditions that read what a filter before them may have changed."""
    changes: list[tuple[WrittenFilter, nodes.FilterAction]] = []
    for written in ordered:
        paths = event_paths(written.filter.condition.node)
        read = [keys for pair in paths for keys in pair if keys]
        changed = next(
            (
                earlier
                for earlier, action in changes
                if any(_reaches(action, keys) for keys in read)
            ),
            None,
        )
        if changed is not None:
            yield errors.sequence(written.draft, changed.draft)
        if not _drops(written):
            changes += [(written, action) for action in written.draft.actions]


def _reaches(action: nodes.FilterAction, keys: Keys) -> bool:
    """Return whether *action* may change what stands at *keys*."""
    if not isinstance(action, nodes.DropProperties | nodes.AllowProperties):
        return False
    size = len(action.target)
    if keys[:size] != action.target[: len(keys)]:
        return False
    if len(keys) <= size or list_index(keys[size]) is not None:
        return True
    is_named = keys[size] in {name.text for name in action.names}
    return is_named is isinstance(action, nodes.DropProperties)
