"""Weekly flow and tallies, recomputed for some products by a few set-based statements.

Rows are compared before they are written: a refresh that finds nothing new writes nothing. Days are the organization's.
"""

from collections.abc import Iterable
from contextlib import closing
from typing import Any
from uuid import UUID

from django.db import connection as database
from django.db import transaction

from portolan.accounts.models import Organization
from portolan.integrations.domain import tallies
from portolan.integrations.models import ProductWork, WeeklyFlow
from portolan.tenancy import scope


def products() -> list[UUID]:
    """This function will name the products of the current organization that have rollups."""
    return sorted(
        {
            *WeeklyFlow.objects.order_by().values_list("product_id", flat=True).distinct(),
            *ProductWork.objects.order_by().values_list("product_id", flat=True),
        }
    )


@transaction.atomic
def refresh(*, product_ids: Iterable[UUID]) -> None:
    """This function will bring the rollups of the given products in line with their items."""
    wanted = sorted(tallies.with_ancestors(frozenset(product_ids)))
    if not wanted:
        return
    organization = scope.current_organization_id()
    zone = Organization.objects.values_list("time_zone", flat=True).get(pk=organization)
    values: dict[str, Any] = {"organization": organization, "products": wanted, "zone": zone}
    with closing(database.cursor()) as cursor:
        # In one order: two connections may lead to the same products, and must not wait for each other in a circle.
        cursor.execute(_LOCK, values)
        cursor.execute(_WEEKLY_FLOW, values)
        tallies.refresh(cursor, values)


_LOCK = """
    SELECT id FROM portfolio_product WHERE organization_id = %(organization)s AND id = ANY(%(products)s)
     ORDER BY id FOR NO KEY UPDATE
"""

