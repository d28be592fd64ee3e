"""Bodies that fill a form of the pages: what is right on a page is right over REST, and named by the field sent."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.models import Account
from accounts.versions import Outdated
from kam_portal.api.plans.bodies import Field
from kam_portal.api.problems import Stale


def account_in(request) -> Account:
    """The account that a body names by its code, if it is in sight."""
    code = request.data.get("account_code") if isinstance(request.data, dict) else None
    if not isinstance(code, str) or "\0" in code:
        raise ValidationError({"account_code": [_("A text is needed.")]})
    account = Account.objects.visible_to(request.user).filter(code=code).first()
    if account is None:
        raise ValidationError({"account_code": [_("There is no such account.")]})
    return account


def known(row: Model, names: Iterable[str]) -> dict[str, Any]:
    """What is stored, as the form of the row takes it."""
    return model_to_dict(row, fields=names)


def typed(values: dict[str, Any]) -> dict[str, Any]:
    """What was sent, as the form takes it: rows by their numbers."""
    return {name: plain(value) for name, value in values.items()}


def plain(value: Any) -> Any:
    if isinstance(value, list | QuerySet):
        return [plain(each) for each in value]
    return value.pk if isinstance(value, Model) else value


def filled(form: ModelForm, fields: Iterable[Field]) -> ModelForm:
    """The form, if it is right; else every problem by the field that was sent."""
    if not form.is_valid():
        names = {field.column: field.name for field in fields} | {"__all__": "", "account": "account_code"}
        raise ValidationError({names.get(name, name): list(errors) for name, errors in form.errors.items()})
    return form


def usual(values: dict[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    """Without the choices that were sent as null: they are the usual ones."""
    choices = {field.column for field in fields if field.kind == "choice"}
    return {name: value for name, value in values.items() if value != "" or name not in choices}


@contextmanager
def unless_outdated() -> Iterator[None]:
    """Somebody was faster than the tag that was sent could tell."""
    try:
        yield
    except Outdated:
        raise Stale(_("It has changed since. Read it again.")) from None
