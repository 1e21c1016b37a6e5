"""What people decided about a connection, and the vendor's vocabulary that their choices refer to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import DB_CASCADE, Q
from django.db.models.functions import MD5

from portolan.accounts.models import Membership
from portolan.integrations.models.connections import Connection
from portolan.integrations.provider import Level, StatusCategory
from portolan.portfolio.models import Product, Team
from portolan.tenancy.fields import TenantForeignKey
from portolan.tenancy.models import TenantOwned

LEVELS = [(level.value, level.value.capitalize()) for level in Level]
CATEGORIES = [
    (StatusCategory.NEW.value, "To do"),
    (StatusCategory.INDETERMINATE.value, "In progress"),
    (StatusCategory.DONE.value, "Done"),
]
LEVEL_VALUES = [value for value, _ in LEVELS]
CATEGORY_VALUES = [value for value, _ in CATEGORIES]


class FieldChoice(TenantOwned):
    """Which of the vendor's fields holds points, sprint, epic link or flag; for one project, or for all of them."""

    class Logical(models.TextChoices):
        POINTS = "points", "Story points"
        SPRINT = "sprint", "Sprint"
        EPIC_LINK = "epic_link", "Epic link"
        FLAG = "flag", "Flag"

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="field_choices")
    logical = models.CharField(max_length=10, choices=Logical)
    # Empty: for every project without a choice of its own.
    project_external_id = models.CharField(max_length=64, blank=True)
    # Null: none, by decision or because nobody decided yet; `reason` says which.
    field_id = models.CharField(max_length=128, null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    candidates = models.JSONField(default=list)
    # Null: proposed by us and not touched since; a later proposal may replace it.
    chosen_by = TenantForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    is_chosen = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "connection", "logical", "project_external_id"],
                name="a_field_is_chosen_once_for_a_project",
            ),
            models.CheckConstraint(
                condition=Q(logical__in=["points", "sprint", "epic_link", "flag"]), name="field_choice_meaning_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_logical_display()}: {self.field_id or 'none'}"


class LevelChoice(TenantOwned):
    """Which level a vendor's type of issue has for us."""

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="level_choices")
    kind_external_id = models.CharField(max_length=64)
    kind_name = models.CharField(max_length=200)
    project_external_id = models.CharField(max_length=64, blank=True)
    hierarchy_level = models.SmallIntegerField(default=0)
    proposed_level = models.CharField(max_length=10, choices=LEVELS)
    level = models.CharField(max_length=10, choices=LEVELS)

    class Meta:
        ordering = ["-hierarchy_level", "kind_name", "kind_external_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "connection", "kind_external_id"], name="a_kind_of_issue_has_one_level"
            ),
            models.CheckConstraint(
                condition=Q(level__in=LEVEL_VALUES) & Q(proposed_level__in=LEVEL_VALUES), name="chosen_level_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind_name}: {self.level}"


class RemoteStatusRow(TenantOwned):
    """A status of the vendor with its category, kept so that raw bodies can be read again without asking."""

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="statuses")
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=14, choices=CATEGORIES)
    project_external_id = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "connection", "external_id"], name="a_status_is_kept_once"),
            models.CheckConstraint(condition=Q(category__in=CATEGORY_VALUES), name="status_category_is_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ProjectMapping(TenantOwned):
    """A part of the vendor's work (a project, some of its components, a query) belongs to a product.

    Where several match one item, the most specific decides: components, then a query, then a project; the older of equals.
    """

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="mappings")
    # The vendor's id; key and name as they were when it was chosen, for people. Empty: any project (with a query).
    project_external_id = models.CharField(max_length=64, blank=True)
    project_key = models.CharField(max_length=64, blank=True)
    project_name = models.CharField(max_length=200, blank=True)
    components = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    query = models.TextField("JQL", max_length=4000, blank=True)
    product = TenantForeignKey(Product, DB_CASCADE, related_name="project_mappings")
    team = TenantForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="project_mappings")
    created_by = TenantForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            # By digest: a long query does not fit into an index.
            models.UniqueConstraint(
                "organization",
                "connection",
                "project_external_id",
                "components",
                MD5("query"),
                name="a_part_is_mapped_once",
                violation_error_message="This part is mapped already.",
            ),
            models.CheckConstraint(
                condition=~Q(project_external_id="") | ~Q(query=""),
                name="a_mapping_names_a_project_or_a_query",
                violation_error_message="Choose a project or write a query.",
            ),
            models.CheckConstraint(
                condition=Q(components=[]) | ~Q(project_external_id=""),
                name="components_belong_to_a_project",
                violation_error_message="Components belong to a project: choose it too.",
            ),
        ]

    def __str__(self) -> str:
        parts = [self.project_key or self.project_external_id, ", ".join(self.components), self.query]
        return " · ".join(part for part in parts if part)


class QueryMatch(TenantOwned):
    """The vendor said that an item matches a mapping's query; only the vendor can know."""

    mapping = TenantForeignKey(ProjectMapping, DB_CASCADE, related_name="matches")
    external_id = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "mapping", "external_id"], name="an_item_matches_a_query_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} matches {self.mapping_id}"
