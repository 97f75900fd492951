"""Slack: messages in a channel, over an incoming webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fql.runtime.destinations.declarations import shipped
from fql.runtime.destinations.definitions import Action, Call, Definition
from fql.runtime.destinations.making_requests import json_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fql.runtime.http_messages import HttpRequest

_DECLARED = shipped("slack")
_POST = _DECLARED.actions["postToChannel"]
_SENT = ("channel", "text", "username", "icon_url")


class PostToChannel(Action):
    """Posts a message."""

    name = "postToChannel"
    title = _POST.title
    description = _POST.description
    fields = _POST.fields

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the one request that posts the message."""
        message = {key: call.payload[key] for key in _SENT if key in call.payload}
        return [json_request("POST", str(call.payload["url"]), message)]


class Slack(Definition):
    """The channel is that of the address, unless the payload names another."""

    name = "slack"
    title = _DECLARED.title
    description = _DECLARED.description
    actions = (PostToChannel(),)
    presets = _DECLARED.all_presets()
