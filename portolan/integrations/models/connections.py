"""A connection to another system, its key, and what was asked of it on somebody's behalf."""

from typing import Self

from django.db import models
from django.db.models import DB_CASCADE, Q

from portolan.accounts.models import Membership
from portolan.tenancy.fields import TenantForeignKey
from portolan.tenancy.models import TenantManager, TenantOwned


class Kind(models.TextChoices):
    JIRA_CLOUD = "jira_cloud", "Jira Cloud"


class Status(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    BROKEN = "broken", "Needs attention"
    # Its token is gone; what was read stays. A new token takes it into use again.
    OFF = "off", "Disconnected"


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def active(self) -> Self:
        return self.filter(status=Status.ACTIVE)

    def mapped(self) -> Self:
        """Connections of which at least one part leads to a product."""
        return self.filter(mappings__isnull=False).distinct()


class ConnectionManager(TenantManager.from_queryset(ConnectionQuerySet)):  # type: ignore[misc]
    """Connections of the current organization."""


class Connection(TenantOwned):
    """Another system that we may read."""

    kind = models.CharField(max_length=20, choices=Kind, default=Kind.JIRA_CLOUD)
    name = models.CharField(max_length=120)
    base_url = models.CharField("address", max_length=300)
    account_email = models.CharField("e-mail of the account", max_length=254)
    # As the vendor answered when it was asked last; empty until then.
    account_name = models.CharField(max_length=200, blank=True)
    account_zone = models.CharField(max_length=80, blank=True)
    site_name = models.CharField(max_length=200, blank=True)
    # The literal of time that was proved by a probe; empty: not probed yet.
    time_style = models.CharField(max_length=10, blank=True, choices=[("epoch", "Milliseconds"), ("minute", "Minutes")])
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    broken_reason = models.TextField(blank=True)
    created_by = TenantForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    last_ok_at = models.DateTimeField(null=True, blank=True)
    # The vendor asked for a pause: nobody calls it before this moment, whatever for.
    quiet_until = models.DateTimeField(null=True, blank=True)
    quiet_reason = models.CharField(max_length=200, blank=True)

    objects = ConnectionManager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="a_connection_name_is_used_once",
                violation_error_message="Another connection has this name.",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="connection_kind_is_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="connection_status_is_known"),
            models.CheckConstraint(
                condition=Q(time_style__in=["", "epoch", "minute"]), name="connection_time_style_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.BROKEN) | Q(broken_reason=""), name="only_a_broken_connection_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Credential(TenantOwned):
    """The sealed key of one connection. It opens only for that connection, and is never shown again."""

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="credentials")
    sealed = models.TextField()
    version = models.PositiveIntegerField(default=1)
    expires_on = models.DateField(null=True, blank=True)
    stored_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "connection"], name="a_connection_has_one_credential"),
            models.CheckConstraint(condition=~Q(sealed=""), name="a_credential_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"Credential of {self.connection}"


class Inquiry(TenantOwned):
    """A question to the vendor that a worker asks on behalf of a page, and the answer when it is there."""

    class Topic(models.TextChoices):
        CHECK = "check", "Who we are there and what we see"
        PROJECT = "project", "What a project consists of"
        PREVIEW = "preview", "What a mapping would bring"

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        ANSWERED = "answered", "Answered"
        FAILED = "failed", "Failed"

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="inquiries")
    topic = models.CharField(max_length=10, choices=Topic)
    question = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    answer = models.JSONField(default=dict)
    message = models.TextField(blank=True)
    asked_by = TenantForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["organization", "connection", "-asked_at"], name="inquiry_by_connection")]
        constraints = [
            models.CheckConstraint(
                condition=Q(topic__in=["check", "project", "preview"]), name="inquiry_topic_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "answered", "failed"]), name="inquiry_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at=None) | (~Q(state="asked") & Q(answered_at__isnull=False)),
                name="an_answered_inquiry_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_topic_display()}: {self.get_state_display()}"
