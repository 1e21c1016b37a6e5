"""How far initiatives, features and products have come: tallies over everything below them."""

from contextlib import closing
from typing import Any
from uuid import UUID

from django.db import connection as database

from portolan.tenancy import scope

DEEPEST = 8
"""Levels that a chain of parents is followed over products; Jira has at most a handful."""


def with_ancestors(product_ids: frozenset[UUID]) -> frozenset[UUID]:
    """This function will add the products whose initiatives or features have items of the given products below them."""
    found = product_ids
    with closing(database.cursor()) as cursor:
        for _ in range(DEEPEST):
            cursor.execute(_PARENTS, {"organization": scope.current_organization_id(), "products": list(found)})
            above = {product for (product,) in cursor.fetchall()} - found
            if not above:
                break
            found = found | above
    return found


def refresh(cursor: Any, values: dict[str, Any]) -> None:
    """This function will bring the tallies of the products in `values` in line with their items."""
    cursor.execute(_ITEM_PROGRESS, values)
    cursor.execute(_PRODUCT_WORK, values)


_PARENTS = """
    SELECT DISTINCT p.product_id
      FROM integrations_workitem c
      JOIN integrations_workitem p ON p.organization_id = c.organization_id AND p.connection_id = c.connection_id
       AND p.external_id = c.parent_external_id AND p.product_id IS NOT NULL
     WHERE c.organization_id = %(organization)s AND c.product_id = ANY(%(products)s)
       AND NOT p.product_id = ANY(%(products)s)
"""

_SUMS = """
           count(*) FILTER (WHERE counts) AS items,
           count(*) FILTER (WHERE counts AND status_category = 'done') AS items_done,
           count(*) FILTER (WHERE counts AND status_category = 'indeterminate') AS items_in_progress,
           coalesce(sum(points) FILTER (WHERE counts), 0) AS points,
           coalesce(sum(points) FILTER (WHERE counts AND status_category = 'done'), 0) AS points_done,
           count(*) FILTER (WHERE counts AND status_category <> 'done' AND points IS NULL) AS unestimated,
           max(remote_updated_at) AS last_changed_at"""

# A cycle of parents ends the recursion because UNION drops the pairs it has met.
_ITEM_PROGRESS = f"""
WITH RECURSIVE root AS MATERIALIZED (
    SELECT id, connection_id, external_id, product_id, level, remote_updated_at FROM integrations_workitem
     WHERE organization_id = %(organization)s AND product_id = ANY(%(products)s)
       AND level IN ('initiative', 'feature') AND deleted_at IS NULL),
tree (root_id, connection_id, id, external_id, is_direct) AS (
    SELECT r.id, c.connection_id, c.id, c.external_id, true
      FROM root r JOIN integrations_workitem c ON c.organization_id = %(organization)s
       AND c.connection_id = r.connection_id AND c.parent_external_id = r.external_id AND c.id <> r.id
     WHERE c.deleted_at IS NULL AND c.product_id IS NOT NULL AND c.hierarchy_level >= 0
    UNION
    SELECT t.root_id, c.connection_id, c.id, c.external_id, false
      FROM tree t JOIN integrations_workitem c ON c.organization_id = %(organization)s
       AND c.connection_id = t.connection_id AND c.parent_external_id = t.external_id AND c.id <> t.root_id
     WHERE c.deleted_at IS NULL AND c.product_id IS NOT NULL AND c.hierarchy_level >= 0),
node AS (SELECT root_id, id, bool_or(is_direct) AS is_direct FROM tree GROUP BY root_id, id),
below AS MATERIALIZED (
    SELECT n.root_id, n.is_direct, w.status_category, w.points, w.remote_updated_at,
           NOT EXISTS (
               SELECT FROM integrations_workitem c WHERE c.organization_id = %(organization)s
                  AND c.connection_id = w.connection_id AND c.parent_external_id = w.external_id
                  AND c.deleted_at IS NULL AND c.product_id IS NOT NULL AND c.hierarchy_level >= 0 AND c.id <> w.id
           ) AS counts
      FROM node n JOIN integrations_workitem w ON w.organization_id = %(organization)s AND w.id = n.id),
summed AS (
    SELECT root_id, count(*) FILTER (WHERE is_direct) AS children, {_SUMS}
      FROM below GROUP BY root_id),
days AS (
    SELECT root_id, array_agg(day ORDER BY day) AS days, array_agg(n ORDER BY day) AS counts
      FROM (SELECT root_id, (remote_updated_at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS n
              FROM below WHERE counts AND status_category <> 'done' GROUP BY 1, 2) AS counted GROUP BY 1),
fresh AS (
    SELECT r.id AS item_id, r.product_id, r.level, coalesce(s.children, 0) AS children, coalesce(s.items, 0) AS items,
           coalesce(s.items_done, 0) AS items_done, coalesce(s.items_in_progress, 0) AS items_in_progress,
           coalesce(s.points, 0) AS points, coalesce(s.points_done, 0) AS points_done,
           coalesce(s.unestimated, 0) AS unestimated,
           greatest(s.last_changed_at, r.remote_updated_at) AS last_changed_at,
           coalesce(d.days, '{{}}') AS open_changed_on, coalesce(d.counts, '{{}}') AS open_changed_counts
      FROM root r LEFT JOIN summed s ON s.root_id = r.id LEFT JOIN days d ON d.root_id = r.id),
gone AS (
    DELETE FROM integrations_itemprogress p
     WHERE p.organization_id = %(organization)s AND p.product_id = ANY(%(products)s)
       AND NOT EXISTS (SELECT FROM fresh WHERE fresh.item_id = p.item_id))
INSERT INTO integrations_itemprogress AS held (organization_id, id, item_id, COLUMNS)
SELECT %(organization)s, gen_random_uuid(), item_id, COLUMNS FROM fresh
    ON CONFLICT (organization_id, item_id) DO UPDATE SET UPDATES
 WHERE (HELD) IS DISTINCT FROM (EXCLUDED)
"""  # noqa: S608 - only our own column names are put in

