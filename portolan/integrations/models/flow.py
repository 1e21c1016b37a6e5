"""What pages read instead of raw items: weekly flow, and how far initiatives, features and products have come."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import DB_CASCADE, Q

from portolan.integrations.models.choices import LEVELS
from portolan.integrations.models.work import WorkItem
from portolan.portfolio.models import Product, Team
from portolan.tenancy.fields import TenantForeignKey
from portolan.tenancy.models import TenantOwned


def _days() -> ArrayField:  # type: ignore[type-arg]
    return ArrayField(models.IntegerField(), default=list)


class WeeklyFlow(TenantOwned):
    """What happened to the counted items of one product and team in one ISO week of the organization's zone, and how
    the week ended.

    A week in which nothing happened has no row: the state before it lasted, and open work aged seven days
    (insights.domain.rollups.by_week fills such gaps). Each pair of `..._days` and `..._counts` is a histogram as
    insights.domain.durations describes it. The totals run from the first item to the end of the week, so that a chart
    of a window needs no history before it. Tombstoned items count only as scope: added when they came, removed when
    they went.
    """

    product = TenantForeignKey(Product, DB_CASCADE, related_name="weekly_flow")
    team = TenantForeignKey(Team, DB_CASCADE, null=True, related_name="weekly_flow")
    week = models.DateField(help_text="The Monday.")
    created = models.IntegerField(default=0)
    started = models.IntegerField(default=0)
    finished = models.IntegerField(default=0)
    points_finished = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    stories_finished = models.IntegerField(default=0)
    bugs_finished = models.IntegerField(default=0)
    bugs_created = models.IntegerField(default=0)
    scope_added = models.IntegerField(default=0)
    scope_removed = models.IntegerField(default=0)
    date_errors = models.IntegerField(default=0)
    active_seconds = models.BigIntegerField(default=0)
    elapsed_seconds = models.BigIntegerField(default=0)
    # How the week ended.
    wip = models.IntegerField(default=0)
    open = models.IntegerField(default=0)
    unestimated = models.IntegerField(default=0)
    cycle_days = _days()
    cycle_counts = _days()
    lead_days = _days()
    lead_counts = _days()
    age_days = _days()
    age_counts = _days()
    # Since the first item, this week included.
    created_total = models.IntegerField(default=0)
    started_total = models.IntegerField(default=0)
    finished_total = models.IntegerField(default=0)

    class Meta:
        ordering = ["week"]
        # The last half year of all products: what an overview reads.
        indexes = [models.Index(fields=["organization", "week"], name="flow_by_week")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "product", "week", "team"],
                name="a_week_is_rolled_up_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(week__iso_week_day=1), name="a_week_is_named_by_its_monday"),
            models.CheckConstraint(
                condition=Q(cycle_days__len=models.F("cycle_counts__len")),
                name="cycle_histogram_is_paired",
            ),
            models.CheckConstraint(
                condition=Q(lead_days__len=models.F("lead_counts__len")),
                name="lead_histogram_is_paired",
            ),
            models.CheckConstraint(
                condition=Q(age_days__len=models.F("age_counts__len")),
                name="age_histogram_is_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.week}"


class WorkTally(TenantOwned):
    """Counts of the items under something. An item that has children does not count itself, only they do; sub-tasks
    never count."""

    items = models.IntegerField(default=0)
    items_done = models.IntegerField(default=0)
    items_in_progress = models.IntegerField(default=0)
    # Only of items that have points; how many open ones have none stands beside.
    points = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    points_done = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    unestimated = models.IntegerField(default=0)
    last_changed_at = models.DateTimeField(null=True, blank=True)
    # The days (UTC) on which open items were last changed, ascending, and how many on each: "stale" needs a clock, a
    # stored row has none.
    open_changed_on = ArrayField(models.DateField(), default=list)
    open_changed_counts = _days()

    class Meta:
        abstract = True

    @property
    def items_open(self) -> int:
        return self.items - self.items_done

    def stale(self, *, as_of: date, after_days: int) -> int:
        """This function will count the open items that nobody has changed for more than `after_days` days."""
        limit = as_of - timedelta(days=after_days)
        pairs = zip(self.open_changed_on, self.open_changed_counts, strict=True)
        return sum(count for day, count in pairs if day < limit)


class ItemProgress(WorkTally):
    """How far one initiative or feature has come, over everything below it in any product."""

    item = TenantForeignKey(WorkItem, DB_CASCADE, related_name="progress")
    # Repeated from the item, so that a product's tree is listed from here alone.
    product = TenantForeignKey(Product, DB_CASCADE, related_name="item_progress")
    level = models.CharField(max_length=10, choices=LEVELS)
    children = models.IntegerField(default=0, help_text="Direct ones.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "item"], name="an_items_progress_is_kept_once"),
            models.CheckConstraint(condition=Q(level__in=["initiative", "feature"]), name="progress_is_of_a_group"),
        ]

    def __str__(self) -> str:
        return f"{self.items_done} of {self.items}"


class ProductWork(WorkTally):
    """All of a product's work in one row: what the overview shows beside its name."""

    product = TenantForeignKey(Product, DB_CASCADE, related_name="work")
    initiatives = models.IntegerField(default=0)
    features = models.IntegerField(default=0)
    # The days (of the organization's zone) on which what is in progress was started, ascending, and how many on each:
    # an age needs a clock, and an overview must not look for the last week of every product and team.
    in_progress_since = ArrayField(models.DateField(), default=list)
    in_progress_counts = _days()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "product"], name="a_products_work_is_kept_once"),
            models.CheckConstraint(
                condition=Q(in_progress_since__len=models.F("in_progress_counts__len")),
                name="work_in_progress_is_paired",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.items_done} of {self.items}"
