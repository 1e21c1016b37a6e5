"""The organizations that are measured, founded and filled through the same functions as any other.

    python -m bench.company found                          one organization with one product
    python -m bench.company fill SLUG PRODUCTS ITEMS       more products, and items over 36 months with their rollups
    python -m bench.company enter                          prints the key of a signed-in session

Each in the environment that dock.Dock.environment makes. Products come one by one through the catalogue; items come set
by set, because the sync is measured elsewhere; what pages read of them is added up by the real rollups.
"""

import sys
from datetime import UTC, datetime, timedelta

import django

SLUG, PRODUCT = "bulk", "bulk"
EMAIL, PASSWORD = "bench@example.com", "chart-room-42"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CHUNK = 25
"""Products whose rollups are added up in one transaction."""


def found(slug: str = SLUG) -> None:
    """This function will found an organization with one person and one product."""
    from portolan.accounts.domain import organizations
    from portolan.accounts.models import User
    from portolan.portfolio.domain import catalogue
    from portolan.portfolio.models import Portfolio, Product
    from portolan.tenancy.scope import organization_scope

    person = User.objects.filter(email=EMAIL).first() or User.objects.create_user(EMAIL, PASSWORD, name="Bench")
    owner = organizations.found(name=slug.capitalize(), slug=slug, by=person, at=NOW)
    with organization_scope(owner.organization_id):
        product = Product(name="Bulk", slug=PRODUCT, portfolio=Portfolio.objects.earliest("id"), owner=owner)
        catalogue.add(product, by=owner, at=NOW, stage="growth")


def fill(slug: str, products: int, items: int) -> None:
    """This function will bring an organization to so many products and items."""
    from django.db import connection as database
    from django.utils import timezone

    from portolan.accounts.models import Membership, Organization
    from portolan.integrations.domain import connections, mappings, rollups, runs
    from portolan.integrations.models.runs import Trigger
    from portolan.portfolio.domain import catalogue
    from portolan.portfolio.models import Portfolio, Product, Stage
    from portolan.tenancy.scope import organization_scope

    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        found(slug)
        organization = Organization.objects.get(slug=slug)
    now = timezone.now()
    with organization_scope(organization.pk):
        owner, portfolio = Membership.objects.get(), Portfolio.objects.earliest("id")
        stages = [stage for stage in Stage if stage != Stage.RETIRED]
        for number in range(products - Product.objects.count()):
            product = Product(name=f"Product {number}", portfolio=portfolio, owner=owner)
            catalogue.add(product, by=owner, at=now - timedelta(days=1095), stage=stages[number % len(stages)])
        connection = connections.connect(
            name="Bulk", base_url="http://127.0.0.1:9", account_email=EMAIL, token=PASSWORD, by=owner, at=now
        )
        ids = list(Product.objects.order_by("id").values_list("id", flat=True))
        for place, product in enumerate(Product.objects.order_by("id")):
            key = f"P{place}"
            mappings.add(connection, product=product, project_external_id=key, project_key=key, by=owner, at=now)
        # A connection that was read a minute ago: a page that warns of old data is another page.
        run = runs.claim(runs.request(connection, trigger=Trigger.PERSON, at=now).pk, at=now)
        if run is None:
            raise RuntimeError("nobody else can have claimed it")
        runs.succeed(run, at=now)
        with database.cursor() as cursor:
            cursor.execute(
                ITEMS,
                {
                    "organization": organization.pk,
                    "connection": connection.pk,
                    "products": ids,
                    "items": items,
                    "now": now,
                },
            )
    with database.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the server does by itself after such a change, a minute later
    for first in range(0, len(ids), CHUNK):
        with organization_scope(organization.pk):
            rollups.refresh(product_ids=ids[first : first + CHUNK])


def enter() -> str:
    """This function will sign the person in and return the session's key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.cached_db import SessionStore

    from portolan.accounts.models import User

    person = User.objects.get(email=EMAIL)
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


# Every product gets the same share. One in a hundred is an initiative and nine are features; the others hang below a
# feature. Three of four are finished, in 1 to 40 days, over 36 months; every tenth has no estimate.
ITEMS = """
    WITH item AS (
        SELECT n, (%(products)s::uuid[])[1 + n %% cardinality(%(products)s::uuid[])] AS product_id,
               n %% cardinality(%(products)s::uuid[]) AS place, n / cardinality(%(products)s::uuid[]) AS m,
               %(now)s - interval '1 day' * (1 + (hashint4(n) & 1048575) %% 1095) AS created_at,
               interval '1 day' * (1 + (hashint4(n + 7) & 1048575) %% 40) AS took
          FROM generate_series(0, %(items)s - 1) AS n),
    told AS (
        SELECT *, created_at + took / 4 AS started, created_at + took AS finished,
               CASE WHEN m %% 100 = 0 THEN 'initiative' WHEN m %% 100 < 10 THEN 'feature'
                    WHEN m %% 5 = 0 THEN 'bug' WHEN m %% 7 = 0 THEN 'task' ELSE 'story' END AS level FROM item),
    lived AS (
        SELECT *, (started < %(now)s AND m %% 8 > 0) AS is_started,
               (finished < %(now)s AND m %% 4 > 0 AND m %% 8 > 0) AS is_finished FROM told)
    INSERT INTO integrations_workitem
           (organization_id, id, connection_id, external_id, key, url, title, product_id, project_external_id,
            project_key, level, kind_external_id, kind_name, hierarchy_level, status_external_id, status_name,
            status_category, parent_external_id, points, assignee_external_id, assignee_name, components, labels,
            is_flagged, remote_created_at, remote_updated_at, started_at, finished_at, active_seconds, entered_at,
            missing_count)
    SELECT %(organization)s, gen_random_uuid(), %(connection)s, n::text, 'P' || place || '-' || m,
           'https://bulk.example/browse/P' || place || '-' || m, 'Item ' || n || ' of the bulk', product_id,
           'P' || place, 'P' || place, level, level, level,
           CASE level WHEN 'initiative' THEN 2 WHEN 'feature' THEN 1 ELSE 0 END,
           CASE WHEN is_finished THEN '3' WHEN is_started THEN '2' ELSE '1' END,
           CASE WHEN is_finished THEN 'Done' WHEN is_started THEN 'Doing' ELSE 'To do' END,
           CASE WHEN is_finished THEN 'done' WHEN is_started THEN 'indeterminate' ELSE 'new' END,
           CASE level WHEN 'initiative' THEN NULL
                WHEN 'feature' THEN ((m - m %% 100) * cardinality(%(products)s::uuid[]) + place)::text
                ELSE ((m - m %% 100 + 1 + m %% 9) * cardinality(%(products)s::uuid[]) + place)::text END,
           CASE WHEN level IN ('initiative', 'feature') OR m %% 10 = 0 THEN NULL ELSE 1 + m %% 8 END,
           'u' || n %% 50, 'Person ' || n %% 50, '{}', '{}', false, created_at,
           CASE WHEN is_finished THEN finished WHEN is_started THEN started ELSE created_at END,
           CASE WHEN is_started THEN started END, CASE WHEN is_finished THEN finished END,
           CASE WHEN is_finished THEN extract(epoch FROM took / 3)::bigint END, created_at, 0
      FROM lived
"""


if __name__ == "__main__":
    django.setup()
    what, *rest = sys.argv[1:]
    if what == "found":
        found()
    elif what == "fill":
        fill(rest[0], int(rest[1]), int(rest[2]))
    else:
        print(enter())
