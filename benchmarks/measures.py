"""Times and peak memory of what is measured, and of its baseline, in one process."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LONG = 2.0  # seconds
FEW, MANY = 3, 7  # times for what takes longer, and for what doesn't
Action = Callable[[], object]


@dataclass(frozen=True)
class Measured:
    """Seconds of the thing and of its baseline, its peak memory above the start, and what else is worth telling."""

    seconds: float
    baseline: float | None = None
    peak_mb: float | None = None
    note: str = ""


def measure(
    product: Callable[[], object], baseline: Callable[[], object] | None = None, once: bool = False
) -> Measured:
    """Medians of both, taken in turns so that both meet the same weather. What is short is done several times,
    unless the second time would be another thing (`once`)."""
    first, peak = with_peak(product)
    products, baselines = [first], []
    for turn in range(FEW if first > LONG else MANY):
        if turn and not once:
            products.append(timed(product))
        if baseline:
            baselines.append(timed(baseline))
    middle = statistics.median(baselines) if baselines else None
    return Measured(statistics.median(products), middle, peak)


def timed(action: Action) -> float:
    gc.collect()
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def with_peak(action: Action) -> tuple[float, float]:
    """Seconds, and the megabytes by which memory rose above where it was at the start."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before = memory("VmRSS")
    seconds = timed(action)
    return seconds, (memory("VmHWM") - before) / 1024


def memory(name: str) -> int:
    """Kilobytes, as the kernel counts them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
