"""Who we sell to, who looks after them, who may see what."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
