"""How long the overview of 200 products and three years takes: with many items, with few, and against a minimal page.

python -m scripts.bench_overview [--products 200] [--few 5000] [--many 500000] [--rounds 60]

Two organizations in one throwaway database, one server process, one client; their pages in turn, so that a busy machine
slows all of them alike. Prints JSON: medians in milliseconds, statements, and the two ratios that are promised.
"""

import argparse
import json
import os
import statistics
import time
from datetime import timedelta
from typing import Any

WEEKS = 157
# The smallest page of the house: one query, one template.
MINIMAL = """{% extends "base.html" %}{% block title %}Teams{% endblock %}
{% block content %}{% page_header "Teams" %}{% endpage_header %}<p>{{ teams }} teams</p>{% endblock %}"""

# Items spread evenly over products and weeks; nineteen of twenty are finished, after one to forty days.
ITEMS = """
INSERT INTO integrations_workitem (organization_id, id, connection_id, external_id, key, url, title, product_id,
       project_external_id, project_key, level, kind_external_id, kind_name, hierarchy_level, status_external_id,
       status_name, status_category, points, assignee_external_id, assignee_name, components, labels, is_flagged,
       remote_created_at, remote_updated_at, started_at, finished_at, entered_at, missing_count)
SELECT %(organization)s, gen_random_uuid(), %(connection)s, n::text, 'AC-' || n, 'https://acme.example/browse/AC-' || n,
       'Item ' || n, (%(products)s::uuid[])[1 + n %% array_length(%(products)s::uuid[], 1)], '1', 'AC',
       (ARRAY['story', 'task', 'bug'])[1 + n %% 3], '1', 'Kind', 0, '1', 'Status',
       CASE WHEN finished_at IS NULL THEN 'indeterminate' ELSE 'done' END, n %% 8, '', '', '{}', '{}', false,
       created_at, coalesce(finished_at, created_at), created_at + interval '1 day', finished_at, created_at, 0
  FROM (SELECT n, created_at,
               CASE WHEN n %% 20 > 0 AND created_at + days < %(at)s THEN created_at + days END AS finished_at
          FROM (SELECT n, %(at)s - (n %% %(weeks)s * 7 + n %% 7) * interval '1 day' AS created_at,
                       (2 + n %% 40) * interval '1 day' AS days FROM generate_series(1, %(count)s) AS n) AS born) AS item
"""


def furnish(slug: str, *, products: int, items: int) -> Any:
    from django.db import connection as database
    from django.utils import timezone

    from portolan.accounts.domain import organizations
    from portolan.accounts.models import User
    from portolan.integrations.domain import rollups
    from portolan.integrations.models import Connection, ProjectMapping, SyncRun
    from portolan.portfolio.domain import catalogue, milestones
    from portolan.portfolio.models import Portfolio, Product, Stage
    from portolan.tenancy.scope import organization_scope

    at = timezone.now()
    user = User.objects.create_user(f"{slug}@example.com", name=slug.capitalize())
    owner = organizations.found(name=slug.capitalize(), slug=slug, by=user, at=at)
    with organization_scope(owner.organization_id):
        portfolio = Portfolio.objects.earliest("id")
        link = Connection.objects.create(
            name="Jira", base_url="https://acme.example", account_email="b@x.example", created_at=at
        )
        made = []
        for n in range(products):
            product = Product(name=f"Product {n:03}", portfolio=portfolio, owner=owner)
            catalogue.add(product, by=owner, at=at - timedelta(days=900), stage=list(Stage)[n % 8])
            milestones.add(product, title="Next release", due_on=at.date() + timedelta(days=n - 20))
            ProjectMapping.objects.create(connection=link, product=product, project_external_id=str(n), created_at=at)
            made.append(product.id)
        done = {"state": "succeeded", "requested_at": at, "finished_at": at}
        SyncRun.objects.create(connection=link, trigger="schedule", **done)
        with database.cursor() as cursor:
            values = {"organization": owner.organization_id, "connection": link.id, "products": made, "at": at}
            cursor.execute(ITEMS, values | {"weeks": WEEKS, "count": items})
        rollups.refresh(product_ids=made)
    return owner


def add_minimal_page() -> None:
    from django.http import HttpRequest, HttpResponse
    from django.template import engines
    from django.urls import path

    from portolan.config import urls
    from portolan.portfolio.models import Team

    template = engines["django"].from_string(MINIMAL)

    def minimal(request: HttpRequest) -> HttpResponse:
        return HttpResponse(template.render({"teams": Team.objects.count()}, request))

    urls.urlpatterns.insert(0, path("<slug:organization_slug>/minimal/", minimal))


def clock(client: Any, address: str) -> float:
    began = time.perf_counter()
    response = client.get(address)
    spent = time.perf_counter() - began
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}.")
    return spent * 1000


def statements(client: Any, address: str) -> int:
    from django.db import connection as database
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(database) as captured:
        client.get(address)
    return len(captured)


def measure(*, products: int, few: int, many: int, rounds: int) -> dict[str, Any]:
    from django.db import connection as database
    from django.test import Client

    clients = {}
    for slug, items in (("few", few), ("many", many)):
        owner = furnish(slug, products=products, items=items)
        client = Client()
        client.force_login(owner.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        clients[slug] = client
    with database.cursor() as cursor:
        cursor.execute("ANALYZE")
    pages = {"minimal": ("many", "/many/minimal/"), "few": ("few", "/few/"), "many": ("many", "/many/")}
    spent: dict[str, list[float]] = {name: [] for name in pages}
    for n in range(rounds + 5):
        for name, (slug, address) in pages.items():
            took = clock(clients[slug], address)
            if n >= 5:
                spent[name].append(took)
    median = {name: round(statistics.median(times), 2) for name, times in spent.items()}
    return {
        "products": products,
        "items": {"few": few, "many": many},
        "milliseconds": median,
        "statements": {slug: statements(clients[slug], f"/{slug}/") for slug in clients},
        "many_to_few": round(median["many"] / median["few"], 2),
        "overview_to_minimal": round(median["many"] / median["minimal"], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for name, usual in (("products", 200), ("few", 5_000), ("many", 500_000), ("rounds", 60)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    add_minimal_page()
    from django.db import connection as database
    from django.template import Template
    from django.test.utils import setup_test_environment, teardown_test_environment

    # Rendering that reports every template, which tests want, would be most of what is measured.
    render = Template._render
    setup_test_environment(debug=False)
    Template._render = render
    database.settings_dict["TEST"]["NAME"] = "bench_overview"
    usual = database.settings_dict["NAME"]
    database.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        print(json.dumps(measure(**vars(asked)), indent=2))
    finally:
        database.creation.destroy_test_db(usual, verbosity=0)
        teardown_test_environment()


if __name__ == "__main__":
    main()
