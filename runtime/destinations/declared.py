"""Destinations that are declared in files: definitions whose parts are compiled texts.

How such a file is read and checked is in `read_declared.py`.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from fql.runtime.destinations.definitions import (
    Action,
    Answer,
    Definition,
    Scheme,
    answer_of,
)
from fql.runtime.destinations.making_requests import checked_headers
from fql.runtime.destinations.request_templates import (
    RequestTemplate,
    answer_scope,
    revealed,
    scope_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fql.compiler.payload import Mapping as Builder
    from fql.compiler.values import Json
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.source import Source
    from fql.runtime.delivery.oauth import Client
    from fql.runtime.destinations.declarations import (
        ActionDeclaration,
        DestinationDeclaration,
    )
    from fql.runtime.destinations.definitions import Call
    from fql.runtime.http_messages import HttpRequest, HttpResponse
    from fql.runtime.workspace_parts import Setting

    Settings = Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class ActionTexts:
    """The compiled texts of an action.

    Attributes:
        request: Makes the request of one payload.
        result: What an answer says of it; None for what its status says.
        batch_request: Makes the request of several payloads.
        batch_results: What an answer says of each; None for what its status says.
    """

    request: RequestTemplate
    result: Builder | None = None
    batch_request: RequestTemplate | None = None
    batch_results: Builder | None = None


class DeclaredAction(Action):
    """An action whose requests are templates.

    Args:
        name: What mappings call it.
        declared: What the file says of it.
        texts: Its compiled texts.
    """

    def __init__(
        self, name: str, declared: ActionDeclaration, texts: ActionTexts
    ) -> None:
        self.name = name
        self.title = declared.title or name
        self.description = declared.description
        self.fields = declared.fields
        self.default_trigger = declared.trigger
        self.batch = None if declared.batch is None else declared.batch.rules()
        self._texts = texts

    def perform(self, call: Call) -> Sequence[HttpRequest]:
        """Return the one request of a payload."""
        scope = scope_of([call], is_batch=False)
        return [self._texts.request.request(scope)]

    def perform_batch(self, calls: Sequence[Call]) -> Sequence[HttpRequest]:
        """Return the one request of several payloads."""
        template = self._texts.batch_request
        if template is None:
            return super().perform_batch(calls)
        return [template.request(scope_of(calls, is_batch=True))]

    def read(self, response: HttpResponse) -> Answer:
        """Return what the answer says, by ``result`` where it was taken at all."""
        answer = super().read(response)
        if self._texts.result is None or not answer.is_delivered:
            return answer
        scope = answer_scope(response.status, response.body)
        return _answer(self._texts.result(scope), answer)

    def read_batch(
        self, calls: Sequence[Call], response: HttpResponse
    ) -> Sequence[Answer]:
        """Return what the answer says of each, by ``results`` where it was taken.

        Where it says nothing of a payload, there is no answer for it, and for none
        after it.
        """
        answer = super().read(response)
        if self._texts.batch_results is None or not answer.is_delivered:
            return [answer] * len(calls)
        scope = answer_scope(response.status, response.body)
        told = self._texts.batch_results(scope)
        return (
            [_answer(each, answer) for each in told] if isinstance(told, list) else []
        )


def _answer(told: Json, usual: Answer) -> Answer:
    """Return an answer that is *told* as a status, or an object with one.

    An object may have a ``code`` and a ``message``. Null is what is usual; true and
    false are a success and a refusal. A status may be written as text.
    """
    members = told if isinstance(told, dict) else {"status": told}
    status = _status(members.get("status"))
    if status is None:
        return usual
    read = answer_of(status)
    code, message = members.get("code"), members.get("message")
    if read.is_delivered:
        return read
    return replace(
        read,
        code=read.code if code is None else text_of(code),
        message=read.message if message is None else text_of(message),
    )


def _status(told: Json) -> int | None:
    """Return a status, or None where none is told; what is no status is -1."""
    if isinstance(told, bool):
        return 200 if told else 400
    if isinstance(told, str) and told.isascii() and told.isdigit():
        return int(told) if len(told) == _DIGITS else -1
    if not isinstance(told, int | float):
        return None
    return int(told) if math.isfinite(told) else -1


_DIGITS = 3
"""Of a status."""


@dataclass(frozen=True, slots=True)
class DefinitionTexts:
    """The compiled texts of a destination.

    Attributes:
        actions: Those of each action, by name.
        authentication: What the scheme needs, by the names in the file.
        test: A request that succeeds only with good settings, or None.
        delete: A request that has a user deleted, or None.
    """

    actions: Mapping[str, ActionTexts] = field(default_factory=dict)
    authentication: Mapping[str, Builder] = field(default_factory=dict)
    test: RequestTemplate | None = None
    delete: RequestTemplate | None = None


class DeclaredDefinition(Definition):
    """A kind of destination that is declared in a file.

    Pickling keeps the text of the file, and compiles it again.

    Args:
        name: What programs call it.
        declared: What the file says.
        texts: Its compiled texts.
        source: The file.
        diagnostics: What was found in it.
    """

    def __init__(
        self,
        name: str,
        declared: DestinationDeclaration,
        texts: DefinitionTexts,
        *,
        source: Source,
        diagnostics: Sequence[Diagnostic] = (),
    ) -> None:
        self.name = name
        self.title = declared.title or name
        self.description = declared.description
        self.settings = declared.settings
        self.scheme = Scheme(declared.authentication.scheme)
        self.presets = declared.all_presets()
        self.actions = tuple(
            DeclaredAction(each, declared.actions[each], compiled)
            for each, compiled in texts.actions.items()
        )
        self.source = source
        self.diagnostics = tuple(diagnostics)
        self._declared = declared
        self._texts = texts

    def __reduce__(self) -> tuple[object, ...]:
        from fql.runtime.destinations.read_declared import read_declared

        return read_declared, (self.source,)

    def authenticate(self, request: HttpRequest, call: Call) -> HttpRequest:
        """Return *request* with the header that the scheme asks for."""
        headers = self._credentials(call.settings, call.token)
        if not headers:
            return request
        return replace(request, headers={**request.headers, **checked_headers(headers)})

    def _credentials(self, settings: Settings, token: str | None) -> dict[str, str]:
        match self.scheme:
            case Scheme.NONE:
                return {}
            case Scheme.BASIC:
                pair = f"{self._said('username', settings)}:"
                pair += self._said("password", settings)
                return basic(pair)
            case Scheme.BEARER:
                return {"authorization": f"Bearer {self._said('token', settings)}"}
            case Scheme.HEADER:
                name = getattr(self._declared.authentication, "name", "")
                return {name: self._said("value", settings)}
            case Scheme.OAUTH2:
                return {"authorization": f"Bearer {token}"} if token else {}
            case _:
                assert_never(self.scheme)

    def _said(self, name: str, settings: Settings) -> str:
        """Return what a text of the scheme comes to; empty where that is nothing."""
        text = self._texts.authentication.get(name)
        value = None if text is None else text({"settings": revealed(settings)})
        return "" if value is None else text_of(value)

    def oauth_client(self, settings: Settings) -> Client | None:
        """Return who fetches access tokens, where the scheme is OAuth 2."""
        if self.scheme is not Scheme.OAUTH2:
            return None
        from fql.runtime.delivery.oauth import Client

        return Client(
            self._said("url", settings),
            self._said("client_id", settings),
            self._said("client_secret", settings),
            self._said("scope", settings),
            self._said("refresh_token", settings) or None,
        )

    def test_authentication(self, settings: Settings) -> HttpRequest | None:
        """Return the request of ``test``, or None."""
        if self._texts.test is None:
            return None
        return self._texts.test.request({"settings": revealed(settings)})

    def on_delete(self, settings: Settings, user_id: str) -> Sequence[HttpRequest]:
        """Return the request of ``delete``.

        Raises:
            IntegrationError: There is none.
        """
        if self._texts.delete is None:
            return super().on_delete(settings, user_id)
        scope: dict[str, Json] = {"settings": revealed(settings), "user_id": user_id}
        return [self._texts.delete.request(scope)]


def basic(pair: str) -> dict[str, str]:
    """Return the header of basic authentication for ``name:password``."""
    return {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
