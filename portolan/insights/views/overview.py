"""The home of an organization: how its products stand today, and what needs somebody's attention."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from portolan.accounts import permissions
from portolan.insights import figures
from portolan.insights.domain import standings
from portolan.insights.domain.health import Word
from portolan.insights.domain.rollups import FlowWeek
from portolan.insights.domain.standings import Standing
from portolan.insights.figures import Figure, Series
from portolan.insights.forms import StandingFilter
from portolan.insights.readings import portfolio
from portolan.insights.readings.portfolio import Portfolio
from portolan.portfolio.models import PortfolioRole, Product, Stage
from portolan.ui import htmx, tables
from portolan.ui.tables import Column, Sort

TEMPLATE = "insights/overview.html"
ON_A_PAGE = 25
# So many at once that the eye takes them in; the rest unfolds.
ATTENTION_FIRST, ATTENTION_MOST = 5, 50
COLUMNS = (
    Column(key="name", label="Product"),
    Column(key="health", label="Health", help="Sorted from worst to best"),
    Column(key="stage", label="Stage", help="Sorted by the order of the lifecycle"),
    Column(key="owner", label="Owner"),
    Column(key="progress", label="Progress", help="Finished items of all items"),
    Column(key="throughput", label="Throughput", help="Items finished a week, last 13 weeks", is_figure=True),
    Column(key="milestone", label="Next milestone"),
    Column(key="data", label="Data", help="Age of the data", is_figure=True),
)
_STAGES = {label: place for place, label in enumerate(Stage.labels)}
_ROLES = {label: place for place, label in enumerate(PortfolioRole.labels)}
_WORDS = {word: place for place, word in enumerate((Word.OFF_TRACK, Word.AT_RISK, Word.ON_TRACK))}
# What is sorted by; None stands last, whichever way.
_ORDERS: dict[str, Callable[[Standing], Any]] = {
    "name": lambda product: product.name.casefold(),
    "stage": lambda product: (_STAGES[product.stage], _ROLES.get(product.role, len(_ROLES))),
    "owner": lambda product: product.owner.casefold() or None,
    "health": lambda product: _severity(product),
    "progress": lambda product: product.progress.value,
    "throughput": lambda product: product.throughput.value,
    "milestone": lambda product: product.next_milestone.due_on if product.next_milestone else None,
    "data": lambda product: product.synced_at,
}


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every active product, its health and its figures; asked for a fragment, only the table or only the charts."""
    permissions.require(request.member, "products.view")
    shown = read(request)
    if htmx.is_asked_for(request, "charts"):
        return htmx.answer(request, TEMPLATE, {"charts": charts(shown)}, partial="charts")
    asked = StandingFilter(request.GET, products=shown.products)
    found = asked.narrow(shown.products)
    sort = tables.sort_asked(request.GET.get("sort"), columns=COLUMNS, otherwise="health")
    context = {
        "shown": shown,
        "filters": asked,
        "page": Paginator(ordered(found, sort), ON_A_PAGE).get_page(request.GET.get("page")),
        "columns": COLUMNS,
        "sort": sort,
    }
    if not request.headers.get("HX-Request"):
        context["first"] = shown.attention[:ATTENTION_FIRST]
        context["more"] = shown.attention[ATTENTION_FIRST:ATTENTION_MOST]
        # They cost as much as the table and stand below it: the page sends them when its reader comes to them.
        context["charts"] = charts(shown) if "charts" in request.GET else None
    return htmx.answer(request, TEMPLATE, context, partial="products")


def read(request: HttpRequest, *, only: Product | None = None) -> Portfolio:
    """This function will read the portfolio, or one product of it, as of now and in the organization's zone."""
    zone = request.organization.time_zone
    return portfolio.read(at=timezone.now(), on=timezone.localdate(), zone=zone, only=only)


def ordered(products: Sequence[Standing], sort: Sort) -> list[Standing]:
    """This function will sort products as the address asks; equals by name, and what is not known last."""
    key = _ORDERS[sort.key]
    by_name = sorted(products, key=_ORDERS["name"])
    known = sorted((p for p in by_name if key(p) is not None), key=key, reverse=sort.is_descending)
    return known + [product for product in by_name if key(product) is None]


def _severity(product: Standing) -> tuple[int, float] | None:
    word, score = product.health.word, product.health.score.value
    return None if score is None else (_WORDS[word], score)


def charts(shown: Portfolio) -> dict[str, Figure]:
    """This function will draw what the products finished, which kind of work it was, and their stages."""
    weeks = standings.window(on=shown.on)
    worked = [product for product in shown.products if product.work]
    known_since = min((product.work.known_since for product in worked if product.work), default=len(weeks))
    series = [Series(p.name, p.hue, p.work.finished[known_since:]) for p in worked if p.work]
    stages = Counter(product.stage for product in shown.products)
    return {
        "throughput": figures.portfolio_throughput(weeks[known_since:], products=series, as_of=shown.on),
        "work_mix": figures.work_mix(_mix(worked, weeks)[known_since:], as_of=shown.on),
        "stages": figures.stages({label: stages[label] for label in Stage.labels if label != Stage.RETIRED.label}),
    }


def _mix(products: Sequence[Standing], weeks: Sequence[date]) -> list[FlowWeek]:
    parts = (standings.totals(products, part) for part in ("finished", "stories", "bugs"))
    return [
        FlowWeek(week=week, finished=finished, stories_finished=stories, bugs_finished=bugs)
        for week, finished, stories, bugs in zip(weeks, *parts, strict=True)
    ]
