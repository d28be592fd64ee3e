"""Codes and e-mail addresses to ids."""

from collections.abc import Sequence

from accounts.models import Account, Team, User

from .master import insert, pieces


class AccountCodes:
    """All accounts by code; makes those that a map asks for."""

    def __init__(self) -> None:
        self.ids = dict(Account.objects.values_list("code", "id"))
        self.made = 0

    def make(self, codes: Sequence[str], names: dict[str, str], countries: dict[str, str]) -> None:
        """Accounts for unknown codes, named as the file names them, else by their code."""
        rows = [{"code": code, "name": names.get(code, code), "country": countries.get(code, "")} for code in codes]
        insert(Account, rows)
        self.made += len(rows)
        for some in pieces(codes):
            self.ids.update(Account.objects.filter(code__in=some).values_list("code", "id"))


def team_ids() -> dict[str, int]:
    return dict(Team.objects.values_list("code", "id"))


def user_ids() -> dict[str, int]:
    """By e-mail in small letters."""
    return {email.lower(): id for email, id in User.objects.values_list("email", "id")}
