"""What kinds of destinations are made of, for those who write or install some.

>>> registry = shipped_registry()
>>> sorted(registry)
['amplitude', 'file', 'http', 'slack', 'stdout', 'webhook']
>>> [action.name for action in registry.get("slack").actions]
['postToChannel']
"""

from __future__ import annotations

from fql.runtime.destinations.definitions import (
    Action,
    Answer,
    BatchRules,
    Call,
    Definition,
    Preset,
    Scheme,
    WritingAction,
)
from fql.runtime.destinations.delivery_errors import (
    IntegrationError,
    InvalidAuthenticationError,
    PayloadValidationError,
    RetryableError,
)
from fql.runtime.destinations.making_requests import (
    form_request,
    json_request,
    request,
)
from fql.runtime.destinations.read_declared import read_declared
from fql.runtime.destinations.registry import (
    DefinitionError,
    Registry,
    installed_registry,
    shipped_registry,
)
from fql.runtime.fields import read_fields
from fql.runtime.http_messages import HttpRequest, HttpResponse

__all__ = [
    "Action",
    "Answer",
    "BatchRules",
    "Call",
    "Definition",
    "DefinitionError",
    "HttpRequest",
    "HttpResponse",
    "IntegrationError",
    "InvalidAuthenticationError",
    "PayloadValidationError",
    "Preset",
    "Registry",
    "RetryableError",
    "Scheme",
    "WritingAction",
    "form_request",
    "installed_registry",
    "json_request",
    "read_declared",
    "read_fields",
    "request",
    "shipped_registry",
]
