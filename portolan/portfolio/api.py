"""Products over the API: what they are, where they belong, how they move, and what they mean to keep."""

from typing import Any, ClassVar

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from portolan.accounts.permissions import Owned
from portolan.accounts.resources import Creates, Edits, Removes, Resource
from portolan.portfolio.domain import catalogue, facts, lifecycle, lines, milestones, teams
from portolan.portfolio.filters import ProductFilter
from portolan.portfolio.models import (
    Archival,
    Milestone,
    Portfolio,
    Product,
    ProductLine,
    Stage,
    StageChange,
    Team,
)


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class PortfolioFacts(serializers.ModelSerializer[Portfolio]):
    class Meta:
        model = Portfolio
        fields = ["id", "name", "slug"]
        read_only_fields = ["slug"]


class LineFacts(serializers.ModelSerializer[ProductLine]):
    class Meta:
        model = ProductLine
        fields = ["id", "name", "portfolio", "parent"]
        extra_kwargs = {
            "portfolio": {"help_text": "The portfolio; below a parent it is the parent's, whatever is sent."},
            "parent": {"help_text": "The line above, or null at the top."},
        }


class TeamFacts(serializers.ModelSerializer[Team]):
    class Meta:
        model = Team
        fields = ["id", "name"]


class ProductFacts(serializers.ModelSerializer[Product]):
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False)
    is_archived = serializers.BooleanField(
        read_only=True, help_text="Archived products do not change; see /archivals/."
    )
    version = serializers.IntegerField(
        min_value=1, max_value=2**31 - 1, required=False,
        help_text="Rises with every change. Send the one you read with a PATCH: when somebody else has changed one of "
        "the same facts since, the answer is 409 and nothing is changed.",
    )  # fmt: skip

    class Meta:
        model = Product
        fields = ["id", "slug", *facts.FACTS, "stage", "is_archived", "version", "created_at"]
        read_only_fields = ["slug", "stage", "created_at"]
        extra_kwargs = {
            "portfolio": {"help_text": "A line brings its portfolio along; another portfolio leaves the line behind."},
            "stage": {"help_text": "Moves by a POST to /stage-changes/."},
            "thesis": {"help_text": "Why money and people go here, and what would change your mind."},
        }


class NewProduct(ProductFacts):
    stage = serializers.ChoiceField(choices=Stage.choices, default=Stage.IDEA, help_text="Where it begins.")
    why = serializers.CharField(
        max_length=2000, allow_blank=True, default="", write_only=True, help_text="Why it is in this stage."
    )

    class Meta(ProductFacts.Meta):
        fields = [*ProductFacts.Meta.fields, "why"]
        read_only_fields = ["slug", "version", "created_at"]


class StageChangeFacts(serializers.ModelSerializer[StageChange]):
    class Meta:
        model = StageChange
        fields = ["id", "product", "stage", "why", "by", "at"]
        read_only_fields = ["by", "at"]
        extra_kwargs = {"why": {"help_text": "Needed for sunset and retired."}}


class ArchivalFacts(serializers.ModelSerializer[Archival]):
    class Meta:
        model = Archival
        fields = ["id", "product", "why", "by", "at", "restored_why", "restored_by", "restored_at"]
        read_only_fields = ["by", "at", "restored_why", "restored_by", "restored_at"]


class MilestoneFacts(serializers.ModelSerializer[Milestone]):
    class Meta:
        model = Milestone
        fields = ["id", "product", "title", "due_on", "reached_on"]
        extra_kwargs = {
            "reached_on": {
                "help_text": "The day on which it was reached, or null. Once reached it keeps its first day."
            }
        }


class KnownMilestone(MilestoneFacts):
    class Meta(MilestoneFacts.Meta):
        read_only_fields = ["product"]


class Writable(Creates, Edits, Removes, Resource):
    """Rows that are made, changed and deleted here."""


class PortfolioResource(Writable):
    """Portfolios: the products that are weighed against each other. Only an empty one is deleted, and never the last."""

    queryset = Portfolio.objects.all()
    serializer_class = PortfolioFacts
    may: ClassVar = {
        "list": "products.view", "retrieve": "products.view",
        "create": "lines.edit", "partial_update": "lines.edit", "destroy": "lines.edit",
    }  # fmt: skip

    def add(self, **given: Any) -> Portfolio:
        return lines.add_portfolio(**given)

    def edit(self, row: Portfolio, **given: Any) -> Portfolio:
        return lines.rename_portfolio(row, to=given.get("name", row.name))

    def remove(self, row: Portfolio) -> None:
        lines.remove_portfolio(row)


class LineResource(Writable):
    """Product lines, nested to any depth. A deleted line's products and lines move one level up."""

    queryset = ProductLine.objects.select_related("portfolio", "parent__portfolio")
    serializer_class = LineFacts
    filterset_fields = ["portfolio", "parent"]
    may: ClassVar = PortfolioResource.may

    def add(self, **given: Any) -> ProductLine:
        return lines.add(**given)

    @transaction.atomic
    def edit(self, row: ProductLine, **given: Any) -> ProductLine:
        if {"portfolio", "parent"} & given.keys():
            # Into another portfolio a line moves to the top, unless a parent is named too.
            parent = given.get("parent", None if "portfolio" in given else row.parent)
            lines.move(row, portfolio=given.get("portfolio", row.portfolio), parent=parent)
        return lines.rename(row, to=given.get("name", row.name))

    def remove(self, row: ProductLine) -> None:
        lines.remove(row)


