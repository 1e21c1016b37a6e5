"""Questions to a vendor that a page cannot ask itself: a worker asks, the page looks for the answer.

No vendor is called inside a transaction, so `answer` opens its own scopes around what it reads and writes.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from portolan.accounts.models import Membership
from portolan.integrations.domain import connections, mappings, vendors
from portolan.integrations.models import Connection, Inquiry
from portolan.integrations.provider import (
    CredentialsRefused,
    Provider,
    ProviderError,
    Scope,
    Slice,
    Throttled,
    Unreadable,
)
from portolan.integrations.vault import CannotOpen
from portolan.tenancy.scope import organization_scope

SAMPLE = 3
"""Examples of each part in a preview. Of more parts than one fetch has room for, the later ones show none."""
MOST_SAMPLED = 100 // SAMPLE
LOST_AFTER = timedelta(minutes=10)

type Answer = dict[str, Any]
type Clock = Callable[[], datetime]


def ask(
    connection: Connection, *, topic: Inquiry.Topic, question: Answer | None = None, by: Membership | None, at: datetime
) -> Inquiry:
    """This function will write down a question for a worker."""
    return Inquiry.objects.create(connection=connection, topic=topic, question=question or {}, asked_by=by, asked_at=at)


def latest(connection: Connection, *, topic: Inquiry.Topic) -> Inquiry | None:
    """This function will find the newest question about a topic, answered or not."""
    return Inquiry.objects.filter(connection=connection, topic=topic).first()


def latest_answer(connection: Connection, *, topic: Inquiry.Topic, question: Answer | None = None) -> Answer | None:
    """This function will find the newest answer about a topic, to exactly that question where one is given."""
    answered = Inquiry.objects.filter(connection=connection, topic=topic, state=Inquiry.State.ANSWERED)
    if question is not None:
        answered = answered.filter(question=question)
    return answered.values_list("answer", flat=True).first()


def is_open(inquiry: Inquiry | None, *, at: datetime) -> bool:
    """This function will say whether an answer may still come: a worker that died never gives one."""
    return inquiry is not None and inquiry.state == Inquiry.State.ASKED and at - inquiry.asked_at < LOST_AFTER


def answer(inquiry_id: UUID, *, organization_id: UUID, clock: Clock) -> None:
    """This function will ask the vendor and write the answer, or a sentence that says why there is none, down."""
    with organization_scope(organization_id):
        inquiry = Inquiry.objects.select_related("connection").filter(pk=inquiry_id, state=Inquiry.State.ASKED).first()
        if inquiry is None:
            return
        connection = inquiry.connection
        if connection.quiet_until and connection.quiet_until > clock():
            words = f"{connection.name} asks us to wait until {connection.quiet_until:%H:%M:%S} UTC. Try again then."
            _close(inquiry, state=Inquiry.State.FAILED, message=words, at=clock())
            return
        try:
            access = vendors.access(connection)
        except CannotOpen as error:
            words = f"The token cannot be opened. {error} Enter it again."
            _close(inquiry, state=Inquiry.State.FAILED, message=words, at=clock())
            return
        fields, levels = mappings.field_map(connection), mappings.levels(connection)
    told: Answer = {}
    trouble: ProviderError | None = None
    keep: Callable[[], None] = _nothing
    try:
        with vendors.opened(access) as provider:
            if inquiry.topic == Inquiry.Topic.CHECK:
                told, keep = _check(connection, provider)
            elif inquiry.topic == Inquiry.Topic.PROJECT:
                told = _project(provider, inquiry.question)
            else:
                told, keep = _preview(connection, provider, inquiry.question, fields=fields, levels=levels)
    except ProviderError as error:
        trouble = error
    with organization_scope(organization_id):
        if trouble is None:
            keep()
            _close(inquiry, state=Inquiry.State.ANSWERED, answer=told, at=clock())
            return
        if isinstance(trouble, Throttled):
            until = clock() + timedelta(seconds=trouble.after)
            connections.keep_quiet(connection, until=until, reason=trouble.message)
        _close(inquiry, state=Inquiry.State.FAILED, message=trouble.message, at=clock())
        if isinstance(trouble, CredentialsRefused):
            connections.break_off(connection, reason=trouble.message)


def _nothing() -> None:
    """Nothing of this answer is kept beside it."""


def _close(inquiry: Inquiry, **facts: Any) -> None:
    at = facts.pop("at")
    Inquiry.objects.filter(pk=inquiry.pk, state=Inquiry.State.ASKED).update(answered_at=at, **facts)


def _check(connection: Connection, provider: Provider) -> tuple[Answer, Callable[[], None]]:
    found = provider.discover()
    kinds, statuses = provider.kinds(), provider.statuses()

    def keep() -> None:
        Connection.objects.filter(pk=connection.pk).update(
            account_name=found.identity.name[:200],
            account_zone=found.identity.zone[:80],
            site_name=found.site_name[:200],
        )
        mappings.keep_vocabulary(connection, kinds=kinds, statuses=statuses)
        connections.mend(connection)

    return {
        "account": found.identity.name,
        "zone": found.identity.zone,
        "site": found.site_name,
        "version": found.version,
        "server_time": found.server_time.isoformat(),
        "item_count": found.item_count,
        "projects": [
            {"id": one.external_id, "key": one.key, "name": one.name, "is_archived": one.is_archived}
            for one in found.projects
        ],
        "kinds": [
            {
                "id": one.external_id,
                "name": one.name,
                "hierarchy_level": one.hierarchy_level,
                "level": one.proposed_level,
            }
            for one in kinds
        ],
    }, keep


def _project(provider: Provider, question: Answer) -> Answer:
    part = Slice(project=question["project"])
    return {
        "components": provider.components(project_id=question["project"]),
        "item_count": provider.approximate_count(scope=Scope((part,))),
    }


def _preview(
    connection: Connection, provider: Provider, question: Answer, *, fields: Any, levels: Any
) -> tuple[Answer, Callable[[], None]]:
    """`question["parts"]`: [{"project", "components", "query"}]. How many items each brings, which fields we would read
    points and sprints from, and some items of each as we would understand them."""
    parts = [
        Slice(
            project=one.get("project") or None,
            components=tuple(one.get("components") or ()),
            query=one.get("query") or "",
        )
        for one in question["parts"]
    ]
    counts = [provider.approximate_count(scope=Scope((part,))) for part in parts]
    whole = Scope(tuple(parts))
    kinds, statuses = provider.kinds(), provider.statuses()
    projects = sorted({part.project for part in parts if part.project})
    proposal = provider.propose_fields(project_ids=projects)
    proposed = proposal.field_map()
    chosen = replace(
        proposed,
        points=fields.points or proposed.points,
        points_by_project={**proposed.points_by_project, **fields.points_by_project},
        sprint=fields.sprint or proposed.sprint,
    )
    read = provider.reader(fields=chosen, levels=levels, statuses=statuses)
    place_of: dict[str, int] = {}
    for place, part in enumerate(parts[:MOST_SAMPLED]):
        first = next(iter(provider.changed_ids(scope=Scope((part,)), since=None)), None)
        for row in list(first.rows)[:SAMPLE] if first else []:
            place_of.setdefault(row.external_id, place)
    sample: list[Answer] = []
    skipped: list[str] = []
    for body in provider.bodies(ids=list(place_of)).found:
        try:
            item = read(body).item
        except Unreadable as error:
            skipped.append(error.message)
            continue
        sample.append(
            {
                "part": place_of.get(item.external_id, 0),
                "key": item.key,
                "url": item.url,
                "title": item.title,
                "level": item.level,
                "kind": item.kind_name,
                "status": item.status_name,
                "category": item.status_category,
                "points": None if item.points is None else str(item.points),
            }
        )

    def keep() -> None:
        mappings.keep_vocabulary(connection, kinds=kinds, statuses=statuses)
        mappings.keep_proposal(connection, proposal)

    return {
        "counts": counts,
        "item_count": provider.approximate_count(scope=whole),
        "points": {
            "field_id": proposal.points.field_id,
            "reason": proposal.points.reason,
            "candidates": [vars_of(one) for one in proposal.points.candidates],
        },
        "sample": sample,
        "skipped": skipped,
    }, keep


def vars_of(candidate: Any) -> Answer:
    """This function will spell out a candidate field."""
    return {"field_id": candidate.field_id, "name": candidate.name, "why": candidate.why}
