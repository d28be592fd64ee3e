"""What only the board writes."""

from django import template

register = template.Library()


@register.filter
def less(value, other):
    """The difference of two amounts."""
    return value - other


@register.filter
def percents(share) -> str:
    """A share as the length of a bar, 0 to 100; missing is none."""
    return f"{float(share or 0) * 100:.1f}"
