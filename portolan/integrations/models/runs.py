"""Runs of the sync: what each did, where it stands, what it had to leave out, and the raw bodies it kept."""

from typing import Self

from django.db import models
from django.db.models import DB_CASCADE, F, Q

from portolan.accounts.models import Membership
from portolan.integrations.models.connections import Connection
from portolan.tenancy.fields import TenantForeignKey
from portolan.tenancy.models import TenantManager, TenantOwned


class Trigger(models.TextChoices):
    SCHEDULE = "schedule", "Schedule"
    PERSON = "person", "By hand"
    COMMAND = "command", "Command line"
    MAPPING = "mapping", "Changed mapping"


class Mode(models.TextChoices):
    INCREMENTAL = "incremental", "What changed"
    CENSUS = "census", "What changed, and what is gone"
    FULL = "full", "Everything again"
    REMAP = "remap", "New choices on what we hold"


class State(models.TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    WAITING = "waiting", "Waiting"
    SUCCEEDED = "succeeded", "Succeeded"
    PARTIAL = "partial", "Partial"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class Phase(models.TextChoices):
    """What a running run is doing, in its order."""

    OPENING = "opening", "Asking who we are and what there is"
    CHANGES = "changes", "Reading what changed"
    CENSUS = "census", "Counting what is still there"
    ROLLUPS = "rollups", "Adding up"


UNFINISHED = (State.QUEUED, State.RUNNING, State.WAITING)


class SyncRunQuerySet(models.QuerySet["SyncRun"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def finished(self) -> Self:
        return self.exclude(state__in=UNFINISHED)


class SyncRunManager(TenantManager.from_queryset(SyncRunQuerySet)):  # type: ignore[misc]
    """Runs of the current organization."""


class SyncRun(TenantOwned):
    """One attempt to bring our copy in line with the vendor. Pages read progress from here and nowhere else."""

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="runs")
    trigger = models.CharField(max_length=10, choices=Trigger)
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.INCREMENTAL)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.OPENING)
    requested_by = TenantForeignKey(Membership, models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # Whoever holds this word may write for the run; a second runner that takes over changes it.
    runner = models.UUIDField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    resume_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)
    # Counts of items; `expected` is the vendor's own estimate of how many will be looked at.
    expected = models.PositiveIntegerField(null=True, blank=True)
    listed = models.PositiveIntegerField(default=0)
    fetched = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    deleted = models.PositiveIntegerField(default=0)
    restored = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    # Notes beyond the first ones are only counted, so that a broken site cannot fill the disk.
    notes_dropped = models.PositiveIntegerField(default=0)
    # Products whose rollups must follow; kept here so that a killed run does not forget them.
    affected_products = models.JSONField(default=list, editable=False)

    objects = SyncRunManager()

    class Meta:
        ordering = ["-requested_at", "-id"]
        indexes = [models.Index(fields=["organization", "connection", "-requested_at"], name="run_by_connection")]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "connection"],
                condition=Q(state__in=UNFINISHED),
                name="a_connection_has_one_unfinished_run",
                violation_error_message="This connection is being synced already.",
            ),
            models.CheckConstraint(condition=Q(trigger__in=Trigger.values), name="run_trigger_is_known"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="run_mode_is_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="run_state_is_known"),
            models.CheckConstraint(condition=Q(phase__in=Phase.values), name="run_phase_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at=None)
                | (~Q(state__in=UNFINISHED) & Q(finished_at__isnull=False)),
                name="a_finished_run_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.WAITING) | Q(resume_at__isnull=False), name="a_waiting_run_says_until_when"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("requested_at")), name="a_run_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()}: {self.get_state_display()}"

    @property
    def is_finished(self) -> bool:
        return self.state not in UNFINISHED


class RunNote(TenantOwned):
    """Something that a run skipped, left out or could not do, in words."""

    class Kind(models.TextChoices):
        SKIPPED = "skipped", "Skipped"
        LEFT_OUT = "left_out", "Left out"
        FAILED = "failed", "Failed"
        WAITED = "waited", "Waited"
        NOTICED = "noticed", "Noticed"

    run = TenantForeignKey(SyncRun, DB_CASCADE, related_name="notes")
    kind = models.CharField(max_length=10, choices=Kind)
    external_id = models.CharField(max_length=64, blank=True)
    words = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["organization", "run", "at"], name="note_by_run")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["skipped", "left_out", "failed", "waited", "noticed"]), name="note_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.words


class Cursor(TenantOwned):
    """How far a stream of a connection has been read: up to `watermark` for certain; and where the unfinished pass stands."""

    class Stream(models.TextChoices):
        CHANGES = "changes", "Changes"
        CENSUS = "census", "Census"
        SPRINTS = "sprints", "Sprints"
        # Not read from the vendor: by which choices and mappings our items were last read.
        REPLAY = "replay", "Replay"
        ASSIGNMENT = "assignment", "Assignment"

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="cursors")
    stream = models.CharField(max_length=10, choices=Stream)
    # The vendor's clock at the start of the last pass that reached its end.
    watermark = models.DateTimeField(null=True, blank=True)
    # Digest of the parts that were read: another set of parts is read from the beginning.
    scope_digest = models.CharField(max_length=64, blank=True)
    # The pass under way. `run` is no reference: a cursor outlives the runs that moved it.
    run_id = models.UUIDField(null=True, blank=True)
    pass_started_at = models.DateTimeField(null=True, blank=True)
    pass_since = models.DateTimeField(null=True, blank=True)
    page_token = models.TextField(null=True, blank=True)
    after_external_id = models.CharField(max_length=64, blank=True)
    is_pass_done = models.BooleanField(default=False)
    # Ids that could not be fetched completely: the next pass asks for them again.
    pending = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "connection", "stream"], name="a_stream_has_one_cursor"),
            models.CheckConstraint(
                condition=Q(stream__in=["changes", "census", "sprints", "replay", "assignment"]),
                name="cursor_stream_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} up to {self.watermark}"


class RawObject(TenantOwned):
    """One object as the vendor sent it, as JSON text: a better mapping is replayed from here without asking again.

    Bytes and not jsonb: nothing searches inside, and text is stored and read back without being taken apart.
    """

    connection = TenantForeignKey(Connection, DB_CASCADE, related_name="raw_objects")
    stream = models.CharField(max_length=10, default="issue")
    external_id = models.CharField(max_length=64)
    payload = models.BinaryField()
    sha256 = models.BinaryField(max_length=32)
    fetched_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "connection", "stream", "external_id"], name="a_raw_object_is_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.external_id}"
