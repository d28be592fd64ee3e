"""What a contact map lacks: each finding a sentence with what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from relationships.contacts.mapping import ContactMap, Row
from relationships.contacts.words import called, colleague_level, percent, person_level
from relationships.core import contact_map as core
from relationships.models import Contact

MATTERS = 5  # influence from which on somebody without a counterpart is a finding
STRONG = 7  # influence of an opponent from which on it is one
DECIDING = {Contact.BuyingRole.DECIDER, Contact.BuyingRole.APPROVER}
SOON, LATER = timedelta(days=7), timedelta(days=14)
LONGEST = 300  # letters of an action


@dataclass(frozen=True)
class Finding:
    """One thing that is missing, how heavy it is, and the action that would mend it."""

    key: str
    kind: str  # alone, only, gap, apart, quiet, against, bow_tie
    weight: int
    text: str
    proposal: str
    due_on: date
    owner: User | None = None
    contact: Contact | None = None


def findings(found: ContactMap) -> list[Finding]:
    """The heaviest first."""
    every = [*alone(found), *only(found), *gaps(found), *apart(found), *quiet(found), *against(found), *narrow(found)]
    return sorted(every, key=lambda each: (-each.weight, each.key))


def finding(found: ContactMap, key: str, kind: str, weight: int, text: str, proposal: str, **more) -> Finding:
    due = found.today + (SOON if kind == "quiet" else LATER)
    more.setdefault("owner", found.account.manager)
    return Finding(key, kind, weight, text, proposal[:LONGEST], due, **more)


def alone(found: ContactMap) -> Iterator[Finding]:
    """Who of us alone holds more than half of what is covered."""
    for hold in found.holds:
        if not hold.is_single_point or found.coverage is None:
            continue
        name = found.users[hold.colleague].name
        words = {"name": name, "share": percent(hold.share), "left": percent(hold.left)}
        text = _(
            "%(name)s alone holds %(share)s of the covered influence: without them coverage falls to %(left)s."
        ) % (words)
        main = held_alone(found, hold.colleague)
        proposal = _("Introduce a second one of us to %(contact)s") % {"contact": called(main.contact)}
        yield finding(found, f"alone-{hold.colleague}", "alone", 100, text, proposal, contact=main.contact)


def held_alone(found: ContactMap, colleague: int) -> Row:
    """The one with most influence who has nobody else of us."""
    rows = [row for row in found.rows if {line.user.pk for line in row.lines} == {colleague}]
    return max(rows, key=lambda row: core.weight(core.Person(row.contact.pk, influence=row.contact.influence)))


def only(found: ContactMap) -> Iterator[Finding]:
    person = core.only_contact(found.people, found.pairs)
    if person is not None:
        contact = found.by_id[person].contact
        text = _("Everything hangs on %(name)s, the only contact who has a counterpart.") % {"name": called(contact)}
        proposal = _("Ask %(name)s to introduce us to colleagues") % {"name": called(contact)}
        yield finding(found, f"only-{person}", "only", 95, text, proposal, contact=contact)


def gaps(found: ContactMap) -> Iterator[Finding]:
    """Those who matter and to whom nobody of us answers."""
    for row in found.gaps:
        contact = row.contact
        heavy = core.weight(core.Person(contact.pk, influence=contact.influence))
        if heavy < MATTERS and contact.buying_role not in DECIDING:
            continue
        words = {"name": called(contact), "influence": heavy}
        text = _("No counterpart for %(name)s") % words
        text += "." if contact.influence is None else _(", whose influence is %(influence)s of 10.") % words
        proposal = _("Find a counterpart for %(name)s") % words
        more = 10 if contact.buying_role in DECIDING else 0
        yield finding(found, f"gap-{contact.pk}", "gap", 60 + heavy + more, text, proposal, contact=contact)


def apart(found: ContactMap) -> Iterator[Finding]:
    """Those above whoever of us they meet by two levels or more. Below, it is we who go to them: no finding."""
    for row in found.rows:
        ours = [core.Colleague(line.user.pk, line.user.level) for line in row.lines]
        gap = core.level_gap(found_person(row), ours)
        if gap is None or gap < core.FAR_APART:
            continue
        nearest = max((line.user for line in row.lines), key=lambda user: user.level)
        words = {"name": called(row.contact), "ours": nearest.name, "level": colleague_level(nearest.level)}
        words |= {"theirs": person_level(row.contact)}
        text = _("%(name)s (%(theirs)s) meets nobody higher than %(ours)s (%(level)s).") % words
        higher = found.account.sponsor
        words["sponsor"] = higher.name if higher else _("somebody of our management")
        proposal = _("Bring %(sponsor)s together with %(name)s") % words
        weight = 50 + gap * 5
        yield finding(
            found, f"apart-{row.contact.pk}", "apart", weight, text, proposal, owner=higher, contact=row.contact
        )


def found_person(row: Row) -> core.Person:
    return core.Person(row.contact.pk, row.contact.level)


def quiet(found: ContactMap) -> Iterator[Finding]:
    for row in found.quiet:
        words = {"name": called(row.contact), "days": row.days, "expected": row.expected}
        if row.days is None:
            text = (
                _("No touchpoint with %(name)s is noted; at most %(expected)s days without one are expected.") % words
            )
        else:
            text = ngettext(
                "No word with %(name)s for %(days)s day; at most %(expected)s are expected.",
                "No word with %(name)s for %(days)s days; at most %(expected)s are expected.",
                row.days,
            ) % (words)
        proposal = _("Get in touch with %(name)s") % words
        heavy = core.weight(core.Person(row.contact.pk, influence=row.contact.influence))
        owner = row.lines[0].user
        key = f"quiet-{row.contact.pk}"
        yield finding(found, key, "quiet", 40 + 2 * heavy, text, proposal, owner=owner, contact=row.contact)


def against(found: ContactMap) -> Iterator[Finding]:
    """Opponents with influence."""
    for row in found.rows:
        contact = row.contact
        if (contact.support or 0) < 0 and (contact.influence or 0) >= STRONG:
            words = {"name": called(contact), "influence": contact.influence}
            text = _("%(name)s is against us and has an influence of %(influence)s of 10.") % words
            proposal = _("Find out what %(name)s would need to support us") % words
            yield finding(
                found, f"against-{contact.pk}", "against", 55 + contact.influence, text, proposal, contact=contact
            )


def narrow(found: ContactMap) -> Iterator[Finding]:
    """A bow-tie: half or more of all contact through one pair, where there are more people to meet."""
    shape = found.shape
    if shape is None or shape.kind != "bow_tie" or len(found.rows) < 2 or not found.counts_touchpoints:
        return
    person, colleague = shape.pair
    words = {"share": percent(shape.pair_share), "ours": found.users[colleague].name}
    words["theirs"] = called(found.by_id[person].contact)
    text = _("A bow-tie: %(share)s of the year’s contact runs through %(ours)s and %(theirs)s alone.") % words
    proposal = _("Bring more people of both sides together than %(ours)s and %(theirs)s") % words
    yield finding(found, "bow-tie", "bow_tie", 70, text, proposal)
