"""The administrator's pages: people, teams and tokens. No business data."""

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as people
from django.contrib.auth.forms import ReadOnlyPasswordHashField, SetPasswordMixin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Team, User


class NewPersonForm(SetPasswordMixin, forms.ModelForm):
    """A new person with a first password."""

    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta:
        model = User
        fields = ["email", "name", "role", "teams"]

    def clean(self):
        self.validate_passwords()
        return super().clean()

    def _post_clean(self):
        super()._post_clean()
        self.validate_password_for_user(self.instance)

    def save(self, commit=True):
        user = super().save(commit=False)
        self.set_password_and_save(user, commit=commit)
        return user


class PersonForm(forms.ModelForm):
    password = ReadOnlyPasswordHashField(label=_("password"))

    class Meta:
        model = User
        fields = ["email", "name", "role", "seniority", "teams", "sees_company_figures", "is_active"]


class PlainAddresses:
    """Only addresses that lead somewhere: Django's admin would take any for the number of a row and send it on."""

    def get_urls(self):
        return [address for address in super().get_urls() if address.name]


@admin.register(User)
class UserAdmin(PlainAddresses, people.UserAdmin):
    """People and their passwords: whoever was imported has none until one is given here."""

    form = PersonForm
    add_form = NewPersonForm
    fieldsets = None
    add_fieldsets = [(None, {"fields": ["email", "name", "role", "teams", "password1", "password2"]})]
    ordering = ["email"]
    list_display = ["email", "name", "role", "is_active", "last_login"]
    list_filter = ["role", "is_active", "teams"]
    search_fields = ["email", "name"]
    filter_horizontal = ["teams"]

    def has_delete_permission(self, request, obj=None):
        return False  # a person is switched off; what they did keeps their name


@admin.register(Team)
class TeamAdmin(PlainAddresses, admin.ModelAdmin):
    list_display = ["code", "name"]
    search_fields = ["code", "name"]


@admin.register(ApiToken)
class ApiTokenAdmin(PlainAddresses, admin.ModelAdmin):
    """Tokens are made with `create_token`, which shows them once; here they are seen and taken back."""

    list_display = ["token_key", "user", "name", "scopes", "created", "expiry", "last_used_at"]
    search_fields = ["token_key", "user__email", "name"]
    readonly_fields = ["token_key", "user", "name", "scopes", "created", "expiry", "last_used_at"]
    exclude = ["digest"]

    def has_add_permission(self, request):
        return False


admin.site.unregister(Group)
admin.site.site_header = _("KAM Portal administration")
admin.site.site_title = _("KAM Portal")
