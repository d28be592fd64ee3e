"""Customers, teams, people and imports."""

from accounts.models.account import Account, Assignment, Team
from accounts.models.decision import Decision
from accounts.models.fields import LedgerField, MoneyField, ShareField
from accounts.models.idempotency import IdempotencyKey
from accounts.models.imports import Import
from accounts.models.user import ApiToken, User
from accounts.models.webhook import WebhookDelivery, WebhookEndpoint

__all__ = [
    "Account",
    "ApiToken",
    "Assignment",
    "Decision",
    "IdempotencyKey",
    "Import",
    "LedgerField",
    "MoneyField",
    "ShareField",
    "Team",
    "User",
    "WebhookDelivery",
    "WebhookEndpoint",
]
