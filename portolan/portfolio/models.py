"""Portfolios, product lines, products and their history."""

from collections.abc import Collection
from functools import cached_property
from typing import Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import DB_CASCADE, Exists, F, OuterRef, Q, Subquery

from portolan.accounts.models import Membership
from portolan.tenancy.fields import TenantForeignKey
from portolan.tenancy.models import TenantManager, TenantOwned

_SLUG = RegexValidator(r"^[a-z0-9][a-z0-9-]*$", "Use small letters, digits and hyphens; begin with a letter or digit.")
# As many as the look has colours (static/css/tokens.css).
HUES = 12


class Portfolio(TenantOwned):
    """The products that are weighed against each other."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, db_index=False, validators=[_SLUG])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "slug"],
                name="a_portfolio_address_is_used_once",
                violation_error_message="Another portfolio has this address.",
            ),
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="a_portfolio_name_is_used_once",
                violation_error_message="Another portfolio has this name.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="a_portfolio_has_a_name",
                violation_error_message="Give the portfolio a name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductLine(TenantOwned):
    """Products that belong together, nested to any depth."""

    portfolio = TenantForeignKey(Portfolio, DB_CASCADE, related_name="lines")
    parent = TenantForeignKey("self", DB_CASCADE, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "portfolio", "parent", "name"],
                name="a_line_name_is_used_once_beside_its_siblings",
                nulls_distinct=False,
                violation_error_message="Another line in this place has this name.",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")),
                name="a_line_is_not_its_own_parent",
                violation_error_message="A line cannot be its own parent.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="a_line_has_a_name", violation_error_message="Give the line a name."
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Team(TenantOwned):
    """People who build together."""

    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="a_team_name_is_used_once",
                violation_error_message="Another team has this name.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="a_team_has_a_name", violation_error_message="Give the team a name."
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stage(models.TextChoices):
    """The lifecycle, in its order."""

    IDEA = "idea", "Idea"
    DISCOVERY = "discovery", "Discovery"
    BUILD = "build", "Build"
    LAUNCH = "launch", "Launch"
    GROWTH = "growth", "Growth"
    MATURE = "mature", "Mature"
    SUSTAIN = "sustain", "Sustain"
    SUNSET = "sunset", "Sunset"
    RETIRED = "retired", "Retired"


class PortfolioRole(models.TextChoices):
    """The growth-share matrix's names (Henderson 1970). Entered by hand until market data can derive it."""

    STAR = "star", "Star"
    CASH_COW = "cash_cow", "Cash cow"
    QUESTION_MARK = "question_mark", "Question mark"
    DOG = "dog", "Dog"


class Horizon(models.IntegerChoices):
    """Three horizons of growth (Baghai, Coley and White 1999)."""

    CORE = 1, "Horizon 1: core"
    EMERGING = 2, "Horizon 2: emerging"
    EXPLORE = 3, "Horizon 3: explore"


def _is_put_away() -> Exists:
    return Exists(Archival.objects.filter(product=OuterRef("pk"), restored_at=None))


class ProductQuerySet(models.QuerySet["Product"]):
    def active(self) -> Self:
        """Products that are neither archived nor retired."""
        return self.unarchived().exclude(stage=Stage.RETIRED)

    def unarchived(self) -> Self:
        return self.exclude(_is_put_away())

    def archived(self) -> Self:
        return self.filter(_is_put_away())

    def with_archive(self) -> Self:
        """Products with `is_archived`."""
        return self.annotate(is_archived=_is_put_away())

    def owned_by(self, member: Membership) -> Self:
        return self.filter(owner=member)

    def in_lines(self, lines: Collection[UUID]) -> Self:
        return self.filter(line__in=lines)

    def with_people_and_places(self) -> Self:
        """Products together with what a list or a page says about them: line, portfolio, owner, sponsor, team."""
        return self.select_related("portfolio", "line", "owner__user", "sponsor__user", "team")

    def with_next_milestone(self) -> Self:
        """Products with `next_milestone` (its title) and `next_milestone_on` (its day), None where nothing is ahead."""
        ahead = Milestone.objects.filter(product=OuterRef("pk"), reached_on=None).order_by("due_on", "id")
        return self.annotate(
            next_milestone=Subquery(ahead.values("title")[:1]), next_milestone_on=Subquery(ahead.values("due_on")[:1])
        )


class ProductManager(TenantManager.from_queryset(ProductQuerySet)):  # type: ignore[misc]
    """Products of the current organization."""


