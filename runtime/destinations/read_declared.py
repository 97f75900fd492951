"""From a file to a kind of destination, or to everything that is wrong with it.

Every text in the file is compiled here, once: the expressions of requests against what
is declared of payloads and settings, the mappings of presets against the fields of
their action. What is found has its place in the file.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pydantic import ValidationError

from fql.compiler.payload import compile_mapping_text, mapping_of
from fql.compiler.shapes import Shape
from fql.compiler.suggest import nearest
from fql.compiler.types import Type
from fql.grammar.diagnostics import FqlError, arrange, has_errors
from fql.grammar.json_places import inside, read_json
from fql.grammar.parse import parse_expression
from fql.grammar.source import Source
from fql.runtime import model_errors
from fql.runtime.destinations import declaration_errors as errors
from fql.runtime.destinations import declarations as models
from fql.runtime.destinations.declared import (
    ActionTexts,
    DeclaredDefinition,
    DefinitionTexts,
)
from fql.runtime.destinations.request_templates import (
    BODIES,
    METHODS,
    RequestTemplate,
    url_fields,
)
from fql.runtime.destinations.template_shapes import ANSWER, KEY, Reading, shape_of
from fql.runtime.fields import FieldDeclaration, compile_fields
from fql.runtime.kind_errors import unknown_action
from fql.runtime.load_json import as_text
from fql.runtime.places import JsonString, place_in
from fql.runtime.read_source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fql.compiler.fields import Fields
    from fql.compiler.payload import Mapping as Builder
    from fql.compiler.trigger import Trigger
    from fql.grammar.diagnostics import Diagnostic
    from fql.grammar.json_places import JsonDocument

DeclarationLike: TypeAlias = "str | os.PathLike[str] | Source | Mapping[str, object]"
"""A path, a text with its name, or JSON data."""

_MODELS = (
    models.DestinationDeclaration,
    models.ActionDeclaration,
    models.RequestDeclaration,
    models.BatchDeclaration,
    models.BasicAuthentication,
    models.BearerAuthentication,
    models.HeaderAuthentication,
    models.OAuthAuthentication,
    models.PresetDeclaration,
    FieldDeclaration,
)
_SCHEMES = ("none", "basic", "bearer", "header", "oauth2")

_AUTHENTICATION_TEXTS = (
    *("username", "password", "token", "value"),
    *("url", "client_id", "client_secret", "scope", "refresh_token"),
)


def read_declared(declaration: DeclarationLike) -> DeclaredDefinition:
    """Read a kind of destination from its declaration.

    Args:
        declaration: The path of its file, a `Source`, or the JSON as data.

    Returns:
        The definition. Warnings are in its ``diagnostics``.

    Raises:
        FqlError: The declaration has errors, or cannot be read. All findings are in
            ``diagnostics``.
    """
    source = _as_source(declaration)
    document = read_json(source)
    if has_errors(document.diagnostics):
        raise FqlError(document.diagnostics)
    model = _model(document)
    reading = _Reading(document, model)
    texts = reading.texts()
    findings = arrange([*document.diagnostics, *reading.findings])
    if has_errors(findings):
        raise FqlError(findings)
    return DeclaredDefinition(
        model.name or _name_of(source),
        model,
        texts,
        source=source,
        diagnostics=findings,
    )


def _as_source(declaration: DeclarationLike) -> Source:
    if isinstance(declaration, Source):
        return declaration
    if isinstance(declaration, str | os.PathLike):
        return read_source(declaration)
    return as_text(declaration)


def _name_of(source: Source) -> str:
    """Return what a kind is called that does not say so: as its file."""
    return Path(source.name).stem


def _model(document: JsonDocument) -> models.DestinationDeclaration:
    value: object = document.value
    try:
        return models.DestinationDeclaration.model_validate(value)
    except ValidationError as error:
        words = (*METHODS, *_SCHEMES)
        found = model_errors.mistakes_of(error, value, _MODELS, words)
        raise FqlError(
            arrange(
                model_errors.located(each, document)
                for each in model_errors.without_echoes(found)
            )
        ) from error


class _Reading:
    """One look at one declaration that has the right form."""

    def __init__(
        self, document: JsonDocument, model: models.DestinationDeclaration
    ) -> None:
        self._document = document
        self._model = model
        self._settings = shape_of(model.settings)
        self.findings: list[Diagnostic] = []

    def texts(self) -> DefinitionTexts:
        """Compile everything; what is wrong is in `findings`."""
        model = self._model
        if not model.actions:
            self.findings.append(errors.no_actions(place_in(self._document, "")))
        self._check_fields("/settings", model.settings)
        actions = {
            name: texts
            for name, action in model.actions.items()
            for texts in self._action(inside("/actions", name), action)
        }
        scope = {"settings": self._settings}
        deleting = {**scope, "user_id": Shape(Type.STRING)}
        self._presets()
        return DefinitionTexts(
            actions,
            self._authentication(),
            self._request("/test", model.test, scope, usual="GET"),
            self._request("/delete", model.delete, deleting, usual="DELETE"),
        )

    # --- actions ---

    def _action(
        self, pointer: str, action: models.ActionDeclaration
    ) -> Iterator[ActionTexts]:
        """Yield the compiled texts of an action, unless it has errors."""
        self._check_fields(f"{pointer}/fields", action.fields)
        if action.trigger is not None:
            self._trigger(f"{pointer}/trigger", action.trigger)
        scope = {
            "settings": self._settings,
            "key": KEY,
            "payload": shape_of(action.fields),
        }
        urls = url_fields(action.fields)
        at = f"{pointer}/request"
        request = self._request(at, action.request, scope, urls=urls)
        if action.request is None:
            self.findings.append(errors.no_request(place_in(self._document, pointer)))
        result = self._text(f"{pointer}/result", action.result, ANSWER)
        batch, results = self._batch(f"{pointer}/batch", action)
        if request is not None:
            yield ActionTexts(request, result, batch, results)

    def _batch(
        self, pointer: str, action: models.ActionDeclaration
    ) -> tuple[RequestTemplate | None, Builder | None]:
        batch = action.batch
        if batch is None:
            return None, None
        for index, key in enumerate(batch.keys):
            if key not in action.fields:
                place = place_in(self._document, f"{pointer}/keys/{index}")
                near = nearest(key, action.fields)
                self.findings.append(errors.no_such_key(place, key, near))
        payloads = Shape(Type.LIST, items=shape_of(action.fields))
        scope = {"settings": self._settings, "key": KEY, "payloads": payloads}
        urls = url_fields(action.fields)
        request = self._request(f"{pointer}/request", batch.request, scope, urls=urls)
        return request, self._text(f"{pointer}/results", batch.results, ANSWER)

    def _check_fields(
        self, pointer: str, fields: Mapping[str, FieldDeclaration]
    ) -> Fields | None:
        """Return compiled fields; None where they nest too deeply."""
        try:
            return compile_fields(fields)
        except FqlError as error:
            place = place_in(self._document, pointer)
            self.findings += [errors.at(each, place) for each in error.diagnostics]
            return None

    # --- presets ---

    def _presets(self) -> None:
        for index, preset in enumerate(self._model.presets):
            self._preset(f"/presets/{index}", preset)

    def _preset(self, pointer: str, preset: models.PresetDeclaration) -> None:
        """Check that a preset's mapping fits its action."""
        action = self._model.actions.get(preset.action)
        if action is None:
            known = list(self._model.actions)
            place = place_in(self._document, f"{pointer}/action")
            near = nearest(preset.action, known)
            self.findings.append(unknown_action(place, preset.action, known, near))
            return
        trigger = self._trigger(f"{pointer}/trigger", preset.trigger)
        fields = self._fields_of(action)
        if trigger is None or fields is None:
            return
        at = f"{pointer}/mapping"
        if isinstance(preset.mapping, str):
            self._compiled(at, preset.mapping, fields=fields, trigger=preset.trigger)
        else:
            self._directives(at, fields, preset.trigger)

    def _fields_of(self, action: models.ActionDeclaration) -> Fields | None:
        try:
            return compile_fields(action.fields)
        except FqlError:  # reported with the action
            return None

    def _directives(self, pointer: str, fields: Fields, trigger: str) -> None:
        from fql.compiler.check_directives import check_directives

        read = check_directives(self._document, pointer)
        self.findings += read.diagnostics
        if has_errors(read.diagnostics):
            return
        try:
            built = mapping_of(read, fields=fields, condition=trigger)
        except FqlError as error:
            self.findings += error.diagnostics
        else:
            self.findings += built.diagnostics

    # --- texts ---

    def _authentication(self) -> dict[str, Builder]:
        declared = self._model.authentication
        scope = {"settings": self._settings}
        found = {}
        for name in _AUTHENTICATION_TEXTS:
            text: str | None = getattr(declared, name, None)
            built = self._text(f"/authentication/{name}", text, scope)
            if built is not None:
                found[name] = built
        return found

    def _request(
        self,
        pointer: str,
        declared: models.RequestDeclaration | str | None,
        scope: Mapping[str, Shape],
        *,
        usual: str = "POST",
        urls: frozenset[str] = frozenset(),
    ) -> RequestTemplate | None:
        """Return a compiled request; None where there is none, or it has errors."""
        if declared is None:
            return None
        before = len(self.findings)
        if isinstance(declared, str):
            whole = self._text(pointer, declared, scope)
            parts: dict[str, Builder | dict[str, Builder]] = {}
            if whole is not None:
                parts["whole"] = whole
        else:
            parts = self._parts(pointer, declared, scope)
            usual = declared.method or usual
        if has_errors(self.findings[before:]):
            return None
        return RequestTemplate(parts, usual, urls)

    def _parts(
        self,
        pointer: str,
        declared: models.RequestDeclaration,
        scope: Mapping[str, Shape],
    ) -> dict[str, Builder | dict[str, Builder]]:
        given = {
            "url": declared.url,
            "headers": declared.headers,
            "query": declared.query,
            "json": declared.json_body,
            "form": declared.form,
            "body": declared.body,
        }
        bodies = [name for name in BODIES if given[name] is not None]
        if len(bodies) > 1:
            place = place_in(self._document, f"{pointer}/{bodies[1]}")
            self.findings.append(errors.several_bodies(place, bodies))
        parts: dict[str, Builder | dict[str, Builder]] = {}
        for name, texts in given.items():
            at = f"{pointer}/{name}"
            if isinstance(texts, dict):
                parts[name] = self._members(at, texts, scope)
            else:
                built = self._text(at, texts, scope)
                if built is not None:
                    parts[name] = built
        return parts

    def _members(
        self, pointer: str, texts: Mapping[str, str], scope: Mapping[str, Shape]
    ) -> dict[str, Builder]:
        compiled = {
            name: self._text(inside(pointer, name), text, scope)
            for name, text in texts.items()
        }
        return {name: each for name, each in compiled.items() if each is not None}

    def _text(
        self, pointer: str, text: str | None, scope: Mapping[str, Shape]
    ) -> Builder | None:
        """Return a compiled expression that reads what *scope* holds, or None."""
        if text is None:
            return None
        return self._compiled(pointer, text, schema=Reading(readable=scope))

    def _compiled(
        self,
        pointer: str,
        text: str,
        *,
        schema: Reading | None = None,
        fields: Fields | None = None,
        trigger: str | None = None,
    ) -> Builder | None:
        """Return a compiled text; None where it has errors."""
        string = JsonString(self._document, pointer)
        try:
            built = compile_mapping_text(
                Source(text, self._document.source.name),
                schema=schema,
                is_strict=schema is not None,
                fields=fields,
                condition=trigger,
            )
        except FqlError as error:
            self.findings += [string.locate(each) for each in error.diagnostics]
            return None
        self.findings += [string.locate(each) for each in built.diagnostics]
        return built

    def _trigger(self, pointer: str, text: str) -> Trigger | None:
        """Return a compiled condition; None where it has errors."""
        from fql.compiler.trigger import compile_trigger

        string = JsonString(self._document, pointer)
        source = Source(text, self._document.source.name)
        try:
            trigger = compile_trigger(parse_expression(source))
        except FqlError as error:
            self.findings += [string.locate(each) for each in error.diagnostics]
            return None
        self.findings += [string.locate(each) for each in trigger.diagnostics]
        return trigger
