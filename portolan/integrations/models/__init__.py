"""What we keep about other systems: connections, choices, runs, and the work itself."""

from portolan.integrations.models.choices import FieldChoice, LevelChoice, ProjectMapping, QueryMatch, RemoteStatusRow
from portolan.integrations.models.connections import Connection, Credential, Inquiry
from portolan.integrations.models.flow import ItemProgress, ProductWork, WeeklyFlow
from portolan.integrations.models.runs import Cursor, RawObject, RunNote, SyncRun
from portolan.integrations.models.work import ItemSprint, Sprint, SprintBoard, Transition, WorkItem, WorkItemAlias

__all__ = [
    "Connection",
    "Credential",
    "Cursor",
    "FieldChoice",
    "Inquiry",
    "ItemProgress",
    "ItemSprint",
    "LevelChoice",
    "ProductWork",
    "ProjectMapping",
    "QueryMatch",
    "RawObject",
    "RemoteStatusRow",
    "RunNote",
    "Sprint",
    "SprintBoard",
    "SyncRun",
    "Transition",
    "WeeklyFlow",
    "WorkItem",
    "WorkItemAlias",
]
