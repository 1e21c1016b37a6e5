"""What there is to choose from on the page of mappings, and what is chosen."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from portolan.accounts.models import Membership
from portolan.integrations.domain import inquiries, mappings
from portolan.integrations.models import Connection, FieldChoice, Inquiry, LevelChoice, ProjectMapping
from portolan.portfolio.models import Product, Team


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project of the vendor, and where the whole of it leads."""

    external_id: str
    key: str
    name: str
    is_archived: bool = False
    is_visible: bool = True
    """False: it is mapped, and the last test of the connection did not see it."""
    mapping: ProjectMapping | None = None

    @property
    def product_id(self) -> UUID | None:
        return self.mapping.product_id if self.mapping else None

    @property
    def team_id(self) -> UUID | None:
        return self.mapping.team_id if self.mapping else None

    @property
    def anchor(self) -> str:
        """A name for the row on the page."""
        return f"project-{self.external_id}"


@dataclass(frozen=True, slots=True)
class PartRow:
    """A mapped part that is not simply a project."""

    mapping: ProjectMapping

    @property
    def product_id(self) -> UUID | None:
        return self.mapping.product_id

    @property
    def team_id(self) -> UUID | None:
        return self.mapping.team_id

    @property
    def anchor(self) -> str:
        """A name for the row on the page."""
        return f"part-{self.mapping.pk}"

    @property
    def question(self) -> dict[str, Any]:
        """The part in the words of an inquiry."""
        return {
            "mapping": str(self.mapping.pk),
            "project": self.mapping.project_external_id,
            "components": self.mapping.components,
            "query": self.mapping.query,
        }


def projects(connection: Connection) -> dict[str, ProjectRow]:
    """This function will list the projects that the last test of the connection saw, and those that are mapped all the
    same, by id in the order of their keys."""
    told = inquiries.latest_answer(connection, topic=Inquiry.Topic.CHECK) or {}
    whole = {held.project_external_id: held for held in _held(connection) if not (held.components or held.query)}
    seen = {
        one["id"]: ProjectRow(
            one["id"], one["key"], one["name"], is_archived=one["is_archived"], mapping=whole.get(one["id"])
        )
        for one in told.get("projects", [])
    }
    gone = [
        ProjectRow(name, held.project_key, held.project_name, is_visible=not told, mapping=held)
        for name, held in whole.items()
        if name not in seen
    ]
    return {row.external_id: row for row in sorted([*seen.values(), *gone], key=lambda row: row.key)}


def special_parts(connection: Connection) -> list[PartRow]:
    """This function will list the mapped parts that are not simply a project."""
    return [PartRow(held) for held in _held(connection) if held.components or held.query]


def parts(connection: Connection) -> list[PartRow]:
    """This function will list everything that is mapped, in the order in which it was."""
    return [PartRow(held) for held in _held(connection)]


def _held(connection: Connection) -> Iterable[ProjectMapping]:
    return ProjectMapping.objects.filter(connection=connection).select_related("product", "team")


@transaction.atomic
def lead(
    connection: Connection,
    row: ProjectRow,
    *,
    product: Product | None,
    team: Team | None,
    by: Membership | None,
    at: datetime,
) -> str:
    """This function will lead a whole project to a product and a team, or to none, and say so."""
    if product is None:
        if row.mapping is not None:
            mappings.remove(row.mapping)
        return f"{row.key} is not synced."
    if row.mapping is not None:
        mappings.assign(row.mapping, product=product, team=team)
    else:
        mappings.add(
            connection,
            product=product,
            team=team,
            project_external_id=row.external_id,
            project_key=row.key,
            project_name=row.name[:200],
            by=by,
            at=at,
        )
    return f"{row.key} belongs to {product.name}."


def kinds(connection: Connection) -> list[LevelChoice]:
    """This function will list the types of issue that mapped projects may hold."""
    mapped = {held.project_external_id for held in _held(connection)}
    rows = LevelChoice.objects.filter(connection=connection)
    return [kind for kind in rows if not kind.project_external_id or kind.project_external_id in mapped]


def points(connection: Connection, known: dict[str, ProjectRow]) -> list[tuple[FieldChoice, str]]:
    """This function will list the choices of the story-point field with where each holds: everywhere, then by project."""
    rows = FieldChoice.objects.filter(connection=connection, logical=FieldChoice.Logical.POINTS)
    return [
        (row, _where(row.project_external_id, known))
        for row in rows.order_by("project_external_id")
        if not row.project_external_id or row.project_external_id in known
    ]


def _where(project: str, known: dict[str, ProjectRow]) -> str:
    return f"{known[project].key} · {known[project].name}" if project else "Every project"


@dataclass(frozen=True, slots=True)
class Previewed:
    """One mapped part with what it would bring."""

    part: ProjectMapping
    count: int | None
    """None: it was mapped after the preview was asked for."""
    examples: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Preview:
    parts: list[Previewed]
    unmapped: int | None
    """Visible items that no part names, as far as the vendor's counts tell; None while they are not known."""
    unmapped_projects: list[ProjectRow]
    item_count: int
    is_outdated: bool
    skipped: list[str]


def previewed(connection: Connection, inquiry: Inquiry | None, mapped: list[PartRow]) -> Preview | None:
    """This function will lay the vendor's answer beside what is mapped now. None: there is no answer."""
    if inquiry is None or inquiry.state != Inquiry.State.ANSWERED:
        return None
    told = inquiry.answer
    asked = inquiry.question.get("parts", [])
    places = {one.get("mapping"): place for place, one in enumerate(asked)}
    shown = []
    for row in mapped:
        place = places.get(str(row.mapping.pk))
        examples = [one for one in told["sample"] if one.get("part") == place] if place is not None else []
        shown.append(Previewed(row.mapping, told["counts"][place] if place is not None else None, examples))
    check = inquiries.latest_answer(connection, topic=Inquiry.Topic.CHECK)
    named = {row.mapping.project_external_id for row in mapped}
    return Preview(
        parts=shown,
        unmapped=max(check["item_count"] - told["item_count"], 0) if check else None,
        unmapped_projects=[row for row in projects(connection).values() if row.external_id not in named],
        item_count=told["item_count"],
        is_outdated=[row.question for row in mapped] != asked,
        skipped=told.get("skipped", []),
    )
