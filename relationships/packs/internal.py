"""The pack for ourselves: all that the reader may see of the plan, with its figures and where they come from."""

from collections.abc import Callable, Collection, Iterator
from datetime import date

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relationships.models import Box
from relationships.packs import contents, met, numbers
from relationships.packs.blocks import Deck, Page
from relationships.packs.reader import Asked

PARTS = {
    "agenda": gettext_lazy("Agenda"),
    "results": gettext_lazy("Decisions and actions"),
    "pnl": gettext_lazy("Figures"),
    "statement": gettext_lazy("Profit and loss"),
    "position": gettext_lazy("Position through time"),
    "objectives": gettext_lazy("Objectives"),
    "actions": gettext_lazy("Joint actions"),
    "timeline": gettext_lazy("Timeline"),
    "contacts": gettext_lazy("Who is who"),
    "needs": gettext_lazy("What they need"),
    "rivals": gettext_lazy("Strengths, weaknesses and competitors"),
    "investments": gettext_lazy("Investments and benefits"),
    "risks": gettext_lazy("Risks"),
    "contracts": gettext_lazy("Contracts"),
}
PAGES: tuple[Callable[[Asked], Iterator[Page]], ...] = (met.pages, numbers.pages, contents.pages)


def parts_of(asked: Asked) -> dict[str, str]:
    """The parts that this pack can have."""
    return {page.code: str(PARTS[page.code]) for page in all_pages(asked)}


def all_pages(asked: Asked) -> list[Page]:
    return [page for pages in PAGES for page in pages(asked)]


def deck(asked: Asked, wanted: Collection[str] | None = None) -> Deck:
    """The pack with the parts that are wanted; without a choice, all."""
    pages = [page for page in all_pages(asked) if wanted is None or page.code in wanted]
    account = asked.plan.account
    return Deck(
        account=account.name,
        title=_("Review pack") if asked.review else _("Key account plan"),
        mark=_("Confidential"),
        is_for_customer=False,
        run=asked.run_label,
        window=_("window %s") % asked.run.window_label if asked.run else "",
        as_of=_("as of %s") % day(asked.run.as_of) if asked.run else "",
        made_on=asked.today,
        currency=settings.CURRENCY,
        pages=pages,
        facts=facts(asked),
        definitions=definitions(asked),
    )


def day(value: date) -> str:
    return date_format(value, "j M Y")


def facts(asked: Asked) -> list[tuple[str, str]]:
    plan, account = asked.plan, asked.plan.account
    listed = [
        (_("Purpose"), plan.purpose),
        (_("Manager"), str(account.manager or "")),
        (_("Executive sponsor"), str(account.sponsor or "")),
        (_("Team"), str(account.team or "")),
        (_("Plan"), f"{plan.get_state_display()}, {day(plan.from_on)} – {day(plan.until_on)}"),
    ]
    position = (asked.figures or {}).get("position")
    if position and position["box"]:
        listed.append((_("Box"), str(Box(position["box"]).label)))
    return [(label, text) for label, text in listed if text]


def definitions(asked: Asked) -> list[tuple[str, str]]:
    found = [
        (_("Net revenue"), _("List sales less discounts and returns, of the order lines in the window.")),
        (_("Gross margin"), _("Net revenue less cost of goods and freight.")),
    ]
    return [*found, *of_profit()] if asked.sees_profit else found


def of_profit() -> list[tuple[str, str]]:
    served = _(
        "What presale, production, delivery and post-sale activities for the account cost, by time-driven "
        "activity-based costing; unused capacity is left out."
    )
    return [
        (_("Cost to serve"), served),
        (_("Contribution"), _("Gross margin less cost to serve.")),
        (_("Attractiveness"), _("Weighted score of 0 to 10 by criteria that are the same for all accounts.")),
        (_("ROI"), _("(Profits − costs) ÷ costs.")),
    ]
