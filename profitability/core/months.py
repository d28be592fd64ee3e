"""Months as whole numbers yyyymm, and how to count with them."""


def months_between(month_from: int, month_to: int) -> list[int]:
    """The months of a window in order, both ends included."""
    return [month_of(number) for number in range(ordinal(month_from), ordinal(month_to) + 1)]


def earlier_window(month_from: int, month_to: int) -> tuple[int, int]:
    """The window of the same length that ends where this one begins."""
    first, last = ordinal(month_from), ordinal(month_to)
    return month_of(2 * first - last - 1), month_of(first - 1)


def ordinal(month: int) -> int:
    """Months since year 0."""
    return month // 100 * 12 + month % 100 - 1


def month_of(number: int) -> int:
    return number // 12 * 100 + number % 12 + 1


def spoken_month(month: int) -> str:
    """202403 as 2024-03."""
    return f"{month // 100:04d}-{month % 100:02d}"
