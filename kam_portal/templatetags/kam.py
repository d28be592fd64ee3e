"""How figures are written: money, shares, scores. No queries."""

from django import template

register = template.Library()
