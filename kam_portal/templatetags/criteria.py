"""The criteria that a page of another app names."""

from django import template
from django.utils import timezone

from relationships.models import CriteriaSet

register = template.Library()


@register.simple_tag
def next_criteria() -> CriteriaSet | None:
    """The version that the next run places accounts by."""
    return CriteriaSet.objects.in_force(timezone.localdate())