class TeamResource(Writable):
    """Teams. The products of a deleted team stay, without one."""

    queryset = Team.objects.all()
    serializer_class = TeamFacts
    may: ClassVar = PortfolioResource.may | {
        "create": "teams.edit",
        "partial_update": "teams.edit",
        "destroy": "teams.edit",
    }

    def add(self, **given: Any) -> Team:
        return teams.add(**given)

    def edit(self, row: Team, **given: Any) -> Team:
        return teams.rename(row, to=given.get("name", row.name))

    def remove(self, row: Team) -> None:
        teams.remove(row)


class ProductResource(Creates, Edits, Resource):
    """Products. They are not deleted but archived (/archivals/), and move between stages by /stage-changes/."""

    queryset = Product.objects.with_archive()
    filterset_class = ProductFilter
    may: ClassVar = {
        "list": "products.view", "retrieve": "products.view",
        "create": "products.create", "partial_update": "products.edit",
    }  # fmt: skip

    def get_serializer_class(self) -> type[ProductFacts]:
        return NewProduct if self.action == "create" else ProductFacts

    def filter_queryset(self, products: Any) -> Any:
        return super().filter_queryset(products) if self.action == "list" else products

    def product_of(self, subject: Any) -> Owned | None:
        return subject if isinstance(subject, Product) else None

    def add(self, stage: str, why: str, version: int | None = None, **given: Any) -> Product:
        product = catalogue.add(Product(**given), by=self.member, at=timezone.now(), stage=stage, why=why)
        return self.get_queryset().get(pk=product.pk)

    def edit(self, row: Product, version: int | None = None, **given: Any) -> Product:
        try:
            facts.change(row, to=given, by=self.member, at=timezone.now(), seen=version)
        except facts.ChangedMeanwhile as error:
            raise Conflict(error.message_dict) from error
        return row


class OfProducts(Resource):
    """Rows that belong to a product, whose owner has a say."""

    filterset_fields: ClassVar[list[str]] = ["product"]

    def product_of(self, subject: Any) -> Owned | None:
        return subject["product"] if isinstance(subject, dict) else subject.product


class StageChangeResource(Creates, OfProducts):
    """The history of stages: who moved which product, when, why. A POST moves a product."""

    queryset = StageChange.objects.select_related("product")
    serializer_class = StageChangeFacts
    filterset_fields: ClassVar[list[str]] = ["product", "stage"]
    may: ClassVar = {"list": "products.view", "retrieve": "products.view", "create": "products.stage"}

    def add(self, product: Product, **given: Any) -> StageChange | None:
        catalogue.refuse_if_put_away(product)
        return lifecycle.enter(product, by=self.member, at=timezone.now(), **given)


class ArchivalResource(Creates, Removes, OfProducts):
    """The archive: a POST puts a product away, a DELETE takes it back. The record of both stays."""

    queryset = Archival.objects.select_related("product")
    serializer_class = ArchivalFacts
    may: ClassVar = {
        "list": "products.view", "retrieve": "products.view",
        "create": "products.archive", "destroy": "products.archive",
    }  # fmt: skip

    def add(self, product: Product, **given: Any) -> Archival:
        return catalogue.archive(product, by=self.member, at=timezone.now(), **given)

    @extend_schema(parameters=[OpenApiParameter("why", str, description="Why the product comes back.")])
    def destroy(self, request: Request, *arguments: Any, **keywords: Any) -> Response:
        return super().destroy(request, *arguments, **keywords)

    def remove(self, row: Archival) -> None:
        why = serializers.CharField(max_length=2000, allow_blank=True).run_validation(
            self.request.query_params.get("why", "")
        )
        if row.restored_at is None:
            catalogue.restore(row.product, by=self.member, at=timezone.now(), why=why)


class MilestoneResource(Creates, Edits, Removes, OfProducts):
    """Milestones: dates that products mean to keep. `reached_on` says that one was."""

    queryset = Milestone.objects.select_related("product")
    may: ClassVar = {
        "list": "products.view", "retrieve": "products.view",
        "create": "milestones.edit", "partial_update": "milestones.edit", "destroy": "milestones.edit",
    }  # fmt: skip

    def get_serializer_class(self) -> type[MilestoneFacts]:
        return KnownMilestone if self.action == "partial_update" else MilestoneFacts

    @transaction.atomic
    def add(self, product: Product, reached_on: Any = None, **given: Any) -> Milestone:
        milestone = milestones.add(product, **given)
        return self.edit(milestone, reached_on=reached_on) if reached_on else milestone

    @transaction.atomic
    def edit(self, row: Milestone, **given: Any) -> Milestone:
        has_said_when, reached_on = "reached_on" in given, given.pop("reached_on", None)
        if given:
            milestones.change(row, **given)
        if has_said_when and reached_on:
            return milestones.reach(row, on=reached_on, today=self.today)
        return milestones.unreach(row) if has_said_when else row

    def remove(self, row: Milestone) -> None:
        milestones.remove(row)


RESOURCES = {
    "products": ProductResource,
    "lines": LineResource,
    "portfolios": PortfolioResource,
    "teams": TeamResource,
    "milestones": MilestoneResource,
    "stage-changes": StageChangeResource,
    "archivals": ArchivalResource,
}
