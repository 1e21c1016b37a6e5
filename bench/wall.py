"""What the wall costs: the same list of work items through the manager and row-level security, and from a copy of the
table that has neither.

    python -m bench wall
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import dock
from bench.company import SLUG
from bench.dock import Dock

PRODUCTS, ITEMS, NEIGHBOURS = 20, 40_000, ("north", "south")
ROUNDS, ROWS = 300, 50
TABLE = "bench_open_item"
# As one would build it without organizations: the same columns, and indexes without the organization in front.
EMPTY = f"""
    CREATE TABLE {TABLE} (LIKE integrations_workitem INCLUDING DEFAULTS);
    ALTER TABLE {TABLE} ADD PRIMARY KEY (id);
    CREATE INDEX ON {TABLE} (product_id, finished_at);
    CREATE UNIQUE INDEX ON {TABLE} (connection_id, external_id);
    CREATE INDEX ON {TABLE} (team_id);
    CREATE INDEX ON {TABLE} (connection_id, parent_external_id);
"""


def main(harbour: Dock) -> bool:
    """This function will fill three organizations and compare, in a process with Django."""
    with harbour.database("bench_wall", like=dock.PREPARED) as url:
        environ = harbour.environment(url)
        for slug in (SLUG, *NEIGHBOURS):
            fill = [sys.executable, "-m", "bench.company", "fill", slug, str(PRODUCTS), str(ITEMS)]
            dock.run(fill, environ=environ)
        p50 = json.loads(dock.run([sys.executable, "-m", "bench.wall"], environ=environ).said.splitlines()[-1])
    rows = [[name, *(f"{seconds * 1000:.2f} ms" for seconds in pair)] for name, pair in p50.items()]
    dock.table(["list", "behind the wall", "copy without it"], rows)
    ratios = {name: ours / without for name, (ours, without) in p50.items()}
    kept = [dock.verdict(f"{name}, with against without", ratio, at_most=1.2) for name, ratio in ratios.items()]
    return all(kept)


def compare() -> dict[str, tuple[float, float]]:
    """This function will time lists in turns and return the middle of each, in seconds: with the wall, without it."""
    from django.db import connection, models

    from portolan.accounts.models import Organization
    from portolan.integrations.models import WorkItem
    from portolan.portfolio.models import Product
    from portolan.tenancy.scope import organization_scope

    organizations = {each.slug: each.pk for each in Organization.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute(EMPTY)
    for organization_id in organizations.values():
        with organization_scope(organization_id), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {TABLE} SELECT * FROM integrations_workitem")  # noqa: S608 - our own name
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    open_item = type("OpenItem", (models.Model,), _shape(WorkItem))
    with organization_scope(organizations[SLUG]):
        products = list(Product.objects.order_by("id").values_list("id", flat=True))

        def listed(items: Any, place: int) -> Callable[[], object]:
            product = products[place % len(products)]
            return lambda: list(items.filter(product_id=product).order_by("-finished_at")[:ROWS])

        def counted(items: Any, place: int) -> Callable[[], object]:
            product = products[place % len(products)]
            return lambda: list(
                items.filter(product_id=product).values_list("status_category").annotate(models.Count("id"))
            )

        def found(items: Any, place: int) -> Callable[[], object]:
            return lambda: list(items.filter(connection_id=connection_id, external_id=str(place)))

        connection_id = WorkItem.objects.values_list("connection_id", flat=True)[0]
        lists = {f"newest {ROWS} of a product": listed, "a product by status": counted, "one item by its id": found}
        took: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in lists}
        for turn in range(ROUNDS):
            for name, make in lists.items():
                pair = [(make(WorkItem.objects, turn), took[name][0]), (make(open_item.objects, turn), took[name][1])]
                for ask, seconds in pair if turn % 2 else reversed(pair):
                    began = time.perf_counter()
                    ask()
                    seconds.append(time.perf_counter() - began)
    return {name: (statistics.median(ours), statistics.median(theirs)) for name, (ours, theirs) in took.items()}


def _shape(model: Any) -> dict[str, Any]:
    """A model of the copy: the same columns under an ordinary manager, references as plain ids."""
    from django.db import models

    def column(field: Any) -> Any:
        is_reference = field.is_relation
        return models.UUIDField(null=field.null, primary_key=field.primary_key) if is_reference else field.clone()

    meta = type("Meta", (), {"managed": False, "db_table": TABLE, "app_label": "integrations"})
    columns = {field.attname: column(field) for field in model._meta.concrete_fields if field.name != "id"}
    return {"__module__": __name__, "Meta": meta, "id": models.UUIDField(primary_key=True), **columns}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(compare()))
