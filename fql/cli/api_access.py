"""How commands reach the public API: its address, the token, and what goes wrong."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from fql.cli.output import Decorated
    from fql.runtime.public_api import PublicApi

BASE_URL_VARIABLE = "PUBLIC_API_URL"
"""The environment variable that says where the API is, unless an option does."""


def api_options(command: Decorated) -> Decorated:
    """Add the options ``--base-url``, ``--token-variable`` and ``--timeout``."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


_OPTIONS: tuple[Callable[[Decorated], Decorated], ...] = (
    click.option(
        "--base-url",
        metavar="URL",
        default="https://api.segmentapis.com",
        envvar=BASE_URL_VARIABLE,
        show_default=True,
        show_envvar=True,
        help="Where the public API is.",
    ),
    click.option(
        "--token-variable",
        metavar="NAME",
        default="PUBLIC_API_TOKEN",
        show_default=True,
        help="The environment variable that holds the API's token.",
    ),
    click.option(
        "--timeout",
        metavar="SECONDS",
        type=click.FloatRange(min=0, min_open=True),
        default=10.0,
        show_default=True,
        help="How long one request may take.",
    ),
)


@contextmanager
def public_api(
    base_url: str, token_variable: str, timeout: float
) -> Generator[PublicApi]:
    """Give a client of the public API; what it fails with becomes a line.

    Raises:
        click.UsageError: There is no token.
        click.ClickException: The API fails for good.
    """
    from fql.runtime.copy_filters import CopyError
    from fql.runtime.public_api import ApiError, PublicApi
    from fql.runtime.transport import HttpTransport

    token = os.environ.get(token_variable, "").strip()
    if not token:
        raise click.UsageError(f"set {token_variable} to a token of the public API")
    try:
        with HttpTransport(timeout=timeout) as transport:
            yield PublicApi(transport, token, base_url=base_url)
    except (ApiError, CopyError) as error:
        raise click.ClickException(str(error)) from error
