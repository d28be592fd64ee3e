"""What-if scenarios: one account as a page, and the whole portfolio as a calculation."""

from decimal import Decimal
from pathlib import Path

import numpy as np

from benchmarks.answering import READER, client, fetched
from benchmarks.ledger import account
from benchmarks.measures import Measured, measure

LEVERS = "price=3&orders=-20&discount_cap=8&event:visit=-50"
OWN = [account(place) for place in range(1, 9)]  # accounts that differ


def one_account(files: Path) -> Measured:
    """The workbench of one account, with its rank among all, against the whale curve, which ranks all accounts too."""
    browser, code = client(), account(0)
    page = f"/what-if/new/?codes={code}&minimum_order=500&{LEVERS}"
    return measure(lambda: fetched(browser, page), lambda: fetched(browser, "/whale/"))


def portfolio(files: Path) -> Measured:
    """All accounts under levers, a few with their own: statement, costs, capacity, whale curve, to the cent; against
    the same products as floats."""
    from accounts.models import User
    from kam_portal.whatif.study import Study
    from profitability.models import Publication, Result
    from profitability.scenarios import outcome_of, prepare

    run = Publication.objects.select_related("run__cost_model").get().run
    prepare(run)
    results = Result.objects.in_run(run).of_accounts()
    study = Study(User.objects.get(email=READER), run, results, asked())
    study.charged, study.standings  # noqa: B018 - read from the database once, before the clock starts

    def to_the_cent() -> None:
        study.outcome = outcome_of(study.selected, study.levers)
        for name in ("savings", "whales", "before", "after", "steps"):
            study.__dict__.pop(name, None)
        study.savings, study.steps, study.whales  # noqa: B018

    return measure(to_the_cent, lambda: bare(study.selected.window))


def asked():
    from profitability.core.levers import Levers, Own, WhatIf

    levers = Levers(Decimal(3), Decimal(8), orders=Decimal(-20), events={"visit": Decimal(-50)})
    own = (Own(tuple(OWN[:4]), {"price": Decimal(0)}), Own(tuple(OWN[4:]), {"drop": True}))
    return WhatIf(levers, own)


def bare(window) -> float:
    """Sales dearer, parts of costs fewer, summed by activity and in the order of the contribution."""
    dearer = window.statement.net_revenue * 1.03
    costs = np.zeros(window.costs.shape)
    for column, term in enumerate(window.terms):
        costs[:, term.activity] += window.parts[:, column] * (0.8 if term.measure == "orders" else 1.0)
    margin = dearer - window.statement.cost_of_goods - window.statement.freight
    contribution = margin - costs.sum(axis=1) / 10_000
    return float(np.cumsum(contribution[np.argsort(-contribution)])[-1])
