"""Rollups in SQL against the same sums done slowly, item by item, in Python."""

import random
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection as database

from portolan.insights.domain import periods
from portolan.insights.domain.durations import Histogram
from portolan.integrations.domain import connections, mappings, rollups
from portolan.integrations.models import ItemProgress, ProductWork, Transition, WeeklyFlow, WorkItem
from portolan.portfolio.models import Team
from portolan.tenancy.models import new_id
from tests.cast import make_product

NEW_YORK = ZoneInfo("America/New_York")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def house(acme):
    """Acme in New York with a connection that leads to two products."""
    acme.organization.time_zone = str(NEW_YORK)
    acme.organization.save()
    connection = connections.connect(
        name="Jira", base_url="https://a.example", account_email="a@b.example", token="t", by=acme.ada, at=BEGIN
    )
    products = [make_product("Chart"), make_product("Compass")]
    for number, product in enumerate(products):
        mappings.add(connection, product=product, project_external_id=str(number), by=acme.ada, at=BEGIN)
    return connection, products


def item(connection, number, **facts):
    created = facts.pop("remote_created_at", BEGIN)
    usual = {
        "external_id": str(number),
        "key": f"P-{number}",
        "url": "",
        "title": "",
        "project_external_id": "0",
        "project_key": "P",
        "level": "story",
        "kind_external_id": "1",
        "kind_name": "Story",
        "status_external_id": "1",
        "status_name": "",
        "status_category": "new",
        "remote_created_at": created,
        "remote_updated_at": created,
        "entered_at": created,
    }
    return WorkItem(id=new_id(), connection=connection, **{**usual, **facts})


def day(moment):
    return moment.astimezone(NEW_YORK).date() if moment else None


def random_items(connection, products, teams, dice, count=300):
    for number in range(count):
        created = BEGIN + timedelta(minutes=dice.randrange(60 * 24 * 200))
        started = created + timedelta(hours=dice.randrange(-20, 500)) if dice.random() < 0.7 else None
        finished = (started or created) + timedelta(hours=dice.randrange(-30, 900)) if dice.random() < 0.6 else None
        at = dice.randrange(2)
        yield item(
            connection,
            number,
            product=products[at] if dice.random() < 0.95 else None,
            project_external_id=str(at),
            team=dice.choice(teams),
            level=dice.choice(["story", "story", "task", "bug", "feature", "initiative"]),
            hierarchy_level=dice.choice([0, 0, 0, 0, -1]),
            points=dice.choice([None, 0, 0.5, 3, 8]),
            remote_created_at=created,
            started_at=started,
            finished_at=finished,
            status_category="done" if finished else "indeterminate" if started else "new",
            active_seconds=dice.choice([None, 0, 3600]) if started and finished and finished >= started else None,
            deleted_at=created + timedelta(days=100) if dice.random() < 0.1 else None,
        )


def expected(items, zone_day=day):
    """The definitions once more, in words of one item at a time."""
    weeks = defaultdict(Counter)
    histograms = defaultdict(lambda: defaultdict(Counter))
    counted = [one for one in items if one.level in ("story", "task", "bug") and one.hierarchy_level >= 0]
    live = [one for one in counted if one.deleted_at is None]

    def week(moment):
        return periods.week_of(moment if isinstance(moment, date) and not isinstance(moment, datetime) else day(moment))

    for one in counted:
        weeks[week(one.entered_at)]["scope_added"] += 1
        if one.deleted_at and not one.finished_at:
            weeks[week(one.deleted_at)]["scope_removed"] += 1
    for one in live:
        created, started, finished = day(one.remote_created_at), day(one.started_at), day(one.finished_at)
        begun = min(filter(None, (started, finished)), default=None)
        weeks[week(created)] += Counter(created=1, bugs_created=one.level == "bug")
        weeks[week(min(filter(None, (created, begun))))] += Counter()
        if begun:
            weeks[week(begun)]["started"] += 1
        if finished:
            cycle = (finished - started).days + 1 if started else None
            lead = (finished - created).days + 1
            weeks[week(finished)] += Counter(
                finished=1,
                points_finished=one.points or 0,
                stories_finished=one.level == "story",
                bugs_finished=one.level == "bug",
                date_errors=min(filter(lambda days: days is not None, (cycle, lead))) < 1,
                active_seconds=one.active_seconds or 0,
                elapsed_seconds=int((one.finished_at - one.started_at).total_seconds())
                if one.active_seconds is not None
                else 0,
            )
            if cycle and cycle >= 1:
                histograms[week(finished)]["cycle"][cycle] += 1
            if lead >= 1:
                histograms[week(finished)]["lead"][lead] += 1
    for monday, row in weeks.items():
        for one in live:
            created, started, finished = day(one.remote_created_at), day(one.started_at), day(one.finished_at)
            begun = min(filter(None, (started, finished)), default=None)
            born = min(filter(None, (created, begun)))
            is_over = finished is not None and week(finished) <= monday
            if week(born) <= monday and not is_over:
                row += Counter(open=1, unestimated=one.points is None)
            if begun and week(begun) <= monday and not is_over:
                row["wip"] += 1
                histograms[monday]["age"][(monday - begun).days + 7] += 1
    return weeks, histograms


COUNTS = [
    "created",
    "started",
    "finished",
    "points_finished",
    "stories_finished",
    "bugs_finished",
    "bugs_created",
    "scope_added",
    "scope_removed",
    "date_errors",
    "active_seconds",
    "elapsed_seconds",
    "wip",
    "open",
    "unestimated",
]


