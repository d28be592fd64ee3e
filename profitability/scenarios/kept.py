"""The months of very many accounts take a minute to read, so a worker reads them once and keeps the sums in a file."""

from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from django.core.files.storage import default_storage

from profitability.core.window import terms_of
from profitability.models import Result, Run
from profitability.scenarios.rates import activities_of, monthly_rates
from profitability.scenarios.sheet import Sheet, month_rows


class NotPrepared(LookupError):
    """So many accounts are chosen that a worker must read their months first."""


def sheet_path(run: Run) -> Path:
    """A published run never changes, so its file is right for ever."""
    return Path(default_storage.path(f"windows/{run.pk}-{run.attempts}-{run.result_hash[:16]}.npz"))


def kept_sheet(run: Run) -> dict[str, np.ndarray]:
    """The sums of all active accounts of the run. Raises NotPrepared until a worker has kept them."""
    try:
        with np.load(sheet_path(run), allow_pickle=False) as found:
            return dict(found)
    except FileNotFoundError:
        raise NotPrepared(run.pk) from None


def prepare(run: Run) -> None:
    """Read the months of all active accounts of the run and keep their sums; again it does nothing."""
    path = sheet_path(run)
    if path.exists():
        return
    results = Result.objects.in_run(run).of_accounts().filter(is_active=True)
    ids = sorted(results.values_list("account_id", flat=True))
    activities = activities_of(run)
    terms = terms_of(activities)
    sheet = Sheet(ids, activities, terms, monthly_rates(run, activities, terms))
    sheet.fill(month_rows(run, results, sheet.measures))
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        np.savez(file, ids=np.array(ids), costs=sheet.costs, weights=sheet.weights, amounts=sheet.amounts)
    Path(file.name).replace(path)  # all at once: a reader sees no half of it
