"""The client of the public API against a server with every kind of trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fql.runtime.http_messages import HttpResponse
from fql.runtime.public_api import ApiError, PublicApi, UncertainError
from fql.runtime.transport import HttpTransport
from tests.runtime.api_server import TOKEN, ApiServer, Trouble, serving
from tests.runtime.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.runtime.http_messages import HttpRequest

DROP: dict[str, Any] = {
    "if": "all",
    "actions": [{"type": "DROP"}],
    "sourceId": "s",
    "enabled": True,
}


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving() as running:
        yield running


@pytest.fixture
def waiting() -> Waiting:
    return Waiting()


@pytest.fixture
def api(server: ApiServer, waiting: Waiting) -> Iterator[PublicApi]:
    with HttpTransport(timeout=0.5) as transport:
        yield PublicApi(
            transport,
            TOKEN,
            base_url=server.url + "/",
            page_size=3,
            pauses=waiting.pauses,
        )


def titled(*titles: str) -> list[dict[str, Any]]:
    return [DROP | {"title": title} for title in titles]


def titles(api: PublicApi) -> list[object]:
    return [each["title"] for each in api.filters("d")]


# --- reading ----------------------------------------------------------------------


def test_all_pages_are_read(server: ApiServer, api: PublicApi) -> None:
    server.put("d", *titled(*"abcdefgh"))
    assert titles(api) == list("abcdefgh")
    assert len(server.requests) == 3
    assert "pagination.count=3&pagination.cursor=3" in server.requests[1][1]


def test_pages_may_be_smaller_than_asked_and_change(
    server: ApiServer, api: PublicApi
) -> None:
    server.put("d", *titled(*"abcdefgh"))
    server.page_sizes = [1, 2, 1, 3]
    assert titles(api) == list("abcdefgh")


def test_a_filter_that_moves_between_pages_is_read_once(api: PublicApi) -> None:
    class Overlapping:
        pages = iter(
            [
                b'{"data":{"filters":[{"id":"a"},{"id":"b"}],"pagination":{"next":"1"}}}',
                b'{"data":{"filters":[{"id":"b"},{"id":"c"}],"pagination":{}}}',
            ]
        )

        def send(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse(200, {}, next(self.pages))

    found = PublicApi(Overlapping(), TOKEN).filters("d")
    assert [each["id"] for each in found] == ["a", "b", "c"]


def test_a_list_without_end_is_an_error() -> None:
    class Circling:
        def send(self, request: HttpRequest) -> HttpResponse:
            body = b'{"data":{"filters":[],"pagination":{"next":"1"}}}'
            return HttpResponse(200, {}, body)

    with pytest.raises(ApiError, match="no last page"):
        list(PublicApi(Circling(), TOKEN).filters("d"))


def test_ids_are_escaped_in_addresses(server: ApiServer, api: PublicApi) -> None:
    list(api.filters("a/b?c"))
    assert server.requests[0][1].startswith("/destination/a%2Fb%3Fc/filters?")


# --- trouble ----------------------------------------------------------------------


def test_a_refusal_for_the_rate_is_waited_out(
    server: ApiServer, api: PublicApi, waiting: Waiting
) -> None:
    server.put("d", *titled("a"))
    server.troubles = [
        Trouble("status", 429, {"Retry-After": "7"}),
        Trouble("status", 429, {"Retry-After": "Sat, 01 Aug 2026 00:00:03 GMT"}),
        Trouble("status", 429, {"Retry-After": "soon"}),
        Trouble("status", 429),
    ]
    assert titles(api) == ["a"]
    assert waiting.seconds == [7.0, 3.0, 2.0, 4.0]


def test_a_refusal_for_the_rate_is_waited_out_when_creating(
    server: ApiServer, api: PublicApi, waiting: Waiting
) -> None:
    server.troubles = [Trouble("status", 429, {"Retry-After": "1"})]
    made = api.create_filter("d", {**DROP, "title": "a"})
    assert made["id"] == "filter-1"
    assert len(server.stored["d"]) == 1
    assert waiting.seconds == [1.0]


def test_a_wait_without_end_is_refused(server: ApiServer, api: PublicApi) -> None:
    server.troubles = [Trouble("status", 429, {"Retry-After": "86400"})]
    with pytest.raises(ApiError, match="asks to wait 86400 s"):
        titles(api)


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble("status", 500),
        Trouble("status", 503, {"Retry-After": "1"}),
        Trouble("drop"),
        Trouble("cut"),
        Trouble("slow", seconds=1.0),
    ],
    ids=lambda trouble: trouble.kind,
)
def test_reading_is_tried_again(
    server: ApiServer, api: PublicApi, trouble: Trouble
) -> None:
    server.put("d", *titled(*"abcd"))
    server.troubles = [trouble, Trouble("none"), trouble]
    assert titles(api) == list("abcd")


def test_pauses_grow_and_are_drawn(server: ApiServer) -> None:
    waiting = Waiting(fraction=0.5)
    server.troubles = [Trouble("drop")] * 5
    with HttpTransport() as transport:
        api = PublicApi(transport, TOKEN, base_url=server.url, pauses=waiting.pauses)
        assert titles(api) == []
    assert waiting.seconds == [0.25, 0.5, 1.0, 2.0, 4.0]


def test_trouble_without_end_is_an_error(server: ApiServer, api: PublicApi) -> None:
    server.troubles = [Trouble("status", 500)] * 6
    with pytest.raises(
        ApiError, match="answers 500: come back later, 6 times"
    ) as error:
        titles(api)
    assert TOKEN not in str(error.value)
    assert len(server.requests) == 6


@pytest.mark.parametrize("status", [301, 400, 403, 404, 422, 501])
def test_other_answers_are_errors_at_once(
    server: ApiServer, api: PublicApi, waiting: Waiting, status: int
) -> None:
    server.troubles = [Trouble("status", status)]
    with pytest.raises(ApiError, match=f"answers {status}"):
        titles(api)
    assert waiting.seconds == []


def test_a_wrong_token_is_an_error(server: ApiServer) -> None:
    with HttpTransport() as transport, pytest.raises(ApiError, match="answers 401"):
        titles(PublicApi(transport, "other", base_url=server.url))


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "ü"])
def test_what_can_be_no_token_is_refused_unseen(token: str) -> None:
    with HttpTransport() as transport, pytest.raises(ApiError) as caught:
        PublicApi(transport, token)
    assert not token or token not in str(caught.value)


@pytest.mark.parametrize("url", ["", "api.test", "ftp://api.test", "http://a?b"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with HttpTransport() as transport, pytest.raises(ApiError, match="no address"):
        PublicApi(transport, TOKEN, base_url=url)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"data": []}', b'{"data": {}}'])
def test_answers_in_another_form_are_errors(body: bytes) -> None:
    class Odd:
        def send(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse(200, {}, body)

    with pytest.raises(ApiError, match="the answer"):
        list(PublicApi(Odd(), TOKEN).filters("d"))


# --- changing ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble("drop"),
        Trouble("drop after"),
        Trouble("failed after"),
        Trouble("status", 500),
        Trouble("garbage"),
        Trouble("cut"),
        Trouble("late", seconds=1.0),
    ],
    ids=lambda trouble: trouble.kind,
)
def test_creating_is_not_tried_again_where_it_may_have_happened(
    server: ApiServer, api: PublicApi, trouble: Trouble
) -> None:
    server.troubles = [trouble]
    with pytest.raises(UncertainError):
        api.create_filter("d", {**DROP, "title": "a"})
    assert server.methods() == ["POST"]


def test_creating_what_the_api_refuses_is_certain(
    server: ApiServer, api: PublicApi
) -> None:
    server.troubles = [Trouble("status", 422)]
    with pytest.raises(ApiError) as caught:
        api.create_filter("d", {**DROP, "title": "a"})
    assert not isinstance(caught.value, UncertainError)


def test_switching_on_is_tried_again(server: ApiServer, api: PublicApi) -> None:
    server.put("d", DROP | {"enabled": False})
    server.troubles = [Trouble("drop after"), Trouble("status", 500)]
    assert api.enable_filter("d", "filter-1")["enabled"] is True
    assert server.methods() == ["PATCH"] * 3
    assert server.requests[0][2] == {"enabled": True}
