"""Logs of delivery, in lines for people and in JSON, without secrets."""

from __future__ import annotations

import io
import json
import logging
from typing import TYPE_CHECKING

import pytest

from fql.runtime.delivery.jobs import Claim, Job, Result, State
from fql.runtime.delivery.logs import (
    LIBRARIES,
    JsonFormatter,
    MaskingFilter,
    log_result,
    logging_to,
    masked_libraries,
    masker_for,
)
from fql.runtime.load import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.runtime.delivery.logs import LogForm

CLAIM = Claim(1, Job("k1", "crm", "All", "send", {}, "m1"), 2, 0.0)
SECRET = "hunter22"  # noqa: S105 - planted, to be looked for


def mask(text: str) -> str:
    return text.replace(SECRET, "***")


def logged(
    *results: Result, form: LogForm = "json", level: int = logging.INFO
) -> list[str]:
    """Return the lines that *results* are logged in."""
    stream = io.StringIO()
    with logging_to(stream, form=form, level=level, mask=mask):
        for each in results:
            log_result(CLAIM, each)
    return stream.getvalue().splitlines()


def test_json_lines_tell_everything() -> None:
    (line,) = logged(Result(State.DEAD, "500", "it fails", 500))
    told = json.loads(line)
    assert told.pop("time").endswith("Z")
    assert told == {
        "level": "error",
        "logger": "fql.delivery",
        "message": "given up for crm/All: 500 it fails",
        "destination": "crm",
        "mapping": "All",
        "messageId": "m1",
        "key": "k1",
        "attempt": 2,
        "state": "dead",
        "reason": "500",
        "detail": "it fails",
        "status": 500,
    }


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Result(State.DELIVERED, status=200), "DEBUG   delivered to crm/All"),
        (
            Result(State.PENDING, "503", "busy"),
            "WARNING not delivered to crm/All, tried again: 503 busy",
        ),
        (Result(State.DEAD, "400"), "ERROR   given up for crm/All: 400"),
    ],
)
def test_lines_for_people_say_it_in_words(result: Result, words: str) -> None:
    (line,) = logged(result, form="human", level=logging.DEBUG)
    moment, _, rest = line.partition("Z ")
    assert len(moment) == len("2026-11-23T17:56:37.175")
    assert rest == words


def test_what_is_less_than_the_level_is_not_written() -> None:
    assert logged(Result(State.DELIVERED)) == []
    assert logged(Result(State.PENDING, "503"), level=logging.ERROR) == []


def test_what_was_no_attempt_is_not_logged() -> None:
    assert logged(Result(State.PENDING, is_attempt=False)) == []


@pytest.mark.parametrize("form", ["json", "human"])
def test_secrets_are_masked_in_all_of_a_line(form: LogForm) -> None:
    stream = io.StringIO()
    with logging_to(stream, form=form, level=logging.INFO, mask=mask):
        try:
            raise ValueError(SECRET)
        except ValueError:
            logging.getLogger("fql.x").exception("with %s", SECRET)
        log_result(CLAIM, Result(State.DEAD, "500", SECRET))
    assert SECRET not in stream.getvalue()
    assert "ValueError: ***" in stream.getvalue()


def test_what_was_set_up_ends_with_the_block() -> None:
    logger = logging.getLogger("fql")
    before = (logger.level, list(logger.handlers))
    logged(Result(State.DEAD))
    assert (logger.level, list(logger.handlers)) == before
    assert not any(logging.getLogger(name).filters for name in LIBRARIES)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Yield what a program that embeds fql logs of everything."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.mark.parametrize("name", LIBRARIES)
def test_what_libraries_log_is_masked_wherever_it_goes(
    name: str, lines: io.StringIO
) -> None:
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    try:
        with masked_libraries(mask):
            logger.info("GET %s", f"https://x.test/?key={SECRET}")
        logger.info("afterwards %s", SECRET)
    finally:
        logger.setLevel(logging.NOTSET)
    assert lines.getvalue() == (f"GET https://x.test/?key=***\nafterwards {SECRET}\n")


def test_texts_of_exceptions_are_masked_too() -> None:
    record = logging.LogRecord("fql", logging.ERROR, "", 0, "it", None, None)
    record.exc_text = f"Error: {SECRET}"
    record.__dict__["fql"] = {"detail": SECRET, "attempt": 1}
    bare = logging.LogRecord("fql", logging.ERROR, "", 0, SECRET, None, None)
    assert MaskingFilter(mask).filter(bare)
    assert json.loads(JsonFormatter().format(bare))["message"] == "***"
    assert MaskingFilter(mask).filter(record)
    assert record.exc_text == "Error: ***"
    assert record.__dict__["fql"] == {"detail": "***", "attempt": 1}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("the key is hunter22!", "the key is ********!"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ********"),
        ("b'Authorization', b'Basic dTpw'", "b'Authorization', b'Basic ********'"),
        ("https://user:pw@x.test/a", "https://********@x.test/a"),
        ("nothing to hide", "nothing to hide"),
    ],
)
def test_the_secrets_of_a_program_are_masked(text: str, masked: str) -> None:
    program = load(
        {
            "sources": [{"slug": "web", "writeKeys": [{"$env": "KEY"}]}],
            "destinations": [],
        },
        environment={"KEY": SECRET},
    )
    assert masker_for(program)(text) == masked
