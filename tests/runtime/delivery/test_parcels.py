"""What travels together."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from fql.runtime.delivery.jobs import Claim
from fql.runtime.delivery.options import DeliveryOptions
from fql.runtime.delivery.parcels import Parcels
from fql.runtime.destinations.definitions import BatchRules
from tests.runtime.delivery.virtual import Post, job


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def parcels(
    rules: BatchRules | None,
    options: DeliveryOptions | None = None,
    clock: Clock | None = None,
) -> Parcels:
    actions = {"post": Post(rules)}
    return Parcels(actions, options or DeliveryOptions(), clock or Clock())


def claim(number: int, kind: object = 0, size: int = 0, mapping: str = "m") -> Claim:
    made = replace(job(f"{number:03}", kind=kind, text="x" * size), mapping=mapping)  # type: ignore[arg-type]
    return Claim(number, made, 1, 1e9)


@given(
    given_claims=st.lists(
        st.tuples(
            st.sampled_from([0, "0", None, [1]]),
            st.integers(0, 300),
            st.sampled_from(["m", "n"]),
        ),
        max_size=40,
    ),
    size=st.integers(1, 8),
    most=st.integers(1, 900),
    by_kind=st.booleans(),
)
def test_parcels_are_a_partition(
    given_claims: list[tuple[object, int, str]], size: int, most: int, by_kind: bool
) -> None:
    """Law: every claim is in one parcel, which keeps to the rules, in their order."""
    rules = BatchRules(size, most, keys=("kind",) if by_kind else ())
    packing = parcels(rules)
    claims = [claim(n, *each) for n, each in enumerate(given_claims)]
    made = [parcel for each in claims for parcel in packing.add(each)]
    made += packing.rest()
    assert sorted(each.id for parcel in made for each in parcel) == [
        each.id for each in claims
    ]
    for parcel in made:
        assert [each.id for each in parcel] == sorted(each.id for each in parcel)
        assert 1 <= len(parcel) <= size
        assert len({each.job.mapping for each in parcel}) == 1
        assert len(parcel) == 1 or sum(map(_bytes, parcel)) <= most
        if by_kind:
            assert len({repr(each.job.payload["kind"]) for each in parcel}) == 1
    assert packing.rest() == []


def _bytes(claim: Claim) -> int:
    from fql.compiler.values import compact_json

    return len(compact_json(dict(claim.job.payload)).encode())


def test_without_rules_each_travels_alone() -> None:
    packing = parcels(None)
    one, gone = claim(1), replace(claim(2), job=replace(job("x"), action="gone"))
    assert packing.add(one) == [[one]]
    assert packing.add(gone) == [[gone]]
    assert packing.longest == 0


def test_options_only_lower_what_an_action_takes() -> None:
    packing = parcels(BatchRules(3), DeliveryOptions(batch_size=2, batch_bytes=10**9))
    assert packing.add(claim(1)) == []
    assert [len(each) for each in packing.add(claim(2))] == [2]
    packing = parcels(BatchRules(3), DeliveryOptions(batch_size=9))
    made = [parcel for n in range(3) for parcel in packing.add(claim(n))]
    assert [len(each) for each in made] == [3]


def test_a_parcel_waits_from_its_first_claim_on() -> None:
    clock = Clock()
    packing = parcels(BatchRules(9, seconds=5), clock=clock)
    packing.add(claim(1))
    clock.now = 4
    packing.add(claim(2))
    assert packing.due() == []
    clock.now = 5
    assert [len(each) for each in packing.due()] == [2]
    assert packing.longest == 5


def test_options_say_how_long_a_parcel_waits() -> None:
    packing = parcels(BatchRules(9, seconds=5), DeliveryOptions(batch_seconds=0))
    packing.add(claim(1))
    assert [len(each) for each in packing.due()] == [1]
    assert packing.longest == 0
