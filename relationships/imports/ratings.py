"""Ratings: what one person thinks of one account in one respect, on one day."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.imports import codes, master
from accounts.imports.codes import AccountCodes
from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import Exported, rows_of
from accounts.models import Import
from accounts.tables import Table
from accounts.tables.sieve import Batch
from relationships.models import Rating
from relationships.opinions import is_link

from .judged import Criteria
from .schemas import RATINGS as SCHEMA

TO_MILLIONTHS = 100  # from ten-thousandths

KEY = ("account_id", "criterion", "rater_id", "rated_on", "perspective", "said_by")
DEFAULTS = {"perspective": Rating.Perspective.SUPPLIER.value, "status": Rating.Status.ASSUMED.value, "said_by": ""}


def load(table: Table, record: Import) -> Outcome:
    """Bring ratings in; an earlier day's rating stays beside a later one."""
    outcome, judges = Outcome(), _Judges(table)
    for batch in table.batches():
        outcome.count_all(master.upsert(Rating, KEY, list(judges.rows(batch))))
    return outcome


class _Judges:
    """Puts ids in place of codes and e-mails, and refuses what names nobody."""

    def __init__(self, table: Table):
        self.table = table
        self.names = [name for name in SCHEMA.by_name if name in table.columns or name in DEFAULTS]
        self.accounts = AccountCodes()
        self.people = codes.user_ids()
        self.criteria = Criteria()
        self.seen: set[tuple] = set()

    def rows(self, batch: Batch) -> Iterator[master.Row]:
        for number, row in master.records(batch, self.names):
            code, email = row.pop("account_code"), row.pop("rater_email")
            ids = {"account_id": self.accounts.ids.get(code), "rater_id": self.people.get(email.lower())}
            if self._refused(number, code, email, row, ids):
                continue
            stated = {name: row[name] or default for name, default in DEFAULTS.items()}
            rating = {**ids, **row, **stated, "score": row["score"] * TO_MILLIONTHS}
            if self._is_repeated(rating):
                self.table.refuse(number, "account_code", code, _("has this rating further up in the file"))
            else:
                yield rating

    def _is_repeated(self, rating: master.Row) -> bool:
        """Also where one row leaves the perspective open, or writes the e-mail in capitals."""
        key = tuple(rating[name] for name in KEY)
        if key in self.seen:
            return True
        self.seen.add(key)
        return False

    def _refused(self, number: int, code: str, email: str, row: master.Row, ids: dict) -> bool:
        criterion, link = row["criterion"], row.get("link")
        if ids["account_id"] is None:
            self.table.refuse(number, "account_code", code, _("is no account; import it first"))
        elif ids["rater_id"] is None:
            self.table.refuse(number, "rater_email", email, _("is nobody's login; import the users first"))
        elif reason := self.criteria.not_judged(criterion):
            self.table.refuse(number, "criterion", criterion, reason)
        elif link and not is_link(link):
            self.table.refuse(number, "link", link, _("must be an address that begins with https:// or http://"))
        else:
            return False
        return True


def exported() -> Exported:
    named = {"account_code": "account__code", "rater_email": "rater__email"}
    columns = {name: named.get(name, name) for name in SCHEMA.by_name}
    return rows_of(Rating.objects.order_by(*(columns[name] for name in SCHEMA.key)), columns)
