"""What the demo says about itself."""

from django.utils.translation import gettext_lazy as _

DEMO_NOTE = _(
    "Demo portfolio. Taken over from Microsoft’s sample database AdventureWorks (made-up companies, MIT "
    "licence): 701 resellers with 60,855 order lines of 36 months, their names, places, products, "
    "quantities, prices, discounts, freight and days between order and shipment. Changed: dates are moved "
    "by whole months, so that the last month is last month, and standard costs are multiplied by 0.72, "
    "because as published these resellers lose money before any service. Generated with a fixed seed: "
    "returns and counter sales without a customer (their orders begin with gen-), "
    "urgent orders, visits, quotes, tickets, complaints and all other activities (their numbers begin "
    "with gen-), monthly costs and capacity, ratings, potentials, complexities, competitors’ scores, "
    "groups of companies (names ending in “demo group”), the six people who sign in, and the accounts "
    "handed to the demo’s key account manager."
)
