"""What people do with criteria: sets for all accounts, and an account's own success factors."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import versions
from accounts.models import Account
from accounts.versions import Document, NotPossible, Outdated
from relationships.advice import known_codes
from relationships.core.criteria import CriteriaSet as Criteria
from relationships.core.criteria import code_problems, parse, to_document, weight_problems
from relationships.models import AccountCriterion, CriteriaSet, OwnFactors

DEFAULT_SET = Path(__file__).with_name("default_criteria.yaml")


def new_set(code: str, user) -> CriteriaSet:
    """An empty draft: the first version of a set, or the next one."""
    versions.check_code(code)
    cut = {"attractiveness": 5, "relationship": 5, "basis": "absolute"}
    return _from_today(versions.add(CriteriaSet, code, {"cut": cut, "attractiveness": [], "relationship": []}, user))


def default_set(user) -> CriteriaSet:
    """A draft of the set that comes with the product."""
    from accounts.tables.documents import Document as File

    found, _problems = parse(File.of_file(DEFAULT_SET).value)
    assert found is not None, "the set that comes with the product is sound"
    document = to_document(found)
    return _from_today(versions.add(CriteriaSet, str(document["code"]), document, user))


def next_version(row: CriteriaSet, user, document: Document | None = None) -> CriteriaSet:
    """A draft that begins as a copy, or with what somebody has written who could not save it."""
    return _from_today(versions.add(CriteriaSet, row.code, document or row.document, user))


def add_from_file(document: Document, user) -> CriteriaSet:
    """A draft of the set and version that a file states. What is stored already is left as it is."""
    row = versions.add_from_file(CriteriaSet, document, user)
    return _from_today(row) if row.is_draft and row.revision == 1 else row


def _from_today(row: CriteriaSet) -> CriteriaSet:
    """Who makes a version means it to count from now on; another day can be chosen."""
    row.valid_from = row.valid_from or timezone.localdate()
    row.save(update_fields=["valid_from"])
    return row


def make_ready(row: CriteriaSet, revision: int, user) -> None:
    """Let runs place accounts by the version, from its first valid day on."""
    found, problems = parse(row.document)
    problems = problems if found is None else code_problems(found, known_codes())
    if found is None or problems:
        sentence = "%(count)s thing has to be settled first."
        words = ngettext(sentence, "%(count)s things have to be settled first.", len(problems))
        raise NotPossible(words % {"count": len(problems)})
    ready = {"state": CriteriaSet.State.READY, "document": to_document(found)}
    versions.update(row, revision, CriteriaSet.State.DRAFT, user, **ready)


# An account's own success factors

Factors = Mapping[str, Decimal]


def set_factors(account: Account, criteria: Criteria, weights: Factors, theirs: Factors, by: "Hand") -> None:
    """Keep the account's own weights and its best competitor's scores; without weights the set's count."""
    if weights and weight_problems(list(weights.items()), "relationship"):
        raise NotPossible(_("The weights do not add up to 100."))
    try:
        with transaction.atomic():
            by.sign(account)
            AccountCriterion.objects.filter(account=account).delete()
            AccountCriterion.objects.bulk_create(
                AccountCriterion(
                    account=account,
                    criterion=each.code,
                    weight=weights.get(each.code),
                    competitor_score=theirs.get(each.code),
                )
                for each in criteria.relationship
                if each.code in weights or each.code in theirs
            )
    except IntegrityError as error:
        raise Outdated(str(account)) from error


class Hand:
    """Who changes an account's factors, having seen which revision of them; and the competitor's name."""

    def __init__(self, user, revision: int, competitor: str = ""):
        self.user, self.revision, self.competitor = user, revision, competitor

    def sign(self, account: Account) -> None:
        """Raises Outdated if somebody else has signed since."""
        signed = {"competitor": self.competitor, "changed_by": self.user, "changed_at": timezone.now()}
        if self.revision == 0:
            OwnFactors.objects.create(account=account, **signed)  # there twice: IntegrityError
            return
        rows = OwnFactors.objects.filter(account=account, revision=self.revision)
        if not rows.update(revision=self.revision + 1, **signed):
            raise Outdated(str(account))
