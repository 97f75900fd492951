"""Copies of filters: exactly what is missing, exactly once, whatever happens."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fql.runtime.copy_filters import (
    CopyError,
    CopyPlan,
    Done,
    behaviour,
    carry_out,
    creation,
    plan_copy,
)
from fql.runtime.public_api import ApiError, PublicApi, UncertainError
from fql.runtime.transport import HttpTransport
from tests.runtime.api_server import TOKEN, ApiServer, Trouble, serving
from tests.runtime.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fql.runtime.copy_filters import Definition

DROP: dict[str, Any] = {"type": "DROP"}


def filter_of(title: str, condition: str = "all", **others: Any) -> dict[str, Any]:
    return {
        "title": title,
        "if": condition,
        "actions": [DROP],
        "sourceId": "s1",
        "enabled": True,
        **others,
    }


STAFF = filter_of("staff", "userId = 'staff'")
PLAN = filter_of(
    "plan", actions=[{"type": "DROP_PROPERTIES", "fields": {"properties": ["plan"]}}]
)
OFF = filter_of("off", enabled=False)


# --- plans ------------------------------------------------------------------------


def test_what_is_missing_is_created() -> None:
    plan = plan_copy([STAFF | {"id": "f1", "createdAt": "x"}, PLAN], [PLAN])
    assert plan.create == (STAFF,)
    assert plan.present == (PLAN,)
    assert plan.total == 2
    assert not plan.is_done


def test_filters_that_do_the_same_are_the_same() -> None:
    there = filter_of("other", description="x")
    there["actions"] = [{"type": "SAMPLE", "percent": 1, "path": "userId"}]
    here: dict[str, Any] = there | {
        "title": "sample",
        "actions": [{"type": "sample", "path": "userId", "percent": 1.0}],
    }
    assert plan_copy([here], [there]).is_done


def test_each_of_equal_filters_counts() -> None:
    assert len(plan_copy([STAFF, STAFF], [STAFF]).create) == 1
    assert plan_copy([STAFF], [STAFF, STAFF]).is_done


def test_a_filter_that_is_there_and_off_is_switched_on() -> None:
    there = STAFF | {"enabled": False, "id": "f9"}
    assert plan_copy([STAFF], [there]).enable == (there,)
    assert plan_copy([STAFF], [STAFF, there]).is_done


def test_filters_that_are_off_are_left_out_unless_asked_for() -> None:
    assert plan_copy([OFF], []) == CopyPlan(left_out=(OFF,))
    (made,) = plan_copy([OFF], [], includes_disabled=True).create
    assert made["enabled"] is True


def test_copies_may_act_on_another_source() -> None:
    (made,) = plan_copy([STAFF], [], source="s2").create
    assert made["sourceId"] == "s2"
    assert plan_copy([STAFF], [STAFF | {"sourceId": "s2"}], source="s2").is_done


def test_old_names_of_actions_become_todays() -> None:
    old = {"type": "blacklist_fields", "fields": {"": ["a"]}}
    made = creation(filter_of("old", actions=[old]))
    assert made["actions"] == [{"type": "DROP_PROPERTIES", "fields": {"": ["a"]}}]


def test_a_filter_without_title_gets_one() -> None:
    assert creation({**STAFF, "title": None, "id": "f1"})["title"] == "f1"


def test_a_filter_of_another_shape_is_refused() -> None:
    with pytest.raises(CopyError, match=r'"staff".*actions'):
        plan_copy([filter_of("staff", actions=[{"type": "EXPLODE"}])], [])
    with pytest.raises(CopyError, match="sourceId"):
        plan_copy([{**STAFF, "sourceId": None}], [])
    odd: dict[str, Any] = {"if": 1, "enabled": True}
    assert plan_copy([STAFF], [odd]).create == (STAFF,)


# --- carrying out, over HTTP ------------------------------------------------------


@pytest.fixture
def server() -> Iterator[ApiServer]:
    with serving() as running:
        yield running


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    with HttpTransport(timeout=0.2) as opened:
        yield opened


@pytest.fixture
def api(server: ApiServer, transport: HttpTransport) -> PublicApi:
    return client(transport, server)


def client(transport: HttpTransport, server: ApiServer) -> PublicApi:
    pauses = Waiting().pauses
    return PublicApi(transport, TOKEN, base_url=server.url, page_size=2, pauses=pauses)


def copied(api: PublicApi) -> Iterator[Done]:
    plan = plan_copy(list(api.filters("old")), list(api.filters("new")))
    return carry_out(api, "new", plan, pauses=Waiting().pauses)


def at_new(server: ApiServer) -> Counter[str]:
    return Counter(map(behaviour, server.stored.get("new", [])))


def test_filters_are_created_switched_on(server: ApiServer, api: PublicApi) -> None:
    server.put("old", STAFF, PLAN, OFF)
    assert [each.what for each in copied(api)] == ["created", "created"]
    assert [(each["title"], each["enabled"]) for each in server.stored["new"]] == [
        ("staff", True),
        ("plan", True),
    ]


def test_a_second_run_has_nothing_to_do(server: ApiServer, api: PublicApi) -> None:
    server.put("old", STAFF, PLAN)
    list(copied(api))
    assert list(copied(api)) == []
    assert server.methods().count("POST") == 2


def test_a_run_that_was_stopped_is_gone_on_with(
    server: ApiServer, api: PublicApi
) -> None:
    server.put("old", STAFF, PLAN, filter_of("third", "type = 'page'"))
    next(copied(api))
    assert len(server.stored["new"]) == 1
    assert len(list(copied(api))) == 2
    assert set(at_new(server).values()) == {1}


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble("drop"),
        Trouble("drop after"),
        Trouble("failed after"),
        Trouble("garbage"),
        Trouble("late", seconds=0.5),
        Trouble("status", 503),
        Trouble("status", 429),
    ],
    ids=lambda trouble: f"{trouble.kind} {trouble.status}",
)
def test_trouble_while_creating_makes_nothing_twice(
    server: ApiServer, api: PublicApi, trouble: Trouble
) -> None:
    server.put("old", STAFF, STAFF, PLAN)
    reads = [Trouble("none")] * 3
    server.troubles = [*reads, trouble, Trouble("none"), Trouble("none")]
    done = list(copied(api))
    assert len(done) == 3
    assert at_new(server) == Counter({behaviour(STAFF): 2, behaviour(PLAN): 1})


def test_a_filter_that_was_made_after_all_is_found(
    server: ApiServer, api: PublicApi
) -> None:
    server.put("old", STAFF)
    server.troubles = [Trouble("none"), Trouble("none"), Trouble("drop after")]
    (done,) = copied(api)
    assert (done.what, done.definition["id"]) == ("found", "filter-2")
    assert len(server.stored["new"]) == 1


def test_uncertainty_without_end_is_an_error() -> None:
    class Uncertain:
        def filters(self, destination: str) -> list[Definition]:
            return []

        def create_filter(self, destination: str, definition: Definition) -> Definition:
            raise UncertainError("nobody knows")

        def enable_filter(self, destination: str, identity: str) -> Definition:
            raise AssertionError

    plan, waiting = plan_copy([STAFF], []), Waiting()
    with pytest.raises(UncertainError):
        list(carry_out(Uncertain(), "new", plan, pauses=waiting.pauses))
    assert waiting.seconds == [0.5, 1.0, 2.0, 4.0]


KINDS = ("none", "none", "drop", "drop after", "failed after", "garbage", "status")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.sampled_from([STAFF, PLAN, OFF]), max_size=4),
    st.lists(st.sampled_from([STAFF, PLAN, OFF]), max_size=2),
    st.lists(st.sampled_from(KINDS), max_size=12),
    st.lists(st.integers(1, 3), min_size=1, max_size=4),
)
def test_whatever_happens_each_filter_is_there_once(
    server: ApiServer,
    transport: HttpTransport,
    origin: list[dict[str, Any]],
    present: list[dict[str, Any]],
    kinds: list[str],
    page_sizes: list[int],
) -> None:
    server.stored = {"old": [], "new": []}
    server.put("old", *origin)
    server.put("new", *present)
    server.page_sizes = page_sizes
    server.troubles = [Trouble(kind) for kind in kinds]
    for _ in range(len(kinds) + 2):
        try:
            done = list(copied(client(transport, server)))
        except ApiError:
            continue
        if not done:
            break
    wanted = Counter(behaviour(each) for each in origin if each["enabled"])
    had = Counter(map(behaviour, present))
    assert at_new(server) == wanted | had
    on = Counter(behaviour(each) for each in server.stored["new"] if each["enabled"])
    assert all(on[each] >= count for each, count in wanted.items())
