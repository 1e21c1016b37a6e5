"""Small builders of rollup rows, for tests of pages that read nothing else."""

from datetime import date, datetime, timedelta

from portolan.accounts.models import Membership
from portolan.insights.domain import periods
from portolan.integrations.models import Connection, ProductWork, ProjectMapping, SyncRun, WeeklyFlow, WorkItem
from portolan.portfolio.models import Product


def connect(product: Product, *, at: datetime, by: Membership, name: str = "Acme Jira") -> Connection:
    """A connection that feeds the product and was read completely at a moment."""
    connection, _ = Connection.objects.get_or_create(
        name=name,
        defaults={
            "base_url": "https://acme.example",
            "account_email": "bot@example.com",
            "created_by": by,
            "created_at": at,
        },
    )
    ProjectMapping.objects.create(
        connection=connection, product=product, project_external_id=str(product.id), project_key="AC", created_at=at
    )
    ran(connection, at=at)
    return connection


def ran(connection: Connection, *, at: datetime, state: str = "succeeded", message: str = "") -> SyncRun:
    """A run that ended in a state."""
    return SyncRun.objects.create(
        connection=connection,
        trigger="schedule",
        state=state,
        requested_at=at,
        started_at=at,
        finished_at=at,
        message=message,
    )


def worked(product: Product, *, until: date, finished: list[int], cycle: int = 4, **work: object) -> ProductWork:
    """Closed weeks before the week of `until`, oldest first, in each of which so many items were finished; and the
    product's work, by default as much open as finished."""
    total = 0
    for week, count in zip(periods.closed_weeks(len(finished), as_of=until), finished, strict=True):
        total += count
        WeeklyFlow.objects.create(
            product=product,
            week=week,
            created=count * 2,
            started=count,
            finished=count,
            stories_finished=count,
            cycle_days=[cycle] if count else [],
            cycle_counts=[count] if count else [],
            finished_total=total,
            started_total=total,
            created_total=total * 2,
        )
    facts: dict[str, object] = {
        "items": total * 2,
        "items_done": total,
        "items_in_progress": 1,
        "in_progress_since": [until - timedelta(days=2)],
        "in_progress_counts": [1],
    }
    return ProductWork.objects.create(product=product, **facts | work)


def item(connection: Connection, product: Product, key: str, *, level: str = "story", **facts: object) -> WorkItem:
    """A work item as a sync would have left it: open, without points, at the top."""
    at = connection.created_at
    shown: dict[str, object] = {
        "url": f"https://acme.example/browse/{key}",
        "title": f"{level.capitalize()} {key}",
        "project_external_id": "1",
        "project_key": "AC",
        "kind_external_id": level,
        "kind_name": level.capitalize(),
        "status_external_id": "1",
        "status_name": "To do",
        "status_category": "new",
        "remote_created_at": at,
        "remote_updated_at": at,
        "entered_at": at,
    }
    return WorkItem.objects.create(
        connection=connection, product=product, external_id=key, key=key, level=level, **shown | facts
    )
