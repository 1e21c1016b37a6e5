"""The product list, as table, as cards and as a spreadsheet; and the page on which a product is added."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, F, QuerySet, Value, When
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portolan.accounts import permissions
from portolan.portfolio import forms
from portolan.portfolio.domain import catalogue
from portolan.portfolio.filters import ProductFilter
from portolan.portfolio.models import Product, Stage
from portolan.ui import htmx, spreadsheets, tables
from portolan.ui.tables import Column, Sort

ON_A_PAGE = 50
COLUMNS = (
    Column(key="name", label="Product"),
    Column(key="stage", label="Stage", help="Sorted by the order of the lifecycle"),
    Column(key="role", label="Role", help="Star, cash cow, question mark or dog"),
    Column(key="horizon", label="Horizon", help="1 core, 2 emerging, 3 explore", is_figure=True),
    Column(key="line", label="Line"),
    Column(key="owner", label="Owner"),
    Column(key="team", label="Team"),
    Column(key="tags", label="Tags", is_sortable=False),
    Column(key="milestone", label="Next milestone"),
    Column(key="dates", label="Dates", help="When the product starts and retires; sorted by its start"),
)
_LIFECYCLE = Case(*(When(stage=stage, then=Value(place)) for place, stage in enumerate(Stage.values)))
_ORDERS = {
    "name": Lower("name"),
    "stage": _LIFECYCLE,
    "role": F("role"),
    "horizon": F("horizon"),
    "line": Lower("line__name"),
    "owner": Lower("owner__user__name"),
    "team": Lower("team__name"),
    "milestone": F("next_milestone_on"),
    "dates": F("starts_on"),
}


@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """Every product that the address asks for."""
    permissions.require(request.member, "products.view")
    shown, sort = _asked(request)
    page = Paginator(shown.products, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "filters": shown,
        "page": page,
        "columns": COLUMNS,
        "sort": sort,
        "view": "cards" if request.GET.get("view") == "cards" else "table",
        "total": Product.objects.unarchived().count() if shown.is_narrowed else page.paginator.count,
    }
    return htmx.answer(request, "portfolio/product_list.html", context, partial="products")


@require_safe
def product_export(request: HttpRequest) -> HttpResponse:
    """The same products in the same order as a CSV file."""
    permissions.require(request.member, "products.view")
    shown, _ = _asked(request)
    head = ["Name", "Address", "Stage", "Role", "Horizon", "Portfolio", "Line", "Owner", "Sponsor", "Team", "Tags",
            "Next milestone", "Next milestone on", "Starts on", "Retires on", "Investment thesis"]  # fmt: skip
    rows = (
        [p.name, p.slug, p.get_stage_display(), p.get_role_display(), p.horizon, p.portfolio, p.line, p.owner, p.sponsor,
         p.team, ", ".join(p.tags), p.next_milestone, p.next_milestone_on, p.starts_on, p.retires_on, p.thesis]
        for p in shown.products
    )  # fmt: skip
    return spreadsheets.download(f"{request.organization.slug}-products", head=head, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
def product_new(request: HttpRequest) -> HttpResponse:
    """The page on which a product is added."""
    permissions.require(request.member, "products.create")
    form = forms.ProductForm(request.POST or None, initial={"owner": request.member.id, "stage": Stage.IDEA})
    if request.method != "POST":
        return htmx.answer(request, "portfolio/product_new.html", {"form": form}, partial="form")
    if form.is_valid():
        try:
            stage = form.cleaned_data["stage"]
            product = catalogue.add(form.product(), by=request.member, at=timezone.now(), stage=stage)
        except ValidationError as error:
            forms.refuse(form, error)
        else:
            messages.success(request, f"{product} is in the portfolio. Say on this page what you know about it.")
            return htmx.go(request, reverse("portfolio:product", args=[request.organization.slug, product.slug]))
    return htmx.answer(request, "portfolio/product_new.html", {"form": form}, partial="form", status=422)


def _asked(request: HttpRequest) -> tuple[Any, Sort]:
    """The filters of the address with the products that pass them, and the order that the address asks for."""
    everything = Product.objects.with_people_and_places().with_next_milestone()
    shown: Any = ProductFilter(request.GET, queryset=everything)
    sort = tables.sort_asked(request.GET.get("sort"), columns=COLUMNS, otherwise="name")
    shown.products = _ordered(shown.qs, sort)
    return shown, sort


def _ordered(products: QuerySet[Product], sort: Sort) -> QuerySet[Product]:
    # What is not known stands last, whichever way; the key decides between equals, so that no page repeats a row.
    order = _ORDERS[sort.key]
    way = order.desc(nulls_last=True) if sort.is_descending else order.asc(nulls_last=True)
    return products.order_by(way, "id")
