"""The overview and the delivery of a product over the API: the numbers of the pages, each with its unit or its reason."""

from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portolan.accounts import permissions
from portolan.insights.domain import delivery
from portolan.insights.forms import NO_TEAM
from portolan.insights.readings import portfolio
from portolan.insights.readings import product as reading
from portolan.portfolio.models import Product


class MeasureFacts(serializers.Serializer[Any]):
    """A number, or the reason why there is none."""

    key = serializers.CharField()
    value = serializers.FloatField(allow_null=True)
    unit = serializers.CharField(help_text="items, days, weeks, share (0 to 1), ratio, products, or items a week")
    reason = serializers.CharField(help_text="Why there is no value; empty where there is one.")
    caution = serializers.CharField()
    formula = serializers.CharField(source="definition.formula")
    source = serializers.CharField(source="definition.source")


class MilestoneFacts(serializers.Serializer[Any]):
    title = serializers.CharField()
    due_on = serializers.DateField()


class StandingFacts(serializers.Serializer[Any]):
    """How one active product stands."""

    slug = serializers.CharField()
    name = serializers.CharField()
    stage = serializers.CharField()
    role = serializers.CharField()
    line = serializers.CharField()
    owner = serializers.CharField()
    health = serializers.CharField(source="health.word", help_text="on track, at risk, off track, or no data")
    reasons = serializers.ListField(child=serializers.CharField(), source="health.reasons")
    progress = MeasureFacts()
    throughput = MeasureFacts()
    finished = serializers.ListField(
        child=serializers.IntegerField(), help_text="Items finished in each closed week, oldest first."
    )
    in_progress = serializers.IntegerField()
    next_milestone = MilestoneFacts(allow_null=True)
    synced_at = serializers.DateTimeField(allow_null=True)


class AttentionFacts(serializers.Serializer[Any]):
    """One thing to look at: 1 now, 2 soon, 3 some time."""

    severity = serializers.IntegerField()
    condition = serializers.CharField()
    sentence = serializers.CharField()
    target = serializers.CharField(help_text="product or connection")
    key = serializers.CharField(help_text="The product's slug or the connection's id.")


class OverviewFacts(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    headlines = MeasureFacts(many=True)
    attention = AttentionFacts(many=True)
    products = StandingFacts(many=True)


class WeekFacts(serializers.Serializer[Any]):
    """One ISO week: what happened in it, and how it ended (wip, open, unestimated)."""

    week = serializers.DateField(help_text="The Monday.")
    created = serializers.IntegerField()
    started = serializers.IntegerField()
    finished = serializers.IntegerField()
    points_finished = serializers.DecimalField(max_digits=14, decimal_places=3)
    bugs_created = serializers.IntegerField()
    bugs_finished = serializers.IntegerField()
    scope_added = serializers.IntegerField()
    scope_removed = serializers.IntegerField()
    wip = serializers.IntegerField()
    open = serializers.IntegerField()
    unestimated = serializers.IntegerField()
    cycle_days = serializers.ListField(child=serializers.IntegerField(), source="cycle.days")
    cycle_counts = serializers.ListField(child=serializers.IntegerField(), source="cycle.counts")


class FinishFacts(serializers.Serializer[Any]):
    """By when an initiative or feature is finished, one after another by due date."""

    key = serializers.CharField(source="item.key")
    title = serializers.CharField(source="item.title")
    due_on = serializers.DateField(source="item.due_on", allow_null=True)
    items = serializers.IntegerField(source="tally.items")
    items_done = serializers.IntegerField(source="tally.items_done")
    p50 = serializers.DateField(allow_null=True)
    p85 = serializers.DateField(allow_null=True)
    reason = serializers.CharField(
        source="forecast.reason", help_text="Why there is no date; empty where there is one."
    )
    runs = serializers.IntegerField(source="forecast.runs")
    seed = serializers.IntegerField(source="forecast.seed")


class DeliveryFacts(serializers.Serializer[Any]):
    product = serializers.UUIDField()
    synced_at = serializers.DateTimeField(allow_null=True)
    measures = MeasureFacts(many=True)
    weeks = WeekFacts(many=True)
    finishes = FinishFacts(many=True)


class Asked(serializers.Serializer[Any]):
    """Which weeks, of which team."""

    weeks = serializers.ChoiceField(choices=delivery.WINDOWS, default=delivery.USUAL_WINDOW)
    team = serializers.CharField(default="", allow_blank=True, max_length=36)


class OverviewResource(APIView):
    """Every active product as it stands now, the key figures, and what needs attention."""

    @extend_schema(operation_id="overview", responses=OverviewFacts)
    def get(self, request: Request) -> Response:
        permissions.require(request._request.member, "products.view")
        at, on = _now(request)
        shown = portfolio.read(at=at, on=on, zone=request._request.organization.time_zone)
        facts = {
            "at": shown.at,
            "headlines": [headline.measure for headline in shown.headlines],
            "attention": shown.attention,
            "products": shown.products,
        }
        return Response(OverviewFacts(facts).data)


class DeliveryResource(APIView):
    """How one product delivers: its numbers, its weeks, and when its initiatives will be finished."""

    @extend_schema(
        operation_id="product_delivery",
        parameters=[
            OpenApiParameter("weeks", int, enum=list(delivery.WINDOWS), default=delivery.USUAL_WINDOW),
            OpenApiParameter(
                "team", str, description=f"A team's id, `{NO_TEAM}` for work without one; all by default."
            ),
        ],
        responses=DeliveryFacts,
    )
    def get(self, request: Request, product_id: UUID) -> Response:
        product = get_object_or_404(Product, pk=product_id)
        permissions.require(request._request.member, "delivery.view", product=product)
        asked = Asked(data=request.query_params)
        asked.is_valid(raise_exception=True)
        _, on = _now(request)
        shown = reading.read(product, window=asked.validated_data["weeks"], team=asked.validated_data["team"], on=on)
        rows = list(reading.top(product, is_finished=False)[: reading.MOST_OPEN])
        facts = {
            "product": product.id,
            "synced_at": shown.synced_at,
            "measures": shown.delivery.measures.values(),
            "weeks": shown.delivery.weeks,
            "finishes": reading.with_forecasts(rows, reading=shown),
        }
        return Response(DeliveryFacts(facts).data)


def _now(request: Request) -> tuple[datetime, date]:
    at = timezone.now()
    return at, at.astimezone(ZoneInfo(request._request.organization.time_zone)).date()
