"""Competences: of people, seen by themselves, their leads and executives; and what accounts ask of their managers."""

from dataclasses import dataclass

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account, User
from accounts.permissions import Permission, may, needs
from accounts.versions import NotPossible, Outdated
from kam_portal.navigation import run_of
from kam_portal.programme import competences as known
from kam_portal.programme.competences import ANCHORS, NAMES, Assessed
from kam_portal.programme.telling import decimal
from relationships.core.competence import ANCHORS as ANCHORED
from relationships.core.competence import COMPETENCES, fit, gaps
from relationships.models import Box

BAR = 10  # per cent of the bar a level


@dataclass(frozen=True)
class Line:
    """One competence: what is asked for and what is there, with the words of the scale."""

    code: str
    name: str
    anchors: list[tuple[int, str]]
    asked: int | None
    there: Assessed | None
    typed: str = ""
    note: str = ""
    was: str = ""
    default: int | None = None

    @property
    def missing(self) -> int | None:
        """How much is missing; None while one of both is not known."""
        return None if self.asked is None or self.there is None else max(self.asked - self.there.level, 0)

    @property
    def width(self) -> int:
        return self.there.level * BAR if self.there else 0

    @property
    def mark(self) -> int | None:
        return None if self.asked is None else self.asked * BAR


def anchors_of(code: str) -> list[tuple[int, str]]:
    return list(zip(ANCHORED, map(str, ANCHORS[code]), strict=True))


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def competences(request):
    """People with their levels, and how far managers fit their key accounts."""
    people = list(known.people_seen(request.user).order_by("name", "pk"))
    levels = known.levels_of([person.pk for person in people])
    accounts = accounts_for(request.user)
    asked = most_asked(run_of(request), accounts)
    listed = [
        {
            "person": person,
            "cells": cells_of(levels.get(person.pk, {}), asked.get(person.pk, {})),
            "accounts": sum(account.manager_id == person.pk for account in accounts),
        }
        for person in people
    ]
    matched = known.matches(run_of(request), accounts, people if leads(request.user) else [request.user])
    context = {
        "people": [row for row in listed if row["accounts"] or levels.get(row["person"].pk)],
        "others": [row["person"] for row in listed if not row["accounts"] and not levels.get(row["person"].pk)],
        "names": NAMES.values(),
        "matches": [match_row(match, levels) for match in matched],
        "leads": leads(request.user),
    }
    return render(request, "programme/competences.html", context)


def leads(user) -> bool:
    return may(user, Permission.ASSESS_PEOPLE)


def accounts_for(user) -> list[Account]:
    """Key accounts whose managers the reader may know about: all he sees, or those he looks after."""
    rows = known.key_accounts(user)
    return list(rows if leads(user) else rows.filter(manager=user))


def most_asked(run, accounts: list[Account]) -> dict[int, dict[str, int]]:
    """By manager: the most that one of his key accounts asks of each competence."""
    demands, found = known.demands(run, accounts), {}
    for account in accounts:
        mine = found.setdefault(account.manager_id, {})
        for code, level in demands[account.pk].levels.items():
            mine[code] = max(level, mine.get(code, 0))
    return found


def cells_of(levels: dict[str, int], asked: dict[str, int]) -> list[dict]:
    return [
        {
            "name": NAMES[code],
            "level": levels.get(code),
            "asked": asked.get(code),
            "is_short": code in levels and code in asked and levels[code] < asked[code],
        }
        for code in COMPETENCES
    ]


def match_row(match: known.Match, levels: dict) -> dict:
    """The fit as a share, and the competences of which most is missing."""
    there = levels.get(match.account.manager_id, {})
    short = sorted((gap for gap in gaps(match.asked, there) if gap.missing), key=lambda gap: -gap.missing)
    return {
        "account": match.account,
        "share": decimal(match.share),
        "short": [(NAMES[gap.competence], gap.missing) for gap in short[:3]] if match.share is not None else [],
        "better": [(person, decimal(share)) for person, share in match.better],
        "is_hidden": match.is_hidden,
    }


# One person


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def competence_person(request, user_id: int):
    """The profile of one person against the most that his key accounts ask."""
    return profile(request, person_for(request.user, user_id))


def person_for(user, user_id: int) -> User:
    return get_object_or_404(known.people_seen(user), pk=user_id)


