"""Pages of a review: its agenda, what was decided and agreed, who was there, and when the next one is."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from relationships.models import Review, ReviewPoint
from relationships.packs.blocks import DAY, Column, Page, Table, Words
from relationships.packs.reader import Asked
from relationships.reviews.meeting import told
from relationships.reviews.shown import agreed_at


def pages(asked: Asked) -> Iterator[Page]:
    review = asked.review
    if review is None:
        return
    of = {kind: points(asked, kind) for kind in ReviewPoint.Kind.values}
    yield Page("agenda", _("Agenda"), [attended(review), agenda(review, of["agenda"])], told(review))
    if review.state == Review.State.HELD:
        yield Page("results", _("Decisions and actions"), results(asked, of), told(review))


def points(asked: Asked, kind: str) -> list[ReviewPoint]:
    rows = asked.review.points.filter(kind=kind).order_by("place", "pk")
    return list(rows if asked.sees_profit else rows.filter(tells_profit=False))


def attended(review: Review) -> Words:
    ours = ", ".join(map(str, review.people.order_by("name"))) or "–"
    theirs = ", ".join(map(str, review.contacts.order_by("name"))) or "–"
    words = {"ours": ours, "theirs": theirs}
    return Words(_("Who takes part"), [_("Of us: %(ours)s") % words, _("Of the customer: %(theirs)s") % words])


def agenda(review: Review, listed: list[ReviewPoint]) -> Table:
    held = review.state == Review.State.HELD
    rows = [
        [place, each.text, each.note, _("for us only") if each.is_internal else "", settled(each) if held else ""]
        for place, each in enumerate(listed, start=1)
    ]
    columns = [
        Column(_("No."), "number", 1), Column(_("Point"), weight=8), Column(_("Note"), weight=6), Column(_("For whom")),
        Column(_("State")),
    ]  # fmt: skip
    return Table("", columns, rows, _("Nothing is on the agenda yet."))


def settled(point: ReviewPoint) -> str:
    return _("settled") if point.is_settled else _("left open")


def results(asked: Asked, of: dict[str, list[ReviewPoint]]) -> list[Table | Words]:
    found = [
        Words(_("Decisions"), [each.text for each in of["decision"]]),
        Words(_("Process improvements"), [each.text for each in of["improvement"]]),
    ]
    rows = [
        [each.text, str(each.owner or ""), str(each.customer_owner or ""), each.due_on, each.get_state_display()]
        for each in agreed_at(asked.user, asked.review)
    ]
    columns = [
        Column(_("Action"), weight=6), Column(_("Of us")), Column(_("Of the customer")), Column(_("Due"), DAY),
        Column(_("State")),
    ]  # fmt: skip
    summary = [Words(_("Summary"), asked.review.summary.splitlines())] if asked.review.summary else []
    return [*summary, *(each for each in found if each.lines), Table(_("Actions agreed"), columns, rows, _("None."))]
