"""Which products a list shows, as the address says it (`?stage=growth&owner=…`): for the page, its CSV and the API."""

from typing import Any

import django_filters as filters
from django.db import connection
from django.db.models import Q, QuerySet
from django.forms import Form, SearchInput
from drf_spectacular.utils import extend_schema_field

from portolan.accounts.models import Membership
from portolan.portfolio.domain import lines
from portolan.portfolio.fields import LineField
from portolan.portfolio.models import Horizon, PortfolioRole, Product, ProductLine, Stage, Team
from portolan.tenancy import scope

NOBODY = "none"


class LineFilter(filters.ModelChoiceFilter):
    """The products of a line and of every line below it."""

    field_class = LineField

    def filter(self, products: Any, line: ProductLine | None) -> Any:
        return products.in_lines(lines.family(line)) if line else products


class ProductFilter(filters.FilterSet):
    text = filters.CharFilter(
        method="containing", widget=SearchInput, label="Search",
        help_text="Products whose name, thesis or tags contain these words.",
    )  # fmt: skip
    stage = filters.ChoiceFilter(choices=Stage, label="Stage", empty_label="Any stage")
    line = LineFilter(
        queryset=ProductLine.objects.all(), label="Line", empty_label="Any line",
        help_text="A product line; lines below it count too.",
    )  # fmt: skip
    owner = filters.ModelChoiceFilter(
        queryset=Membership.objects.select_related("user").order_by("user__name", "user__email"),
        label="Owner", empty_label="Any owner", null_label="Nobody", null_value=NOBODY,
        help_text="The member who owns the product, or `none`.",
    )  # fmt: skip
    role = filters.ChoiceFilter(choices=PortfolioRole, label="Role", empty_label="Any role")
    horizon = filters.ChoiceFilter(choices=Horizon.choices, label="Horizon", empty_label="Any horizon")
    team = filters.ModelChoiceFilter(
        queryset=Team.objects.all(), label="Team", empty_label="Any team", null_label="No team", null_value=NOBODY,
        help_text="The team that builds the product, or `none`.",
    )  # fmt: skip
    tag = filters.ChoiceFilter(
        method="tagged", choices=lambda: [(t, t) for t in tags()], label="Tag", empty_label="Any tag"
    )
    archived = filters.ChoiceFilter(
        method="put_away", choices=[("only", "Archived only"), ("also", "Archived too")], label="Archive",
        empty_label="Not archived", help_text="`only` for archived products, `also` for all; otherwise unarchived ones.",
    )  # fmt: skip

    class Meta:
        model = Product
        fields: list[str] = []

    def filter_queryset(self, products: Any) -> Any:
        shown = super().filter_queryset(products)
        return shown if self.form.cleaned_data.get("archived") else shown.unarchived()

    def containing(self, products: QuerySet[Product], name: str, words: str) -> QuerySet[Product]:
        for word in words.split():
            products = products.filter(Q(name__icontains=word) | Q(thesis__icontains=word) | Q(tags__icontains=word))
        return products

    @extend_schema_field(str)
    def tagged(self, products: QuerySet[Product], name: str, tag: str) -> QuerySet[Product]:
        return products.filter(tags__contains=[tag])

    def put_away(self, products: Any, name: str, which: str) -> Any:
        return products.archived() if which == "only" else products

    @property
    def form(self) -> Form:
        """The filters as a form. What they mean is said in the API's description; on the page the choices say it."""
        form: Form = super().form
        for field in form.fields.values():
            field.help_text = ""
        return form

    @property
    def is_narrowed(self) -> bool:
        """Whether the address asks for less than every product."""
        return any(self.data.get(name) for name in self.filters)


def tags() -> list[str]:
    """This function will return every tag that a product of the organization carries, in alphabetical order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT unnest(tags) AS tag FROM portfolio_product WHERE organization_id = %s ORDER BY tag",
            [scope.current_organization_id()],
        )
        return [tag for (tag,) in cursor.fetchall()]