class Product(TenantOwned):
    """One thing that the company sells, builds or retires."""

    portfolio = TenantForeignKey(Portfolio, DB_CASCADE, related_name="products")
    line = TenantForeignKey(ProductLine, models.SET_NULL, null=True, blank=True, related_name="products")
    name = models.CharField(max_length=120)
    slug = models.SlugField("address", max_length=60, db_index=False, validators=[_SLUG])
    # The newest StageChange, repeated here so that lists filter on it; lifecycle.enter() writes both.
    stage = models.CharField(max_length=12, choices=Stage, default=Stage.IDEA)
    role = models.CharField(max_length=14, choices=PortfolioRole, blank=True)
    horizon = models.PositiveSmallIntegerField(choices=Horizon, null=True, blank=True)
    thesis = models.TextField("investment thesis", max_length=4000, blank=True)
    owner = TenantForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="owned_products")
    sponsor = TenantForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="sponsored_products")
    team = TenantForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="products")
    starts_on = models.DateField(null=True, blank=True)
    retires_on = models.DateField(null=True, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True, size=20)
    # A fixed place on the colour wheel: the same product has the same colour in every chart.
    hue = models.PositiveSmallIntegerField(
        default=1, editable=False, validators=[MinValueValidator(1), MaxValueValidator(HUES)]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    # Rises with every FactChange, so that the second of two people who edit at once is told.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ProductManager()

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["organization", "stage", "name"], name="product_by_stage"),
            models.Index(fields=["organization", "name"], name="product_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "slug"],
                name="a_product_address_is_used_once",
                violation_error_message="Another product has this address.",
            ),
            models.CheckConstraint(
                condition=Q(retires_on=None) | Q(starts_on=None) | Q(retires_on__gt=F("starts_on")),
                name="a_product_retires_after_it_starts",
                violation_error_message="A product retires after it starts: choose a later retirement date.",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values),
                name="product_stage_is_known",
                violation_error_message="Choose a stage.",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["", *PortfolioRole.values]),
                name="product_role_is_known",
                violation_error_message="Choose a portfolio role.",
            ),
            models.CheckConstraint(
                condition=Q(horizon=None) | Q(horizon__in=Horizon.values),
                name="product_horizon_is_known",
                violation_error_message="Choose horizon 1, 2 or 3.",
            ),
            models.CheckConstraint(
                condition=~Q(name=""), name="a_product_has_a_name", violation_error_message="Give the product a name."
            ),
            models.CheckConstraint(
                condition=Q(hue__range=(1, HUES)),
                name="product_hue_is_on_the_wheel",
                violation_error_message="A colour is a number from 1 to 12.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def summary(self) -> str:
        """Stage, role and line in one line of words."""
        said = (self.get_stage_display(), self.get_role_display(), self.line.name if self.line else "")
        return " · ".join(word for word in said if word)

    @cached_property
    def archival(self) -> "Archival | None":
        """The record of lying in the archive, for a product that does. One query, once."""
        return Archival.objects.filter(product=self, restored_at=None).select_related("by__user").first()


class StageChange(TenantOwned):
    """A product entered a stage: who moved it, when, and why."""

    product = TenantForeignKey(Product, DB_CASCADE, related_name="stage_changes")
    stage = models.CharField(max_length=12, choices=Stage)
    by = TenantForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    why = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["organization", "product", "-at"], name="stage_change_by_product")]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="stage_change_stage_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.get_stage_display()}"


class FactChange(TenantOwned):
    """One fact of a product (its name, its owner, its thesis …) was given another value: which, by whom, when."""

    product = TenantForeignKey(Product, DB_CASCADE, related_name="fact_changes")
    # The product's version that this change made.
    version = models.PositiveIntegerField()
    fact = models.CharField(max_length=20)
    # As a form posts them (text, "" for nothing), so that undoing is posting `before`.
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    by = TenantForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "product", "version"], name="a_product_version_is_made_by_one_change"
            ),
            models.CheckConstraint(condition=~Q(before=F("after")), name="a_fact_change_changes_something"),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.fact}"


class Archival(TenantOwned):
    """A product was put away: it keeps its history and leaves every list, until it is restored."""

    product = TenantForeignKey(Product, DB_CASCADE, related_name="archivals")
    by = TenantForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    why = models.TextField(max_length=2000, blank=True)
    restored_by = TenantForeignKey(Membership, models.SET_NULL, null=True, blank=True, related_name="+")
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_why = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "product"],
                condition=Q(restored_at=None),
                name="a_product_is_put_away_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(restored_at=None) | Q(restored_at__gte=F("at")),
                name="a_product_is_restored_after_it_was_put_away",
                violation_error_message="A product is restored after it was put away.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} archived"


class Milestone(TenantOwned):
    """A date that a product means to keep."""

    product = TenantForeignKey(Product, DB_CASCADE, related_name="milestones")
    title = models.CharField(max_length=160)
    due_on = models.DateField()
    reached_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "title"]
        indexes = [models.Index(fields=["organization", "reached_on", "due_on"], name="milestone_by_date")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title=""),
                name="a_milestone_has_a_title",
                violation_error_message="Give the milestone a title.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
