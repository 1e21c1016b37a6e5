"""How a number came about: its formula, what went into it, its source and its age."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from portolan.accounts import permissions
from portolan.insights.domain.health import Health
from portolan.insights.domain.measures import Measure
from portolan.insights.views import overview
from portolan.portfolio.models import Product
from portolan.ui import htmx


@dataclass(frozen=True)
class Opened:
    """A number, opened: what {% explanation %} draws."""

    measure: Measure
    of: str
    at: datetime | None
    text: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.measure.definition.title}, {self.of}"

    @property
    def note(self) -> str:
        return " ".join((*self.reasons, self.measure.caution)).strip()


@require_safe
def number(request: HttpRequest, key: str) -> HttpResponse:
    """A key figure of the portfolio."""
    permissions.require(request.member, "products.view")
    shown = overview.read(request)
    found = next((headline for headline in shown.headlines if headline.measure.key == key), None)
    if found is None:
        raise Http404
    opened = Opened(found.measure, of="all products", at=shown.read_at)
    return _answer(request, opened)


@require_safe
def product_number(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """A figure of one product's row in the overview."""
    product = get_object_or_404(Product, slug=slug)
    permissions.require(request.member, "products.view", product=product)
    shown = overview.read(request)
    standing = next((one for one in shown.products if one.slug == slug), None)
    if standing is None:
        raise Http404
    measures = {"progress": standing.progress, "throughput": standing.throughput, "throughput_trend": standing.trend}
    if key == "health":
        opened = _health(standing.health, of=standing.name, at=standing.synced_at)
    elif key in measures:
        opened = Opened(measures[key], of=standing.name, at=standing.synced_at)
    else:
        raise Http404
    return _answer(request, opened)


def _health(health: Health, *, of: str, at: datetime | None) -> Opened:
    reasons = tuple(signal.sentence for signal in health.signals)
    return Opened(health.score, of=of, at=at, text=str(health.word).capitalize(), reasons=reasons)


def _answer(request: HttpRequest, opened: Opened) -> HttpResponse:
    return htmx.answer(request, "insights/number.html", {"opened": opened}, partial="number")
