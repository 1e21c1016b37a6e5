"""Connections over the API: how they stand, what they lead to, what they did, and the work that came through them."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portolan.accounts.resources import Creates, Edits, Removes, Resource
from portolan.integrations import tasks
from portolan.integrations.domain import connections, mappings, runs
from portolan.integrations.filters import TransitionFilter, WorkItemFilter
from portolan.integrations.models import (
    Connection,
    FieldChoice,
    LevelChoice,
    ProjectMapping,
    RunNote,
    SyncRun,
    Transition,
    WorkItem,
)
from portolan.integrations.models.choices import LEVELS
from portolan.integrations.models.connections import Status
from portolan.integrations.models.runs import Mode

READ: dict[str, str] = {"list": "connections.view", "retrieve": "connections.view"}


class ConnectionFacts(serializers.ModelSerializer[Connection]):
    is_paused = serializers.BooleanField(
        required=False, help_text="true stops the schedule, false goes on with it. Nothing else changes by PATCH."
    )

    class Meta:
        model = Connection
        fields = [
            "id", "kind", "name", "base_url", "site_name", "account_email", "account_name", "account_zone", "status",
            "broken_reason", "is_paused", "quiet_until", "quiet_reason", "last_ok_at", "created_at",
        ]  # fmt: skip
        read_only_fields = [name for name in fields if name != "is_paused"]

    def to_representation(self, row: Connection) -> dict[str, Any]:
        row.is_paused = row.status == Status.PAUSED  # type: ignore[attr-defined]
        return super().to_representation(row)


class ConnectionResource(Edits, Resource):
    """Connections to other systems. They are made in the browser, where a token is typed once; none is ever answered."""

    queryset = Connection.objects.all()
    serializer_class = ConnectionFacts
    filterset_fields: ClassVar[list[str]] = ["status", "kind"]
    may: ClassVar = {**READ, "partial_update": "connections.edit"}

    def edit(self, row: Connection, is_paused: bool | None = None) -> Connection:
        if is_paused is not None:
            (connections.pause if is_paused else connections.unpause)(row)
        return row


class MappingFacts(serializers.ModelSerializer[ProjectMapping]):
    components = serializers.ListField(
        child=serializers.CharField(max_length=255), max_length=100, required=False,
        help_text="Only items with at least one of them.",
    )  # fmt: skip

    class Meta:
        model = ProjectMapping
        fields = [
            "id", "connection", "project_external_id", "project_key", "project_name", "components", "query", "product",
            "team", "created_at",
        ]  # fmt: skip
        read_only_fields = ["created_at"]
        # The domain says what is wrong, at its field.
        validators: ClassVar[list[Any]] = []
        extra_kwargs = {"query": {"help_text": "JQL. With a project and components all must hold."}}


class KnownMapping(MappingFacts):
    class Meta(MappingFacts.Meta):
        read_only_fields = [name for name in MappingFacts.Meta.fields if name not in ("product", "team")]


class MappingResource(Creates, Edits, Removes, Resource):
    """Which part of the vendor's work belongs to which product. The next run follows a change."""

    queryset = ProjectMapping.objects.all()
    filterset_fields: ClassVar[list[str]] = ["connection", "product", "team"]
    may: ClassVar = {
        **READ,
        "create": "connections.edit",
        "partial_update": "connections.edit",
        "destroy": "connections.edit",
    }

    def get_serializer_class(self) -> type[MappingFacts]:
        return KnownMapping if self.action == "partial_update" else MappingFacts

    def add(self, connection: Connection, **given: Any) -> ProjectMapping:
        return mappings.add(connection, **given, by=self.member, at=timezone.now())

    def edit(self, row: ProjectMapping, **given: Any) -> ProjectMapping:
        return mappings.assign(row, product=given.get("product", row.product), team=given.get("team", row.team))

    def remove(self, row: ProjectMapping) -> None:
        mappings.remove(row)


class LevelChoiceFacts(serializers.ModelSerializer[LevelChoice]):
    level = serializers.ChoiceField(choices=LEVELS)

    class Meta:
        model = LevelChoice
        fields = [
            "id", "connection", "kind_external_id", "kind_name", "project_external_id", "hierarchy_level",
            "proposed_level", "level",
        ]  # fmt: skip
        read_only_fields = [name for name in fields if name != "level"]


class LevelChoiceResource(Edits, Resource):
    """Which level each of the vendor's types of issue has."""

    queryset = LevelChoice.objects.select_related("connection")
    serializer_class = LevelChoiceFacts
    filterset_fields: ClassVar[list[str]] = ["connection", "level"]
    may: ClassVar = {**READ, "partial_update": "connections.edit"}

    def edit(self, row: LevelChoice, level: str | None = None) -> LevelChoice:
        if level is None:
            return row
        return mappings.choose_level(row.connection, kind_external_id=row.kind_external_id, level=level)


class FieldChoiceFacts(serializers.ModelSerializer[FieldChoice]):
    candidates = serializers.ListField(child=serializers.DictField(child=serializers.CharField()), read_only=True)

    class Meta:
        model = FieldChoice
        fields = ["id", "connection", "logical", "project_external_id", "field_id", "reason", "candidates", "is_chosen"]
        read_only_fields = [name for name in fields if name != "field_id"]
        extra_kwargs = {"field_id": {"help_text": "The vendor's id of the field, or null for none."}}