@pytest.mark.parametrize("seed", range(3))
def test_every_column_of_every_week_is_what_one_would_count_by_hand(house, seed):
    connection, products = house
    teams = [None, Team.objects.create(name="Sails"), Team.objects.create(name="Ropes")]
    items = list(random_items(connection, products, teams, random.Random(seed)))
    WorkItem.objects.bulk_create(items)
    rollups.refresh(product_ids=[product.pk for product in products])
    seen = 0
    for product in products:
        for team in teams:
            mine = [one for one in items if one.product_id == product.pk and one.team_id == (team and team.pk)]
            weeks, histograms = expected(mine)
            rows = list(WeeklyFlow.objects.filter(product=product, team=team))
            assert {row.week for row in rows} == set(weeks)
            totals = Counter()
            for row in sorted(rows, key=lambda row: row.week):
                assert {name: float(getattr(row, name)) for name in COUNTS} == {
                    name: float(weeks[row.week][name]) for name in COUNTS
                }
                for kind in ("cycle", "lead", "age"):
                    stored = Histogram.from_arrays(getattr(row, f"{kind}_days"), getattr(row, f"{kind}_counts"))
                    assert stored == Histogram.of(histograms[row.week][kind].elements()), (row.week, kind)
                totals += Counter({name: getattr(row, name) for name in ("created", "started", "finished")})
                assert (row.created_total, row.started_total, row.finished_total) == tuple(
                    totals[name] for name in ("created", "started", "finished")
                )
                seen += 1
    assert seen > 100


def test_a_refresh_that_finds_nothing_new_writes_nothing(house):
    connection, products = house
    WorkItem.objects.bulk_create(random_items(connection, products, [None], random.Random(1)))
    wanted = [product.pk for product in products]
    rollups.refresh(product_ids=wanted)
    before = places()
    assert all(before)
    rollups.refresh(product_ids=wanted)
    assert places() == before


def places():
    with database.cursor() as cursor:
        found = []
        for table in ("weeklyflow", "itemprogress", "productwork"):
            cursor.execute(f"SELECT ctid::text, xmin::text, id FROM integrations_{table} ORDER BY id")
            found.append(cursor.fetchall())
    return found


def test_only_the_given_products_are_touched(house):
    connection, products = house
    WorkItem.objects.bulk_create(random_items(connection, products, [None], random.Random(1)))
    rollups.refresh(product_ids=[products[0].pk])
    assert set(WeeklyFlow.objects.values_list("product_id", flat=True)) == {products[0].pk}


def test_a_week_ends_at_midnight_of_the_organization(house):
    connection, (chart, _) = house
    # 03:00 UTC on Monday is still Sunday evening in New York.
    monday = datetime(2026, 6, 8, 3, 0, tzinfo=UTC)
    item(connection, 1, product=chart, remote_created_at=monday).save()
    item(connection, 2, product=chart, remote_created_at=monday + timedelta(hours=2)).save()
    rollups.refresh(product_ids=[chart.pk])
    assert list(WeeklyFlow.objects.values_list("week", "created")) == [(date(2026, 6, 1), 1), (date(2026, 6, 8), 1)]


def test_what_left_unfinished_for_another_product_is_removed_scope_of_the_first(house):
    connection, (chart, compass) = house
    left = BEGIN + timedelta(days=30)
    moved = item(connection, 1, product=compass, project_external_id="1", entered_at=left)
    moved.save()
    Transition.objects.create(item=moved, history_id="1", ordinal=0, at=left, change="project", from_id="0", to_id="1")
    rollups.refresh(product_ids=[chart.pk, compass.pk])
    gone, come = WeeklyFlow.objects.get(product=chart), WeeklyFlow.objects.get(product=compass, scope_added=1)
    assert (gone.week, gone.scope_removed, gone.created) == (periods.week_of(day(left)), 1, 0)
    assert come.week == gone.week


def test_progress_counts_leaves_over_products_and_survives_a_circle(house):
    connection, (chart, compass) = house
    WorkItem.objects.bulk_create(
        [
            item(connection, 1, product=chart, level="initiative", hierarchy_level=2),
            item(connection, 2, product=chart, level="feature", hierarchy_level=1, parent_external_id="1"),
            item(connection, 3, product=compass, level="feature", hierarchy_level=1, parent_external_id="1"),
            item(connection, 4, product=chart, parent_external_id="2", points=5, status_category="done"),
            item(connection, 5, product=chart, parent_external_id="2", status_category="indeterminate"),
            item(connection, 6, product=chart, hierarchy_level=-1, parent_external_id="5"),
            item(connection, 7, product=chart, parent_external_id="2", points=3, deleted_at=BEGIN),
            item(connection, 8, product=chart, level="feature", hierarchy_level=1, parent_external_id="9"),
            item(connection, 9, product=chart, level="feature", hierarchy_level=1, parent_external_id="8"),
        ]
    )
    rollups.refresh(product_ids=[compass.pk])  # the initiative above lies in the other product and follows
    told = {
        row.item.external_id: (
            row.children,
            row.items,
            row.items_done,
            row.items_in_progress,
            row.points,
            row.unestimated,
        )
        for row in ItemProgress.objects.select_related("item")
    }
    assert told["1"] == (2, 3, 1, 1, 5, 2)  # 4, 5, and the feature 3 that nobody has broken down
    assert told["2"] == (2, 2, 1, 1, 5, 1)
    assert told["3"] == (0, 0, 0, 0, 0, 0)
    assert set(told) == {"1", "2", "3", "8", "9"}
    whole = ProductWork.objects.get(product=chart)
    assert (whole.initiatives, whole.features, whole.items, whole.items_done, whole.unestimated) == (1, 3, 2, 1, 1)
    assert whole.stale(as_of=date(2026, 1, 20), after_days=14) == 1
    assert whole.stale(as_of=date(2026, 1, 10), after_days=14) == 0
