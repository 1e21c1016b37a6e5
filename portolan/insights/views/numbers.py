"""How a number came about: its formula, what went into it, its source and its age."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portolan.accounts import permissions
from portolan.insights.domain.health import Word
from portolan.insights.domain.measures import Measure
from portolan.insights.views import delivery, overview
from portolan.portfolio.models import Product
from portolan.ui import htmx


@dataclass(frozen=True)
class Opened:
    """A number, opened: what {% explanation %} draws."""

    measure: Measure
    of: str
    at: datetime | None
    word: Word | None = None
    reasons: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return f"{self.measure.definition.title}, {self.of}"

    @property
    def text(self) -> str:
        return self.word.capitalize() if self.word else self.measure.text


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
    """A figure of one product, for the weeks and the team that the address names."""
    product = delivery.find(request, slug)
    opened = _standing(request, product, key) if key in _OF_STANDING else _delivery(request, product, key)
    if opened is None:
        raise Http404
    return _answer(request, opened)


_OF_STANDING = ("health", "throughput_trend")


def _standing(request: HttpRequest, product: Product, key: str) -> Opened:
    shown = overview.read(request, only=product).products[0]
    if key == "throughput_trend":
        return Opened(shown.trend, of=product.name, at=shown.synced_at)
    reasons = tuple(signal.sentence for signal in shown.health.signals)
    return Opened(shown.health.score, of=product.name, at=shown.synced_at, word=shown.health.word, reasons=reasons)


def _delivery(request: HttpRequest, product: Product, key: str) -> Opened | None:
    shown, _ = delivery.read(request, product)
    found = shown.progress if key == "progress" else shown.delivery.measures.get(key)
    return found and Opened(found, of=product.name, at=shown.synced_at)


def _answer(request: HttpRequest, opened: Opened) -> HttpResponse:
    return htmx.answer(request, "insights/number.html", {"opened": opened}, partial="number")