# One event row per thing that happened, summed by week; the states at the end of a week are running sums of the same
# events. `born` is the day an item is known to have been open, at the latest when it started or finished: history that
# contradicts itself is counted in date_errors and must not make a state negative.
_WEEKLY_FLOW = """
WITH item AS MATERIALIZED (
    SELECT id, product_id, team_id, level, points, deleted_at IS NULL AS is_live, finished_at IS NOT NULL AS is_finished,
           (remote_created_at AT TIME ZONE %(zone)s)::date AS created_on,
           (started_at AT TIME ZONE %(zone)s)::date AS started_on,
           (finished_at AT TIME ZONE %(zone)s)::date AS finished_on,
           (entered_at AT TIME ZONE %(zone)s)::date AS entered_on,
           (deleted_at AT TIME ZONE %(zone)s)::date AS deleted_on,
           active_seconds, extract(epoch FROM finished_at - started_at)::bigint AS elapsed_seconds
      FROM integrations_workitem
     WHERE organization_id = %(organization)s AND product_id = ANY(%(products)s)
       AND level IN ('story', 'task', 'bug') AND hierarchy_level >= 0),
live AS MATERIALIZED (
    SELECT *, least(started_on, finished_on) AS begun_on, least(created_on, started_on, finished_on) AS born_on,
           finished_on - started_on + 1 AS cycle, finished_on - created_on + 1 AS lead
      FROM item WHERE is_live),
event AS (
    SELECT product_id, team_id, date_trunc('week', born_on)::date AS week,
           0 AS created, 0 AS started, 0 AS finished, 0::numeric AS points_finished, 0 AS stories_finished,
           0 AS bugs_finished, 0 AS bugs_created, 0 AS scope_added, 0 AS scope_removed, 0 AS date_errors,
           0::bigint AS active_seconds, 0::bigint AS elapsed_seconds,
           1 AS opened, (points IS NULL)::int AS opened_unestimated, 0 AS closed_unestimated
      FROM live
    UNION ALL
    SELECT product_id, team_id, date_trunc('week', created_on)::date, 1, 0, 0, 0, 0, 0, (level = 'bug')::int,
           0, 0, 0, 0, 0, 0, 0, 0 FROM live
    UNION ALL
    SELECT product_id, team_id, date_trunc('week', begun_on)::date, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
      FROM live WHERE begun_on IS NOT NULL
    UNION ALL
    SELECT product_id, team_id, date_trunc('week', finished_on)::date, 0, 0, 1, coalesce(points, 0),
           (level = 'story')::int, (level = 'bug')::int, 0, 0, 0, (least(cycle, lead) < 1)::int,
           coalesce(active_seconds, 0), CASE WHEN active_seconds IS NULL THEN 0 ELSE elapsed_seconds END,
           0, 0, (points IS NULL)::int FROM live WHERE is_finished
    UNION ALL
    SELECT product_id, team_id, date_trunc('week', entered_on)::date, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0
      FROM item
    UNION ALL
    SELECT product_id, team_id, date_trunc('week', deleted_on)::date, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
      FROM item WHERE NOT is_live AND NOT is_finished
    UNION ALL
    -- What left for a project that belongs to another product, unfinished.
    SELECT m.product_id, m.team_id, date_trunc('week', t.at AT TIME ZONE %(zone)s)::date,
           0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
      FROM integrations_projectmapping m
      JOIN integrations_transition t ON t.organization_id = m.organization_id AND t.change = 'project'
       AND t.from_id = m.project_external_id
      JOIN integrations_workitem w ON w.organization_id = t.organization_id AND w.id = t.item_id
       AND w.connection_id = m.connection_id AND w.product_id IS DISTINCT FROM m.product_id
       AND (w.finished_at IS NULL OR w.finished_at > t.at)
       AND w.level IN ('story', 'task', 'bug') AND w.hierarchy_level >= 0
     WHERE m.organization_id = %(organization)s AND m.product_id = ANY(%(products)s)
       AND m.components = '{}' AND m.query = ''),
week AS MATERIALIZED (
    SELECT product_id, team_id, week, sum(created) AS created, sum(started) AS started, sum(finished) AS finished,
           sum(points_finished) AS points_finished, sum(stories_finished) AS stories_finished,
           sum(bugs_finished) AS bugs_finished, sum(bugs_created) AS bugs_created, sum(scope_added) AS scope_added,
           sum(scope_removed) AS scope_removed, sum(date_errors) AS date_errors,
           sum(active_seconds) AS active_seconds, sum(elapsed_seconds) AS elapsed_seconds,
           sum(opened) AS opened, sum(opened_unestimated) AS opened_unestimated,
           sum(closed_unestimated) AS closed_unestimated
      FROM event GROUP BY product_id, team_id, week),
cycle AS (
    SELECT product_id, team_id, week, array_agg(days ORDER BY days) AS days, array_agg(n ORDER BY days) AS counts
      FROM (SELECT product_id, team_id, date_trunc('week', finished_on)::date AS week, cycle AS days, count(*)::int AS n
              FROM live WHERE cycle >= 1 GROUP BY 1, 2, 3, 4) AS counted GROUP BY 1, 2, 3),
lead AS (
    SELECT product_id, team_id, week, array_agg(days ORDER BY days) AS days, array_agg(n ORDER BY days) AS counts
      FROM (SELECT product_id, team_id, date_trunc('week', finished_on)::date AS week, lead AS days, count(*)::int AS n
              FROM live WHERE lead >= 1 GROUP BY 1, 2, 3, 4) AS counted GROUP BY 1, 2, 3),
last AS (SELECT max(week) AS week FROM week),
age AS (
    SELECT product_id, team_id, week, array_agg(days ORDER BY days) AS days, array_agg(n ORDER BY days) AS counts
      FROM (SELECT i.product_id, i.team_id, sunday.week, sunday.week + 6 - i.begun_on + 1 AS days, count(*)::int AS n
              FROM live i, last, LATERAL (
                   SELECT generate_series(date_trunc('week', i.begun_on)::timestamp,
                          coalesce(date_trunc('week', i.finished_on)::timestamp - interval '7 days', last.week::timestamp),
                          interval '7 days')::date AS week) AS sunday
             WHERE i.begun_on IS NOT NULL
             GROUP BY 1, 2, 3, 4) AS counted GROUP BY 1, 2, 3),
fresh AS (
    SELECT w.product_id, w.team_id, w.week, w.created, w.started, w.finished, w.points_finished, w.stories_finished,
           w.bugs_finished, w.bugs_created, w.scope_added, w.scope_removed, w.date_errors, w.active_seconds,
           w.elapsed_seconds,
           sum(w.started - w.finished) OVER so_far AS wip, sum(w.opened - w.finished) OVER so_far AS open,
           sum(w.opened_unestimated - w.closed_unestimated) OVER so_far AS unestimated,
           coalesce(cycle.days, '{}') AS cycle_days, coalesce(cycle.counts, '{}') AS cycle_counts,
           coalesce(lead.days, '{}') AS lead_days, coalesce(lead.counts, '{}') AS lead_counts,
           coalesce(age.days, '{}') AS age_days, coalesce(age.counts, '{}') AS age_counts,
           sum(w.created) OVER so_far AS created_total, sum(w.started) OVER so_far AS started_total,
           sum(w.finished) OVER so_far AS finished_total
      FROM week w
      LEFT JOIN cycle ON (cycle.product_id, cycle.week) = (w.product_id, w.week)
       AND cycle.team_id IS NOT DISTINCT FROM w.team_id
      LEFT JOIN lead ON (lead.product_id, lead.week) = (w.product_id, w.week)
       AND lead.team_id IS NOT DISTINCT FROM w.team_id
      LEFT JOIN age ON (age.product_id, age.week) = (w.product_id, w.week) AND age.team_id IS NOT DISTINCT FROM w.team_id
    WINDOW so_far AS (PARTITION BY w.product_id, w.team_id ORDER BY w.week)),
gone AS (
    DELETE FROM integrations_weeklyflow f
     WHERE f.organization_id = %(organization)s AND f.product_id = ANY(%(products)s) AND NOT EXISTS (
           SELECT FROM week w WHERE (w.product_id, w.week) = (f.product_id, f.week)
              AND w.team_id IS NOT DISTINCT FROM f.team_id))
INSERT INTO integrations_weeklyflow AS held (organization_id, id, COLUMNS)
SELECT %(organization)s, gen_random_uuid(), COLUMNS FROM fresh
    ON CONFLICT (organization_id, product_id, week, team_id) DO UPDATE SET UPDATES
 WHERE (HELD) IS DISTINCT FROM (EXCLUDED)
"""
_FLOW_KEYS = ["product_id", "team_id", "week"]
_FLOW_FACTS = [
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
    "cycle_days",
    "cycle_counts",
    "lead_days",
    "lead_counts",
    "age_days",
    "age_counts",
    "created_total",
    "started_total",
    "finished_total",
]
_WEEKLY_FLOW = (
    _WEEKLY_FLOW.replace("COLUMNS", ", ".join(_FLOW_KEYS + _FLOW_FACTS))
    .replace("UPDATES", ", ".join(f"{name} = excluded.{name}" for name in _FLOW_FACTS))
    .replace("(HELD)", f"({', '.join('held.' + name for name in _FLOW_FACTS)})")
    .replace("(EXCLUDED)", f"({', '.join('excluded.' + name for name in _FLOW_FACTS)})")
)
