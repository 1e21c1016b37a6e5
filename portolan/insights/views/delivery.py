"""How one product delivers: what is being built and by when, and how work flows."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from portolan.accounts import permissions
from portolan.insights import figures
from portolan.insights.domain import delivery as domain
from portolan.insights.domain import rollups
from portolan.insights.domain.delivery import Delivery
from portolan.insights.figures import Figure
from portolan.insights.forms import WindowForm
from portolan.insights.readings import product as reading
from portolan.insights.readings.product import Group, Reading
from portolan.integrations.models import WorkItem
from portolan.portfolio.models import Product
from portolan.ui import htmx

ON_A_PAGE = 25


@require_safe
def delivery(request: HttpRequest, slug: str) -> HttpResponse:
    """The Delivery tab; asked for a fragment, what the window and the team change."""
    product = find(request, slug)
    shown, form = read(request, product)
    if shown.is_empty:
        return render(request, "insights/delivery.html", {"product": product, "shown": shown})
    rows = list(reading.top(product, is_finished=False)[: reading.MOST_OPEN])
    context = {
        "product": product,
        "shown": shown,
        "form": form,
        "groups": reading.with_forecasts(rows, reading=shown),
        "finished": reading.top(product, is_finished=True).count(),
        "sample": len(shown.whole.sample),
        "runs": domain.RUNS,
        "charts": charts(shown.delivery, whole=shown.whole),
    }
    return htmx.answer(request, "insights/delivery.html", context, partial="delivery")


@require_safe
def finished(request: HttpRequest, slug: str) -> HttpResponse:
    """The initiatives and features that are finished, a page at a time."""
    product = find(request, slug)
    page = Paginator(reading.top(product, is_finished=True).order_by("-last_changed_at", "id"), ON_A_PAGE)
    shown = page.get_page(request.GET.get("page"))
    groups = [Group(tally, timezone.localdate()) for tally in shown]
    context = {"product": product, "title": "Finished", "page": shown, "groups": groups, "items": []}
    return htmx.answer(request, "insights/items.html", context, partial="items")


@require_safe
def items(request: HttpRequest, slug: str, work_item_id: UUID) -> HttpResponse:
    """What stands directly below an initiative or feature, a page at a time."""
    product = find(request, slug)
    # Its project may be mapped to nothing any more while what stands below it still is.
    item = get_object_or_404(WorkItem, pk=work_item_id, deleted_at=None)
    page = Paginator(reading.children(item), ON_A_PAGE).get_page(request.GET.get("page"))
    tallies = reading.tallies(list(page), on=timezone.localdate())
    context = {
        "product": product,
        "title": str(item),
        "page": page,
        "groups": [tallies[child.id] for child in page if child.id in tallies],
        "items": [child for child in page if child.id not in tallies],
    }
    return htmx.answer(request, "insights/items.html", context, partial="items")


@require_safe
def forecast(request: HttpRequest, slug: str, work_item_id: UUID) -> HttpResponse:
    """By when an initiative or feature will be finished: the runs, what they rest on, and how sure they are."""
    product = find(request, slug)
    shown, _ = read(request, product)
    rows = list(reading.top(product, is_finished=False)[: reading.MOST_OPEN])
    groups = {group.item.id: group for group in reading.with_forecasts(rows, reading=shown)}
    group = groups.get(work_item_id)
    if group is None or group.forecast is None:
        raise Http404
    chart = figures.finish_dates(group.forecast, due_on=group.item.due_on)
    context = {"product": product, "shown": shown, "group": group, "chart": chart}
    context["measure"] = group.forecast.measure(85)
    return htmx.answer(request, "insights/forecast.html", context, partial="forecast")


def find(request: HttpRequest, slug: str) -> Product:
    """This function will return the product of that address, or raise Http404 or PermissionDenied."""
    product = get_object_or_404(Product.objects.with_people_and_places(), slug=slug)
    permissions.require(request.member, "delivery.view", product=product)
    return product


def read(request: HttpRequest, product: Product) -> tuple[Reading, WindowForm]:
    """This function will read the product's delivery as the address narrows it."""
    form = WindowForm(request.GET)
    shown = reading.read(product, window=form.window, team=form.team, on=timezone.localdate())
    form.offer(teams=shown.teams, has_teamless=shown.has_teamless)
    return shown, form


def charts(shown: Delivery, *, whole: Delivery) -> dict[str, Figure]:
    """This function will draw the flow of the window, and what comes after it."""
    return {
        "throughput": figures.throughput(rollups.throughput(shown.weeks, as_of=shown.on)),
        "cycle_times": figures.cycle_times(shown.closed),
        "cumulative": figures.cumulative_flow(shown.cumulative),
        "ageing": figures.ageing(shown.ageing),
        "work_mix": figures.work_mix(shown.weeks, as_of=shown.on),
        "burn_up": figures.burn_up(whole.burn_up(), coming=whole.coming()),
    }
