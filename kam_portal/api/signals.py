"""What needs attention, over REST: read only; signals are dealt with on the pages."""

from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind
from accounts.rest.paging import Sort
from accounts.rest.scopes import Scope
from accounts.rest.views import ListView
from profitability.api.run import OfPublishedRun
from relationships.models import Signal
from relationships.signals import kinds
from relationships.signals.sentences import told

SIGNALS = (
    Column("id", Kind.WHOLE, "pk", nullable=False),
    Column("kind", Kind.TEXT, "kind", nullable=False),
    Column("account_code", Kind.TEXT, "account__code"),  # null: of the whole portfolio
    Column("text", Kind.TEXT),
    Column("action", Kind.TEXT),
    Column("facts", Kind.DOCUMENT, "facts", nullable=False),
    Column("weight", Kind.QUANTITY, "weight", nullable=False),
    Column("state", Kind.TEXT, "state", nullable=False),
    Column("owner", Kind.TEXT, "owner__email"),
    Column("since_on", Kind.DAY, "since_on", nullable=False),
    Column("seen_on", Kind.DAY, "seen_on", nullable=False),
    Column("snoozed_until", Kind.DAY, "snoozed_until"),
    Column("ended_on", Kind.DAY, "ended_on"),
    Column("ended_by", Kind.TEXT, "ended_by__email"),
    Column("answer", Kind.TEXT, "answer"),
)


class Signals(OfPublishedRun, ListView):
    """Signals that the reader may see, newest first."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_SIGNALS
    columns = SIGNALS
    filters = {
        "state": ("state", parameters.choice(Signal.State.values)),
        "kind": ("kind", parameters.choice(kinds.KINDS)),
        "account_code": ("account__code", parameters.text("Code of an account")),
        "owner": ("owner__email", parameters.text("E-mail of who looks after it")),
    }
    ordering = "-id"

    def rows_of(self, request, run):
        return Signal.objects.visible_to(request.user)

    def sorts(self, user):
        return {"-id": Sort("-id", "pk", descending=True, tie="pk")}

    def finished(self, rows, run):
        for row in rows:
            row["text"], row["action"] = told(row["kind"], row["facts"]), kinds.asks(row["kind"])
        return rows
