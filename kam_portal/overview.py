"""Figures over all accounts of a run, kept for every process of the portal: a published run never changes."""

from collections.abc import Callable
from typing import Any

from django.core.cache import caches

from accounts.permissions import Permission, may

KEPT_SECONDS = 24 * 60 * 60
Figures = Any  # plain values: tuples, lists, dictionaries of them
store = caches["runs"]


def kept(name: str, run, user, calculate: Callable[[], Figures]) -> Figures:
    """What `calculate` finds of all accounts of the run that the reader sees, without any filter.

    Kept only for readers of the whole portfolio: their accounts are the run's, whoever looks after which by now.
    What others see changes with their teams, so it is calculated each time.
    """
    if not may(user, Permission.SEE_ALL_ACCOUNTS):
        return calculate()
    return store.get_or_set(_key(name, run, user), calculate, KEPT_SECONDS)


def is_kept(name: str, run, user) -> bool:
    """Whether somebody has worked it out already."""
    return may(user, Permission.SEE_ALL_ACCOUNTS) and store.has_key(_key(name, run, user))


def _key(name: str, run, user) -> str:
    profit = may(user, Permission.SEE_PROFITABILITY)
    return f"{name}:{run.pk}:{run.result_hash}:all-accounts:{'profit' if profit else 'sales'}"
