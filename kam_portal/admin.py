"""The administrator's pages of webhooks: who is told where, and what came of it. Not what it said."""

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import PlainAddresses
from accounts.models import User, WebhookDelivery, WebhookEndpoint
from accounts.permissions import Permission, may
from kam_portal.webhooks import endpoints, guard
from kam_portal.webhooks.events import EVENTS


class NewEndpointForm(forms.ModelForm):
    """Whom it is for, where it leads, and what it tells."""

    url = forms.URLField(label=gettext_lazy("address"), max_length=500, assume_scheme="https")
    events = forms.MultipleChoiceField(
        label=gettext_lazy("events"), choices=[(event, event) for event in EVENTS], widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = WebhookEndpoint
        fields = ["owner"]
        help_texts = {"owner": gettext_lazy("It is told of the accounts that this person may see.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        people = [user.pk for user in User.objects.filter(is_active=True) if may(user, Permission.SEE_ACCOUNTS)]
        self.fields["owner"].queryset = User.objects.filter(pk__in=people).order_by("email")

    def clean(self):
        found = super().clean()
        if {"owner", "url"} <= found.keys():
            try:
                endpoints.check(found["owner"], found["url"])
            except guard.Refused as refusal:
                self.add_error("url", str(refusal))
        return found


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(PlainAddresses, admin.ModelAdmin):
    """A new one shows its secret, once; later it can be switched off, tried or removed."""

    list_display = ["url", "owner", "events", "is_active", "created_at", "created_by"]
    list_filter = ["is_active"]
    search_fields = ["url", "owner__email"]
    actions = ["ping"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **kwargs | ({"form": NewEndpointForm} if obj is None else {}))

    def get_fields(self, request, obj=None):
        new = ["owner", "url", "events"]
        return new if obj is None else [*new, "is_active", "created_at", "created_by"]

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["owner", "url", "events", "created_at", "created_by"]

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
            return
        made, secret = endpoints.create(obj.owner, form.cleaned_data["url"], form.cleaned_data["events"], request.user)
        obj.pk = made.pk
        text = _("The secret that signs what is sent; it is not shown again: %(secret)s")
        messages.warning(request, text % {"secret": secret})

    @admin.action(description=gettext_lazy("Try the selected webhooks"), permissions=["change"])
    def ping(self, request, queryset):
        with transaction.atomic():
            for row in queryset:
                endpoints.ping(row)
        messages.info(request, _("A message is on its way; its delivery tells what came of it."))


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(PlainAddresses, admin.ModelAdmin):
    """What was sent, without what it said."""

    list_display = ["created_at", "event", "endpoint", "state", "attempts", "last_status", "last_error", "next_at"]
    list_filter = ["state", "event"]
    list_select_related = ["endpoint"]
    exclude = ["body"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