class FieldChoiceResource(Edits, Resource):
    """Which of the vendor's fields holds points, sprint, epic link or flag, and why."""

    queryset = FieldChoice.objects.select_related("connection")
    serializer_class = FieldChoiceFacts
    filterset_fields: ClassVar[list[str]] = ["connection", "logical"]
    may: ClassVar = {**READ, "partial_update": "connections.edit"}

    def edit(self, row: FieldChoice, **given: Any) -> FieldChoice:
        if "field_id" not in given:
            return row
        return mappings.choose_field(
            row.connection, logical=row.logical, field_id=given["field_id"],
            project_external_id=row.project_external_id, by=self.member,
        )  # fmt: skip


class RunFacts(serializers.ModelSerializer[SyncRun]):
    class Meta:
        model = SyncRun
        fields = [
            "id", "connection", "mode", "trigger", "state", "phase", "message", "requested_by", "requested_at",
            "started_at", "finished_at", "resume_at", "cancel_requested_at", "expected", "listed", "fetched", "created",
            "updated", "unchanged", "moved", "deleted", "restored", "skipped", "notes_dropped",
        ]  # fmt: skip
        read_only_fields = [name for name in fields if name not in ("connection", "mode")]
        # A second unfinished run is not an error here: the first one is answered.
        validators: ClassVar[list[Any]] = []
        extra_kwargs = {"mode": {"required": False, "default": Mode.INCREMENTAL}}


class RunResource(Creates, Resource):
    """Runs of the sync. A POST asks for one and answers the one under way where there is one."""

    queryset = SyncRun.objects.all()
    serializer_class = RunFacts
    filterset_fields: ClassVar[list[str]] = ["connection", "state", "mode"]
    may: ClassVar = {
        **READ, "create": "connections.sync", "cancellation": "connections.sync", "resumption": "connections.sync",
    }  # fmt: skip

    def add(self, connection: Connection, mode: str) -> SyncRun:
        return tasks.sync_later(connection, by=self.member, at=timezone.now(), mode=mode)

    @extend_schema(request=None, responses=RunFacts)
    @action(detail=True, methods=["post"])
    def cancellation(self, request: Request, pk: str) -> Response:
        """Ends the run: at once, or after the page that is being written."""
        return Response(self.get_serializer(runs.cancel(self.get_object(), at=timezone.now())).data)

    @extend_schema(request=None, responses=RunFacts)
    @action(detail=True, methods=["post"])
    def resumption(self, request: Request, pk: str) -> Response:
        """Queues a cancelled or failed run again; it goes on where it stopped."""
        return Response(self.get_serializer(tasks.resume_later(self.get_object())).data)


class RunNoteFacts(serializers.ModelSerializer[RunNote]):
    class Meta:
        model = RunNote
        fields = ["id", "run", "kind", "external_id", "words", "at"]


class RunNoteResource(Resource):
    """What runs skipped, left out, waited for or noticed, in words."""

    queryset = RunNote.objects.all()
    serializer_class = RunNoteFacts
    filterset_fields: ClassVar[list[str]] = ["run", "kind"]
    may: ClassVar = READ


class WorkItemFacts(serializers.ModelSerializer[WorkItem]):
    class Meta:
        model = WorkItem
        fields = [
            "id", "connection", "external_id", "key", "url", "title", "product", "team", "project_key", "level",
            "kind_name", "status_name", "status_category", "parent_external_id", "parent_key", "points",
            "assignee_name", "components", "labels", "is_flagged", "due_on", "remote_created_at", "remote_updated_at",
            "started_at", "finished_at", "deleted_at",
        ]  # fmt: skip


class WorkItemResource(Resource):
    """Work items as the vendor last told them. They are changed there and nowhere else. `points` null: not estimated."""

    queryset = WorkItem.objects.all()
    serializer_class = WorkItemFacts
    filterset_class = WorkItemFilter
    may: ClassVar = {"list": "delivery.view", "retrieve": "delivery.view"}

    def filter_queryset(self, items: Any) -> Any:
        return super().filter_queryset(items) if self.action == "list" else items


class TransitionFacts(serializers.ModelSerializer[Transition]):
    class Meta:
        model = Transition
        fields = [
            "id", "item", "at", "change", "from_name", "from_category", "to_name", "to_category", "author_name",
        ]  # fmt: skip


class TransitionResource(Resource):
    """The history of work items: every change of status, points, sprint, parent, type, project or assignee."""

    queryset = Transition.objects.all()
    serializer_class = TransitionFacts
    filterset_class = TransitionFilter
    may: ClassVar = {"list": "delivery.view", "retrieve": "delivery.view"}


RESOURCES = {
    "connections": ConnectionResource,
    "mappings": MappingResource,
    "level-choices": LevelChoiceResource,
    "field-choices": FieldChoiceResource,
    "runs": RunResource,
    "run-notes": RunNoteResource,
    "work-items": WorkItemResource,
    "transitions": TransitionResource,
}
