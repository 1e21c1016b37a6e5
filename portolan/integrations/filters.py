"""Which work items and changes a list of the API shows."""

from datetime import UTC
from typing import Any

import django_filters as filters
from django.core.exceptions import ValidationError
from django_filters.fields import IsoDateTimeField

from portolan.integrations.models import Connection, Transition, WorkItem
from portolan.portfolio.models import Product, Team


class MomentField(IsoDateTimeField):
    """A moment in UTC: PostgreSQL refuses offsets that ISO 8601 allows."""

    def to_python(self, value: Any) -> Any:
        moment = super().to_python(value)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError as error:
            raise ValidationError("This moment lies outside of the calendar.") from error


class MomentFilter(filters.IsoDateTimeFilter):
    field_class = MomentField


class WorkItemFilter(filters.FilterSet):
    connection = filters.ModelChoiceFilter(queryset=Connection.objects.all())
    product = filters.ModelChoiceFilter(queryset=Product.objects.all())
    team = filters.ModelChoiceFilter(queryset=Team.objects.all())
    updated_since = MomentFilter(
        field_name="remote_updated_at",
        lookup_expr="gte",
        help_text="Items that the vendor says changed at or after it.",
    )
    finished_since = MomentFilter(field_name="finished_at", lookup_expr="gte")
    key = filters.CharFilter(help_text="The exact key that the item has now.")
    is_deleted = filters.BooleanFilter(
        method="gone", help_text="true for items that are gone at the vendor, false for those that are there."
    )

    class Meta:
        model = WorkItem
        fields = ["connection", "product", "team", "level", "status_category", "parent_external_id", "external_id"]

    def gone(self, items: Any, name: str, is_deleted: bool) -> Any:
        return items.filter(deleted_at__isnull=not is_deleted)


class TransitionFilter(filters.FilterSet):
    item = filters.ModelChoiceFilter(queryset=WorkItem.objects.all())
    since = MomentFilter(field_name="at", lookup_expr="gte")

    class Meta:
        model = Transition
        fields = ["item", "change", "to_category"]
