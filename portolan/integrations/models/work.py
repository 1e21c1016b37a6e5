"""The work itself, as every provider's items look to us."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import DB_CASCADE, Q

from portolan.integrations.models.choices import CATEGORIES, CATEGORY_VALUES, LEVEL_VALUES, LEVELS
from portolan.integrations.models.connections import Connection
from portolan.integrations.provider import Change, Level, SprintState, StatusCategory
from portolan.portfolio.models import Product, Team
from portolan.tenancy.fields import TenantForeignKey
from portolan.tenancy.models import TenantManager, TenantOwned

CHANGES = [(change.value, change.value.capitalize()) for change in Change]
SPRINT_STATES = [(state.value, state.value.capitalize()) for state in SprintState]


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def live(self) -> Self:
        """Items that are still there at the vendor and belong to a product."""
        return self.filter(deleted_at=None, product__isnull=False)

    def counted(self) -> Self:
        """The items whose flow is measured: stories, tasks and bugs; not what groups them, and not their sub-tasks."""
        return self.live().filter(level__in=[Level.STORY, Level.TASK, Level.BUG], hierarchy_level__gte=0)

    def open(self) -> Self:
        return self.exclude(status_category=StatusCategory.DONE)

    def finished(self) -> Self:
        return self.filter(finished_at__isnull=False)

    def unestimated(self) -> Self:
        return self.filter(points=None)


class WorkItemManager(TenantManager.from_queryset(WorkItemQuerySet)):  # type: ignore[misc]
    """Work items of the current organization."""


class WorkItem(TenantOwned):
    """One piece of work at the vendor. Its identity is the vendor's immutable id; its key may change."""

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="items")
    external_id = models.CharField(max_length=64)
    key = models.CharField(max_length=120)
    url = models.CharField(max_length=500)
    title = models.TextField()
    # Null: nothing maps it (any more). Such an item is kept and appears nowhere.
    product = TenantForeignKey(Product, models.SET_NULL, null=True, related_name="work_items")
    team = TenantForeignKey(Team, models.SET_NULL, null=True, related_name="work_items")
    project_external_id = models.CharField(max_length=64)
    project_key = models.CharField(max_length=64)
    level = models.CharField(max_length=10, choices=LEVELS)
    kind_external_id = models.CharField(max_length=64)
    kind_name = models.CharField(max_length=200)
    # The vendor's own number: below 0 are sub-tasks, which are drawn but not counted.
    hierarchy_level = models.SmallIntegerField(default=0)
    status_external_id = models.CharField(max_length=64)
    status_name = models.CharField(max_length=200)
    status_category = models.CharField(max_length=14, choices=CATEGORIES)
    # No foreign key: a parent may lie outside of what we read, or arrive later.
    parent_external_id = models.CharField(max_length=64, null=True, blank=True)
    parent_key = models.CharField(max_length=120, null=True, blank=True)
    # Null is "not estimated" and never zero.
    points = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    assignee_external_id = models.CharField(max_length=200, blank=True)
    assignee_name = models.CharField(max_length=300, blank=True)
    components = ArrayField(models.TextField(), default=list)
    labels = ArrayField(models.TextField(), default=list)
    is_flagged = models.BooleanField(default=False)
    remote_created_at = models.DateTimeField()
    remote_updated_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    # Read from the history: first start, last finish. A reopened item is unfinished; one that was never seen in
    # progress has no start.
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Of the time between both: how long it was in an active status and not flagged. Null where the history is silent.
    active_seconds = models.BigIntegerField(null=True, blank=True)
    # When it came into its present project; before that another product may have counted it.
    entered_at = models.DateTimeField()
    missing_count = models.PositiveSmallIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = WorkItemManager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "connection", "parent_external_id"], name="item_by_parent"),
            models.Index(fields=["organization", "product", "finished_at"], name="item_by_product"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["organization", "connection", "external_id"], name="an_item_is_kept_once"),
            models.CheckConstraint(condition=Q(level__in=LEVEL_VALUES), name="item_level_is_known"),
            models.CheckConstraint(condition=Q(status_category__in=CATEGORY_VALUES), name="item_status_is_known"),
            models.CheckConstraint(condition=Q(points=None) | Q(points__gte=0), name="points_are_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.title}"


class WorkItemAlias(TenantOwned):
    """A key that an item had before it moved; links of old keep leading to it."""

    item = TenantForeignKey(WorkItem, DB_CASCADE, related_name="aliases")
    key = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["organization", "key"], name="alias_by_key")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "item", "key"], name="an_old_key_is_kept_once"),
        ]

    def __str__(self) -> str:
        return self.key


class Transition(TenantOwned):
    """One change of one field of one item, as its history tells it."""

    item = TenantForeignKey(WorkItem, DB_CASCADE, related_name="transitions")
    # The vendor's id of the entry, and the place of this change within it: together they never move.
    history_id = models.CharField(max_length=64)
    ordinal = models.PositiveIntegerField()
    at = models.DateTimeField()
    change = models.CharField(max_length=10, choices=CHANGES)
    from_id = models.TextField(null=True, blank=True)
    from_name = models.TextField(null=True, blank=True)
    from_category = models.CharField(max_length=14, choices=CATEGORIES, null=True, blank=True)
    to_id = models.TextField(null=True, blank=True)
    to_name = models.TextField(null=True, blank=True)
    to_category = models.CharField(max_length=14, choices=CATEGORIES, null=True, blank=True)
    author_external_id = models.CharField(max_length=200, blank=True)
    author_name = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "history_id", "ordinal"]
        constraints = [
            # An item belongs to one connection, so this is the vendor's own key of the entry.
            models.UniqueConstraint(
                fields=["organization", "item", "history_id", "ordinal"], name="a_change_is_kept_once"
            ),
            models.CheckConstraint(condition=Q(change__in=[value for value, _ in CHANGES]), name="change_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.change}: {self.from_name} → {self.to_name}"


class Sprint(TenantOwned):
    """A sprint of the vendor, once, however many boards show it."""

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="sprints")
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=SPRINT_STATES)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    goal = models.TextField(blank=True)

    class Meta:
        ordering = ["starts_at", "external_id"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "connection", "external_id"], name="a_sprint_is_kept_once"),
            models.CheckConstraint(
                condition=Q(state__in=[value for value, _ in SPRINT_STATES]), name="sprint_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SprintBoard(TenantOwned):
    """A board that shows a sprint."""

    sprint = TenantForeignKey(Sprint, DB_CASCADE, related_name="boards")
    board_external_id = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "sprint", "board_external_id"], name="a_board_shows_a_sprint_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sprint_id} on {self.board_external_id}"


class ItemSprint(TenantOwned):
    """An item was planned into a sprint. By the vendor's id: a sprint of a board that we cannot see has no row."""

    item = TenantForeignKey(WorkItem, DB_CASCADE, related_name="sprints")
    sprint_external_id = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "item", "sprint_external_id"], name="an_item_is_in_a_sprint_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.sprint_external_id}"
