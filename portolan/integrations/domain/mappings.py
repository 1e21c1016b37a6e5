"""Which part of the vendor's work belongs to which product, and what its fields and types mean to us."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import transaction

from portolan.accounts.models import Membership
from portolan.integrations.jira import jql
from portolan.integrations.models import Connection, FieldChoice, LevelChoice, ProjectMapping, RemoteStatusRow
from portolan.integrations.provider import FieldChoice as Proposed
from portolan.integrations.provider import (
    FieldMap,
    FieldProposal,
    Level,
    ProviderError,
    RemoteKind,
    RemoteStatus,
    Scope,
    Slice,
    StatusCategory,
)
from portolan.portfolio.models import Product, Team

# Parts of the vendor's work -------------------------------------------------------------------------------------------


@transaction.atomic
def add(
    connection: Connection,
    *,
    product: Product,
    team: Team | None = None,
    project_external_id: str = "",
    project_key: str = "",
    project_name: str = "",
    components: Sequence[str] = (),
    query: str = "",
    by: Membership | None,
    at: datetime,
) -> ProjectMapping:
    """This function will map a part of the vendor's work to a product. The next run reads it from its beginning.

    Raises ValidationError naming the fields that cannot be used.
    """
    mapping = ProjectMapping(
        connection=connection,
        project_external_id=project_external_id,
        project_key=project_key,
        project_name=project_name,
        components=sorted(set(components)),
        query=query.strip(),
        product=product,
        team=team,
        created_by=by,
        created_at=at,
    )
    _validate(mapping)
    mapping.save(force_insert=True)
    return mapping


@transaction.atomic
def assign(mapping: ProjectMapping, *, product: Product, team: Team | None = None) -> ProjectMapping:
    """This function will lead a mapped part to another product or team."""
    mapping.product, mapping.team = product, team
    mapping.save(update_fields=["product", "team"])
    return mapping


def remove(mapping: ProjectMapping) -> None:
    """This function will unmap a part; its items stay. The next run takes them out of the product, unless another
    mapping leads there."""
    mapping.delete()


def _validate(mapping: ProjectMapping) -> None:
    mapping.full_clean(exclude=["created_by"])
    try:
        jql.of(Scope((part(mapping),)))
    except ProviderError as error:
        raise ValidationError({"query": error.message}) from error


def part(mapping: ProjectMapping) -> Slice:
    """This function will say in the seam's words which part a mapping names."""
    return Slice(project=mapping.project_external_id or None, components=tuple(mapping.components), query=mapping.query)


def scope(mappings: Iterable[ProjectMapping]) -> Scope:
    """This function will unite the parts of several mappings."""
    return Scope(tuple(dict.fromkeys(part(mapping) for mapping in mappings)))


def digest(mappings: Iterable[ProjectMapping]) -> str:
    """This function will name a set of parts, so that a changed one is noticed. Their products do not matter to it."""
    return name_of(sorted([mapping.project_external_id, *mapping.components, mapping.query] for mapping in mappings))


# What fields and types mean -------------------------------------------------------------------------------------------


@transaction.atomic
def choose_field(
    connection: Connection, *, logical: str, field_id: str | None, project_external_id: str = "", by: Membership | None
) -> FieldChoice:
    """This function will decide which field holds points (or sprint, epic link, flag); None: no field does."""
    choice, _ = FieldChoice.objects.update_or_create(
        connection=connection,
        logical=logical,
        project_external_id=project_external_id,
        defaults={"field_id": field_id or None, "reason": "Chosen by hand.", "is_chosen": True, "chosen_by": by},
    )
    return choice


@transaction.atomic
def choose_level(connection: Connection, *, kind_external_id: str, level: Level | str) -> LevelChoice:
    """This function will decide which level a type of issue has."""
    choice = LevelChoice.objects.get(connection=connection, kind_external_id=kind_external_id)
    choice.level = Level(level)
    choice.save(update_fields=["level"])
    return choice