_PRODUCT_WORK = f"""
WITH item AS MATERIALIZED (
    SELECT product_id, level, status_category, points, remote_updated_at,
           level IN ('story', 'task', 'bug') AND hierarchy_level >= 0 AS counts,
           CASE WHEN finished_at IS NULL THEN (started_at AT TIME ZONE %(zone)s)::date END AS begun_on
      FROM integrations_workitem
     WHERE organization_id = %(organization)s AND product_id = ANY(%(products)s) AND deleted_at IS NULL),
summed AS (
    SELECT product_id, count(*) FILTER (WHERE level = 'initiative') AS initiatives,
           count(*) FILTER (WHERE level = 'feature') AS features, {_SUMS}
      FROM item GROUP BY product_id),
days AS (
    SELECT product_id, array_agg(day ORDER BY day) AS days, array_agg(n ORDER BY day) AS counts
      FROM (SELECT product_id, (remote_updated_at AT TIME ZONE 'UTC')::date AS day, count(*)::int AS n
              FROM item WHERE counts AND status_category <> 'done' GROUP BY 1, 2) AS counted GROUP BY 1),
begun AS (
    SELECT product_id, array_agg(day ORDER BY day) AS days, array_agg(n ORDER BY day) AS counts
      FROM (SELECT product_id, begun_on AS day, count(*)::int AS n
              FROM item WHERE counts AND begun_on IS NOT NULL GROUP BY 1, 2) AS counted GROUP BY 1),
fresh AS (
    SELECT s.*, coalesce(d.days, '{{}}') AS open_changed_on, coalesce(d.counts, '{{}}') AS open_changed_counts,
           coalesce(b.days, '{{}}') AS in_progress_since, coalesce(b.counts, '{{}}') AS in_progress_counts
      FROM summed s LEFT JOIN days d USING (product_id) LEFT JOIN begun b USING (product_id)),
gone AS (
    DELETE FROM integrations_productwork p
     WHERE p.organization_id = %(organization)s AND p.product_id = ANY(%(products)s)
       AND NOT EXISTS (SELECT FROM summed WHERE summed.product_id = p.product_id))
INSERT INTO integrations_productwork AS held (organization_id, id, product_id, COLUMNS)
SELECT %(organization)s, gen_random_uuid(), product_id, COLUMNS FROM fresh
    ON CONFLICT (organization_id, product_id) DO UPDATE SET UPDATES
 WHERE (HELD) IS DISTINCT FROM (EXCLUDED)
"""  # noqa: S608 - only our own column names are put in

_TALLY = [
    "items",
    "items_done",
    "items_in_progress",
    "points",
    "points_done",
    "unestimated",
    "last_changed_at",
    "open_changed_on",
    "open_changed_counts",
]


def _spelled(statement: str, columns: list[str]) -> str:
    return (
        statement.replace("COLUMNS", ", ".join(columns))
        .replace("UPDATES", ", ".join(f"{name} = excluded.{name}" for name in columns))
        .replace("(HELD)", f"({', '.join('held.' + name for name in columns)})")
        .replace("(EXCLUDED)", f"({', '.join('excluded.' + name for name in columns)})")
    )


_ITEM_PROGRESS = _spelled(_ITEM_PROGRESS, ["product_id", "level", "children", *_TALLY])
_PRODUCT_WORK = _spelled(_PRODUCT_WORK, ["initiatives", "features", "in_progress_since", "in_progress_counts", *_TALLY])
