"""Distribution of hours: worked by hand, against every possibility on tiny cases, and the laws it keeps."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from relationships.core.effort import Contradiction, Plan, allocate
from relationships.core.response import Kind, Limit, Programme, Response, Served

ANN, BEN = 1, 2


def response(hours, lost, gained, least=0, most=None) -> Response:
    most = 3 * hours if most is None else most
    return Response(*map(Decimal, (hours, lost, gained, least, most)))


def served(key, today, answer, manager=ANN, box="star", movable=False) -> Served:
    return Served(key, manager, box, Decimal(today), answer, movable)


def test_pieces_of_a_curve():
    # 10 h: half of them lose 200, so an hour is worth 40; another 10 gain 300, 30 each; another 20 gain as much
    curve = response(10, 200, 300, most=50)

    assert curve.pieces == [(10, 40), (10, 30), (20, 15), (10, Fraction(15, 2))]
    assert [curve.worth(Decimal(hours)) for hours in (0, 5, 10, 20, 40, 50, 99)] == [0, 200, 400, 700, 1000, 1075, 1075]


@pytest.mark.parametrize(
    "curve", [(0, 1, 1, 0, 9), (5, 1, 3, 0, 9), (5, 1, 1, 4, 3), (5, 1, -1, 0, 9), (5, 1, 1, -1, 9)]
)
def test_a_curve_that_makes_no_sense_is_refused(curve):
    with pytest.raises(ValueError):
        response(*curve)


def test_hours_go_where_they_bring_most():
    # Each of 10 h: an hour of the first is worth 8, then 2; of the second 20, then 15, then 7.50
    programme = Programme([served(1, 10, response(10, 40, 20)), served(2, 10, response(10, 100, 150))], {ANN: 20})

    plan = allocate(programme)

    assert plan.hours == {1: Decimal(0), 2: Decimal(20)}
    assert (plan.today, plan.advised, plan.extra) == (280, 350, 70)
    assert float(plan.prices[ANN]) == pytest.approx(8, abs=0.01)  # the first account waits


def test_minimum_service_is_kept_and_its_cost_told():
    # The first keeps 4 h that would bring 15 − 8 = 7 an hour more with the second
    programme = Programme(
        [served(1, 10, response(10, 40, 20, least=4)), served(2, 10, response(10, 100, 150))], {ANN: 20}
    )

    plan = allocate(programme)

    assert plan.hours == {1: Decimal(4), 2: Decimal(16)}
    cost = {binding.limit.kind: float(binding.worth) for binding in plan.binding}
    assert cost[Kind.SERVICE] == pytest.approx(28)
    assert cost[Kind.HOURS] == pytest.approx(15, abs=0.01)


def test_a_share_for_a_box_binds_and_its_cost_is_told():
    # A quarter of 20 h for the first: 5 h at 15 − 8 lost each
    accounts = [served(1, 10, response(10, 40, 20), box="status"), served(2, 10, response(10, 100, 150))]
    programme = Programme(accounts, {ANN: Decimal(20)}, {"status": Decimal("0.25")})

    plan = allocate(programme)

    assert plan.hours == {1: Decimal(5), 2: Decimal(15)}
    (share,) = [binding for binding in plan.binding if binding.limit.kind is Kind.LEAST_SHARE]
    assert share.limit == Limit(Kind.LEAST_SHARE, "status", Decimal("0.25"))
    assert float(share.worth) == pytest.approx(35)


def test_nobody_moves_for_nothing():
    programme = Programme([served(key, 10, response(10, 50, 100)) for key in (1, 2, 3)], {ANN: Decimal(30)})

    assert allocate(programme).hours == dict.fromkeys((1, 2, 3), Decimal(10))


def test_nobody_moves_for_nothing_wherever_it_stands_on_its_curve():
    programme = Programme([served(key, 4, response(10, 50, 100)) for key in (1, 2, 3)], {ANN: Decimal(12)})

    assert allocate(programme).hours == dict.fromkeys((1, 2, 3), Decimal(4))


def test_one_absurd_expectation_changes_nobody_elses_advice():
    accounts = [served(1, 10, response(10, 40, 20)), served(2, 10, response(10, 100, 150))]
    alone = allocate(Programme(accounts, {ANN: Decimal(20)}))

    absurd = served(3, 10, response(10, 999_999_999_999, 5), manager=BEN)
    plan = allocate(Programme([*accounts, absurd], {ANN: Decimal(20), BEN: Decimal(10)}))

    assert {key: plan.hours[key] for key in (1, 2)} == alone.hours == {1: Decimal(0), 2: Decimal(20)}
    assert float(plan.prices[ANN]) == pytest.approx(8, abs=0.01)


def test_hours_that_bring_nothing_are_left_over():
    programme = Programme([served(1, 10, response(10, 50, 0))], {ANN: Decimal(40)})

    plan = allocate(programme)

    assert plan.hours == {1: Decimal(10)}
    assert plan.prices[ANN] == 0 and plan.binding == []


def test_a_movable_account_goes_to_who_has_time():
    programme = Programme(
        [served(1, 10, response(10, 100, 150)), served(2, 10, response(10, 100, 150), movable=True)],
        {ANN: Decimal(20), BEN: Decimal(20)},
    )

    plan = allocate(programme)

    assert plan.hours == {1: Decimal(20), 2: Decimal(20)}
    assert plan.by_manager == {2: {BEN: Decimal(20)}}


def test_too_little_time_for_minimum_service_names_the_manager():
    accounts = [served(1, 5, response(5, 10, 10, least=5)), served(2, 5, response(5, 10, 10, least=5), manager=BEN)]

    found = allocate(Programme(accounts, {ANN: Decimal(4), BEN: Decimal(40)}))

    assert found == Contradiction([Limit(Kind.HOURS, ANN, Decimal(4)), Limit(Kind.SERVICE, ANN, Decimal(5))])


def test_a_share_that_minimum_service_elsewhere_forbids_names_both():
    accounts = [
        served(1, 5, response(5, 10, 10, least=4), box="streamline"),
        served(2, 5, response(5, 10, 10, most=5), box="status"),
    ]

    found = allocate(Programme(accounts, {ANN: Decimal(40)}, {"status": Decimal("0.9")}))

    assert found == Contradiction([Limit(Kind.SERVICE, ANN, 4), Limit(Kind.LEAST_SHARE, "status", Decimal("0.9"))])


@pytest.mark.parametrize(
    ("least", "most"),
    [
        ({"star": "0.7", "status": "0.6"}, {}),
        ({"star": "0.7"}, {"star": "0.5"}),
        ({}, {"star": "0.3", "status": "0.3"}),
        ({"strategic": "0.1"}, {}),
    ],
)
def test_shares_that_nobody_can_keep_are_named(least, most):
    accounts = [served(1, 5, response(5, 10, 10), box="star"), served(2, 5, response(5, 10, 10), box="status")]
    shares = [{box: Decimal(share) for box, share in each.items()} for each in (least, most)]

    found = allocate(Programme(accounts, {ANN: Decimal(10)}, *shares))

    assert isinstance(found, Contradiction)
    assert {limit.key for limit in found.limits} == {*least, *most}


def test_nothing_to_distribute():
    assert allocate(Programme([], {ANN: Decimal(10)})).hours == {}


# Laws

HOURS = st.integers(0, 3000).map(lambda cents: Decimal(cents).scaleb(-2))


@st.composite
def accounts(draw, key=0, managers=(ANN, BEN)):
    reference = Decimal(draw(st.integers(1, 2000))).scaleb(-2)
    gained = draw(st.integers(0, 2000))
    lost = (gained + 1) // 2 + draw(st.integers(0, 2000))
    most = reference * draw(st.integers(1, 4))
    least = most * draw(st.sampled_from([0, 0, Decimal("0.25")]))
    least = least.quantize(Decimal("0.01"), "ROUND_DOWN")
    today = min(
        draw(
            st.sampled_from([reference, reference / 4, Decimal(0)]).map(lambda today: today.quantize(Decimal("0.01")))
        ),
        most,
    )
    answer = Response(reference, Decimal(lost), Decimal(gained), least, most)
    box = draw(st.sampled_from(["star", "status"]))
    return Served(key, draw(st.sampled_from(managers)), box, today, answer, draw(st.booleans()))


@st.composite
def programmes(draw, shares=True):
    listed = [draw(accounts(key)) for key in range(draw(st.integers(1, 6)))]
    hours = {manager: draw(HOURS) for manager in (ANN, BEN)}
    least = {"star": Decimal(draw(st.integers(1, 60))) / 100} if shares and draw(st.booleans()) else {}
    return Programme(listed, hours, least)


def tolerance(programme: Programme) -> float:
    """What it takes to move an hour, and hundredths of hours rounded down."""
    dearest = max(max(worth for _width, worth in account.response.pieces) for account in programme.accounts)
    total = sum(float(account.response.most) for account in programme.accounts)
    return float(dearest) * (3e-5 * total + 0.011 * len(programme.accounts))


def given_by(plan: Plan, programme: Programme) -> dict[int, Decimal]:
    used = dict.fromkeys(programme.hours, Decimal(0))
    for account in programme.accounts:
        alone = {account.manager: plan.hours[account.key]}
        for manager, hours in (plan.by_manager.get(account.key, {}) if account.is_movable else alone).items():
            used[manager] += hours
    return used


@settings(max_examples=60)
@given(programmes())
def test_limits_are_kept(programme):
    plan = allocate(programme)
    assume(isinstance(plan, Plan))

    used = given_by(plan, programme)
    assert all(used[manager] <= hours for manager, hours in programme.hours.items())
    for account in programme.accounts:
        assert account.response.least <= plan.hours[account.key] <= account.response.most
    whole = sum(plan.hours.values())
    for box, share in programme.least_shares.items():
        part = sum(plan.hours[account.key] for account in programme.accounts if account.box == box)
        assert part >= share * whole - Decimal("0.01") * len(programme.accounts)


@settings(max_examples=60)
@given(programmes(shares=False))
def test_advice_brings_at_least_what_today_brings(programme):
    least = {manager: Decimal(0) for manager in programme.hours}
    for account in programme.accounts:
        least[account.manager] += max(account.today, account.response.least)
    plan = allocate(replace(programme, hours=least))

    assume(all(account.today >= account.response.least for account in programme.accounts))
    assert float(plan.advised) >= float(plan.today) - 1e-6


@settings(max_examples=60)
@given(programmes(), st.sampled_from([ANN, BEN]), HOURS)
def test_more_time_never_brings_less(programme, manager, more):
    richer = replace(programme, hours=programme.hours | {manager: programme.hours[manager] + more})
    before, after = allocate(programme), allocate(richer)
    assume(isinstance(before, Plan))

    assert isinstance(after, Plan)
    assert float(after.advised) >= float(before.advised) - tolerance(programme)


@settings(max_examples=60)
@given(programmes(), st.integers(2, 10_000))
def test_hours_do_not_depend_on_the_currency(programme, factor):
    dearer = replace(
        programme,
        accounts=[
            replace(
                account,
                response=replace(
                    account.response,
                    lost_at_half=account.response.lost_at_half * factor,
                    gained_at_double=account.response.gained_at_double * factor,
                ),
            )
            for account in programme.accounts
        ],
    )
    before, after = allocate(programme), allocate(dearer)
    assume(isinstance(before, Plan))

    assert after.hours == before.hours
    assert after.advised == factor * before.advised


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=4),
       st.integers(0, 8))  # fmt: skip
def test_nothing_in_whole_hours_is_better(drawn, hours):
    listed = [
        served(key, reference, response(reference, gained + lost, gained, most=2 * reference))
        for key, (reference, gained, lost) in enumerate(drawn)
    ]
    programme = Programme(listed, {ANN: Decimal(hours)})
    choices = [range(int(account.response.most) + 1) for account in listed]
    best = max(
        sum((account.response.worth(Decimal(h)) for account, h in zip(listed, chosen, strict=True)), Fraction(0))
        for chosen in product(*choices)
        if sum(chosen) <= hours
    )

    assert float(allocate(programme).advised) == pytest.approx(float(best), abs=tolerance(programme))