@require_POST
@needs(Permission.ASSESS_PEOPLE)
def competence_assess(request, user_id: int):
    """Keep the levels that were changed."""
    person = person_for(request.user, user_id)
    typed = {
        code: (request.POST.get(f"level:{code}", "")[:10], request.POST.get(f"note:{code}", "")) for code in COMPETENCES
    }
    try:
        count = known.assess(request.user, person, typed, request.POST.get("seen", ""), timezone.localdate())
    except NotPossible as problem:
        return profile(request, person, typed, str(problem), status=422)
    except Outdated:
        text = _("Nothing is saved yet: somebody else has assessed %(name)s meanwhile. Look again, then save.")
        return profile(request, person, typed, text % {"name": person.name}, status=409)
    told = ngettext("%(count)s level saved.", "%(count)s levels saved.", count) % {"count": count}
    messages.success(request, told if count else _("Nothing was changed."))
    return redirect("competence_person", user_id=person.pk)


def profile(request, person: User, typed: dict | None = None, error: str = "", status: int = 200):
    accounts = [account for account in known.key_accounts(request.user) if account.manager_id == person.pk]
    asked = most_asked(run_of(request), accounts).get(person.pk, {})
    there = known.assessed([person.pk]).get(person.pk, {})
    lines = [line_of(code, asked.get(code), there.get(code), typed) for code in COMPETENCES]
    levels = {code: each.level for code, each in there.items()}
    demanded = known.demands(run_of(request), accounts)
    context = {
        "person": person,
        "is_own": person == request.user,
        "lines": lines,
        "accounts": [(account, decimal(fit(demanded[account.pk].levels, levels))) for account in accounts],
        "may_assess": known.may_assess(request.user, person),
        "seen": known.newest(person),
        "error": error,
        "heading": finding(person, lines),
    }
    return render(request, "programme/person.html", context, status=status)


def line_of(code: str, asked: int | None, there: Assessed | None, typed: dict | None) -> Line:
    level, note = typed[code] if typed else (str(there.level) if there else "", there.note if there else "")
    return Line(code, str(NAMES[code]), anchors_of(code), asked, there, level, note)


def finding(person: User, lines: list[Line]) -> str:
    """Of what most is missing; the name where nothing is, or nothing is known."""
    short = [line for line in lines if line.missing]
    if not short:
        return _("Competences of %(name)s") % {"name": person.name}
    worst = max(short, key=lambda line: line.missing)
    words = {"name": person.name, "competence": worst.name, "missing": worst.missing}
    return _("%(name)s: most is missing in %(competence)s (%(missing)s)") % words


# One account


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_competences(request, code: str):
    """What one account asks of its manager, and how far he has come, for those who may know."""
    return demand(request, account_for(request.user, code))


def account_for(user, code: str) -> Account:
    rows = Account.objects.visible_to(user).select_related("team", "manager", "parent")
    return get_object_or_404(rows, code=code)


@require_POST
@needs(Permission.ASSESS_PEOPLE)
def account_competences_save(request, code: str):
    """Keep what the account asks for; an empty field goes back to the rule."""
    account = account_for(request.user, code)
    typed = {
        code: (request.POST.get(f"asked:{code}", "")[:10], request.POST.get(f"was:{code}", "")[:10])
        for code in COMPETENCES
    }
    try:
        count = known.state(request.user, account, typed)
    except NotPossible as problem:
        return demand(request, account, typed, str(problem), status=422)
    except Outdated as other:
        text = _("Nothing is saved: somebody else has changed “%(name)s” meanwhile. Look again, then save.")
        return demand(request, account, typed, text % {"name": other}, status=409)
    told = ngettext("%(count)s demand saved.", "%(count)s demands saved.", count) % {"count": count}
    messages.success(request, told if count else _("Nothing was changed."))
    return redirect("account_competences", code=account.code)


def demand(request, account: Account, typed: dict | None = None, error: str = "", status: int = 200):
    run = run_of(request)
    found = known.demands(run, [account])[account.pk]
    people = list(known.people_seen(request.user))
    is_seen = any(person.pk == account.manager_id for person in people)
    there = known.assessed([account.manager_id]).get(account.manager_id, {}) if is_seen else {}
    lines = []
    for code in COMPETENCES:
        stated = str(found.levels[code]) if code in found.stated else ""
        text = typed[code][0] if typed else stated
        lines.append(
            Line(code, str(NAMES[code]), anchors_of(code), found.levels[code], there.get(code), text,
                 was=stated, default=found.default[code])
        )  # fmt: skip
    [match] = known.matches(run, [account], people if leads(request.user) else [])
    context = {
        "account": account,
        "lines": lines,
        "box": Box(found.box).label if found.box else "",
        "shows_manager": is_seen and account.manager_id is not None,
        "better": [(person, decimal(share)) for person, share in match.better],
        "is_known": account.manager_id is None or match.share is not None,
        "share": decimal(fit(found.levels, {code: each.level for code, each in there.items()})),
        "may_state": leads(request.user),
        "error": error,
    }
    return render(request, "programme/account.html", context, status=status)
