"""Accounts over REST: master data."""

from rest_framework.response import Response

from accounts.models import Account
from accounts.permissions import Permission
from accounts.queries import parent_code
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, schema_of
from accounts.rest.scopes import Scope
from accounts.rest.views import ApiView, ListView, row_or_404

COLUMNS = (
    Column("code", Kind.TEXT, "code", nullable=False, sortable=True),
    Column("name", Kind.TEXT, "name", nullable=False, sortable=True),
    Column("parent_code", Kind.TEXT, "parent_code"),
    Column("segment", Kind.TEXT, "segment"),
    Column("industry", Kind.TEXT, "industry"),
    Column("country", Kind.TEXT, "country"),
    Column("region", Kind.TEXT, "region"),
    Column("city", Kind.TEXT, "city"),
    Column("opened_on", Kind.DAY, "opened_on"),
    Column("team_code", Kind.TEXT, "team__code"),
    Column("manager_email", Kind.TEXT, "manager__email"),
    Column("sponsor_email", Kind.TEXT, "sponsor__email"),
    Column("process_complexity", Kind.WHOLE, "process_complexity"),
    Column("product_complexity", Kind.WHOLE, "product_complexity"),
    Column("annual_potential", Kind.MONEY, "annual_potential"),
)


def master_filters(account: str = "") -> dict[str, tuple[str, parameters.Parameter]]:
    """Filters by master data, for lists whose rows reach the account by the path `account`."""
    return {
        "team": (f"{account}team__code", parameters.text("Code of the team")),
        "manager": (f"{account}manager__email__iexact", parameters.text("E-mail of the key account manager")),
        "segment": (f"{account}segment", parameters.text()),
        "country": (f"{account}country", parameters.text()),
    }


def rows_for(user):
    return Account.objects.visible_to(user).annotate(parent_code=parent_code(user))


class Accounts(ListView):
    """The accounts the reader may see. The site adds the run to the envelope: this app knows no runs."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_ACCOUNTS
    columns = COLUMNS
    filters = master_filters()

    def rows_of(self, request, run):
        return rows_for(request.user)


class AccountDetail(ApiView):
    """One account's master data."""

    policy = Permission.SEE_ACCOUNTS
    scope = Scope.READ_ACCOUNTS

    def get(self, request, code):
        return Response(row_or_404(rows_for(request.user).filter(code=code), COLUMNS, request.user))

    def answer_schema(self, method):
        return schema_of(COLUMNS)
