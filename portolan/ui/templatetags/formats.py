"""Filters: {{ amount|money:organization.currency }}, {{ ratio|signed_percent }}, {{ moment|age }}."""

from django import template
from django.utils import timezone

from portolan.ui import formats

register = template.Library()

register.filter("compact", formats.compact)
register.filter("exact", formats.exact)
register.filter("money", formats.money)
register.filter("exact_money", formats.exact_money)
register.filter("percent", formats.percent)
register.filter("signed_percent", formats.signed_percent)
register.filter("signed", formats.signed)
register.filter("days", formats.days)
register.filter("initials", formats.initials)
register.filter("span", formats.span_of)
register.filter("per_second", formats.per_second)


@register.filter
def age(then):
    """Say how long ago a moment is, seen from now: the page's clock lives here, not in the domain."""
    return formats.age(then, now=timezone.now())