@transaction.atomic
def keep_vocabulary(connection: Connection, *, kinds: Iterable[RemoteKind], statuses: Iterable[RemoteStatus]) -> None:
    """This function will bring our copy of the vendor's types and statuses in line, leaving chosen levels alone."""
    known = {row.kind_external_id: row for row in LevelChoice.objects.filter(connection=connection)}
    for kind in kinds:
        facts = {
            "kind_name": kind.name[:200],
            "hierarchy_level": kind.hierarchy_level,
            "project_external_id": kind.project_id or "",
            "proposed_level": kind.proposed_level,
        }
        row = known.get(kind.external_id)
        if row is None:
            LevelChoice.objects.create(
                connection=connection, kind_external_id=kind.external_id, level=kind.proposed_level, **facts
            )
        elif any(getattr(row, name) != value for name, value in facts.items()):
            # A level that still is our old proposal follows the new one; another was chosen by a person.
            if row.level == row.proposed_level:
                facts["level"] = kind.proposed_level
            LevelChoice.objects.filter(pk=row.pk, level=row.level).update(**facts)
    held = {row.external_id: row for row in RemoteStatusRow.objects.filter(connection=connection)}
    for status in statuses:
        facts = {
            "name": status.name[:200],
            "category": status.category,
            "project_external_id": status.project_id or "",
        }
        found = held.get(status.external_id)
        if found is None or any(getattr(found, name) != value for name, value in facts.items()):
            RemoteStatusRow.objects.update_or_create(
                connection=connection, external_id=status.external_id, defaults=facts
            )


@transaction.atomic
def keep_proposal(connection: Connection, proposal: FieldProposal) -> None:
    """This function will write down which fields we propose, wherever no person has decided."""
    Logical = FieldChoice.Logical
    proposed = {
        (Logical.POINTS.value, ""): proposal.points,
        (Logical.SPRINT.value, ""): proposal.sprint,
        (Logical.EPIC_LINK.value, ""): proposal.epic_link,
        (Logical.FLAG.value, ""): proposal.flag,
        **{(Logical.POINTS.value, project): choice for project, choice in proposal.points_by_project.items()},
    }
    held = {(row.logical, row.project_external_id): row for row in FieldChoice.objects.filter(connection=connection)}
    for (logical, project), choice in proposed.items():
        row = held.get((logical, project))
        if row is None:
            FieldChoice.objects.create(
                connection=connection, logical=logical, project_external_id=project, **_facts(choice)
            )
        elif row.is_chosen:
            FieldChoice.objects.filter(pk=row.pk).exclude(candidates=_candidates(choice)).update(
                candidates=_candidates(choice)
            )
        elif any(getattr(row, name) != value for name, value in _facts(choice).items()):
            # A person may have chosen since the row was read.
            FieldChoice.objects.filter(pk=row.pk, is_chosen=False).update(**_facts(choice))


def _facts(choice: Proposed) -> dict[str, object]:
    return {"field_id": choice.field_id, "reason": choice.reason[:300], "candidates": _candidates(choice)}


def _candidates(choice: Proposed) -> list[dict[str, str]]:
    return [{"field_id": one.field_id, "name": one.name, "why": one.why} for one in choice.candidates]


# As the reader needs them ---------------------------------------------------------------------------------------------


def field_map(connection: Connection) -> FieldMap:
    """This function will gather the field choices of a connection."""
    rows = list(FieldChoice.objects.filter(connection=connection))
    shared = {row.logical: row.field_id for row in rows if not row.project_external_id}
    own = {row.project_external_id: row.field_id for row in rows if row.project_external_id and row.logical == "points"}
    return FieldMap(
        points=shared.get("points"),
        points_by_project=own,
        sprint=shared.get("sprint"),
        epic_link=shared.get("epic_link"),
        flag=shared.get("flag"),
    )


def levels(connection: Connection) -> dict[str, Level]:
    """This function will gather the level of every type of issue."""
    rows = LevelChoice.objects.filter(connection=connection).values_list("kind_external_id", "level")
    return {kind: Level(level) for kind, level in rows}


def statuses(connection: Connection) -> list[RemoteStatus]:
    """This function will gather the vendor's statuses as we last saw them."""
    return [
        RemoteStatus(row.external_id, row.name, StatusCategory(row.category), row.project_external_id or None)
        for row in RemoteStatusRow.objects.filter(connection=connection)
    ]


def choices_digest(fields: FieldMap, kinds: dict[str, Level], known: Sequence[RemoteStatus]) -> str:
    """This function will name a set of choices: items that were read under another set are read again."""
    return name_of(
        [
            [fields.points, sorted(fields.points_by_project.items()), fields.sprint, fields.epic_link, fields.flag],
            sorted(kinds.items()),
            sorted([status.external_id, status.category] for status in known),
        ]
    )


def name_of(value: object) -> str:
    """This function will digest plain values, so that a change of any of them is noticed."""
    return hashlib.sha256(orjson.dumps(value)).hexdigest()


def product_ids(connection: Connection) -> frozenset[UUID]:
    """This function will name the products to which a connection leads."""
    return frozenset(ProjectMapping.objects.filter(connection=connection).values_list("product_id", flat=True))
