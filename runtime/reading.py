"""What a workspace reads of its events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.compiler.parts import parts_read
from fql.runtime.filter_actions import DEFAULT_SAMPLE_PATH, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.compiler.ir import Ir
    from fql.compiler.parts import Keys, Parts
    from fql.runtime.workspace import Workspace
    from fql.runtime.workspace_parts import Destination

ACCEPTED_BY = (
    *(("type",), ("userId",), ("anonymousId",), ("groupId",), ("previousId",)),
    *(("event",), ("name",), ("category",), ("messageId",), ("integrations",)),
)
"""What `accept.py` and the pipeline look at in every event."""

ACCEPTED_BY_KIND = (("properties",), ("traits",))
"""Of what they only look whether it is an object."""


def workspace_parts(workspace: Workspace) -> Parts:
    """Return the parts of an event that decide its outcomes and their payloads.

    Actions of filters that take properties away need none: what they take away is
    read by others, or by nobody.
    """
    nodes: list[Ir] = []
    paths: list[Keys] = [*ACCEPTED_BY]
    paths += [each.key for each in workspace.enrichments]
    for destination in workspace.destinations:
        if destination.is_enabled:
            nodes += _nodes(destination)
            paths += _sampled(destination)
    return parts_read(nodes, paths=paths, kinds=ACCEPTED_BY_KIND)


def _nodes(destination: Destination) -> Iterator[Ir]:
    for each in destination.filters:
        yield each.condition.node
    for mapping in destination.mappings:
        if mapping.is_enabled:
            yield mapping.trigger.node
            yield mapping.build.node


def _sampled(destination: Destination) -> Iterator[Keys]:
    for each in destination.filters:
        for action in each.actions:
            if isinstance(action, Sample):
                yield action.path or DEFAULT_SAMPLE_PATH
