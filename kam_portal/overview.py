"""Figures over all accounts of a run, kept in the cache: a published run never changes."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache

from accounts.permissions import Permission, may

KEPT_SECONDS = 24 * 60 * 60
Figures = Any  # plain values: tuples, lists, dictionaries of them


def kept(name: str, run, user, calculate: Callable[[], Figures]) -> Figures:
    """What `calculate` finds of all accounts of the run that the reader sees, without any filter.

    Kept only for readers of the whole portfolio: their accounts are the run's, whoever looks after which by now.
    What others see changes with their teams, so it is calculated each time.
    """
    if not may(user, Permission.SEE_ALL_ACCOUNTS):
        return calculate()
    profit = may(user, Permission.SEE_PROFITABILITY)
    key = f"{name}:{run.pk}:{run.result_hash}:all-accounts:{'profit' if profit else 'sales'}"
    return cache.get_or_set(key, calculate, KEPT_SECONDS)
