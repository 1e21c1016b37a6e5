"""The database is the wall: proved with two organizations, through every door that a programmer might take."""

import re
import uuid

import pytest
from django.db import IntegrityError, connection, models, transaction

from portolan.accounts.models import Membership
from portolan.portfolio.models import Milestone, Portfolio, Product, ProductLine
from portolan.tenancy import catalogue
from portolan.tenancy.scope import MissingScope, ScopeConflict, organization_scope, person_scope
from tests.cast import NOW, Company, make_product


@pytest.fixture
def chart(acme: Company) -> Product:
    return make_product("Chart", owner=acme.pete)


def rows(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def names_seen_in_raw_sql() -> list[str]:
    return [str(name) for (name,) in rows("SELECT name FROM portfolio_product ORDER BY name")]


def test_every_tenant_table_has_the_whole_wall(db: None) -> None:
    assert catalogue.gaps() == []


def test_the_catalogue_check_names_every_missing_part(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE portfolio_team NO FORCE ROW LEVEL SECURITY")
        cursor.execute("DROP POLICY tenant ON portfolio_team")
        cursor.execute("CREATE INDEX stray ON portfolio_team (name)")
        cursor.execute("ALTER TABLE portfolio_milestone DROP CONSTRAINT portfolio_milestone_product_ref")
    assert catalogue.gaps() == [
        "portfolio_milestone: product has no composite foreign key (organization_id, product_id).",
        "portfolio_team: row-level security is not enabled and forced.",
        "portfolio_team: the index stray does not start with organization_id.",
        "portfolio_team: the policy `tenant` is missing.",
    ]
    with pytest.raises(catalogue.WallMissing, match="stray"):
        catalogue.assert_walls_after_migrate()


def test_orm_and_raw_sql_see_one_organization(company: Company, mallory: Membership) -> None:
    with organization_scope(company.organization.id):
        make_product("Chart")
        assert [p.name for p in Product.objects.all()] == ["Chart"]
        assert names_seen_in_raw_sql() == ["Chart"]
    with organization_scope(mallory.organization_id):
        assert [p.name for p in Product.objects.all()] == ["Spyglass"]
        assert names_seen_in_raw_sql() == ["Spyglass"]


def test_without_a_scope_sql_sees_no_row_and_the_orm_asks_for_one(mallory: Membership) -> None:
    assert names_seen_in_raw_sql() == []
    with pytest.raises(MissingScope):
        list(Product.objects.all())
    with pytest.raises(MissingScope):
        Product(name="Nobody's")


def test_a_queryset_made_outside_reads_the_scope_it_runs_in(company: Company, mallory: Membership) -> None:
    everything = Product.objects.all()
    with organization_scope(mallory.organization_id):
        assert [p.name for p in everything.all()] == ["Spyglass"]
    with organization_scope(company.organization.id):
        assert list(everything.all()) == []


def test_the_setting_ends_with_the_scope(mallory: Membership) -> None:
    with organization_scope(mallory.organization_id):
        pass
    assert rows("SELECT current_setting('portolan.organization', true)") == [("",)]
    with pytest.raises(ZeroDivisionError), organization_scope(mallory.organization_id):
        raise ZeroDivisionError
    assert names_seen_in_raw_sql() == []


def test_another_organization_cannot_be_entered_from_inside(mallory: Membership, acme: Company) -> None:
    with pytest.raises(ScopeConflict), organization_scope(mallory.organization_id):
        pass  # pragma: no cover
    with organization_scope(acme.organization.id):
        assert Membership.objects.count() == 4
    assert Membership.objects.count() == 4


def test_bulk_writes_stay_inside(company: Company, mallory: Membership) -> None:
    with organization_scope(company.organization.id):
        make_product("Chart")
        assert Product.objects.update(thesis="Ours.") == 1
        assert rows("UPDATE portfolio_product SET thesis = 'Seized.' RETURNING name") == [("Chart",)]
        assert rows("DELETE FROM portfolio_product RETURNING name") == [("Chart",)]
    with organization_scope(mallory.organization_id):
        assert Product.objects.get().thesis == ""


def test_a_row_cannot_be_written_into_another_organization(mallory: Membership, acme: Company) -> None:
    foreign = Product(
        name="Trojan", slug="trojan", organization_id=mallory.organization_id, portfolio=Portfolio.objects.get()
    )
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        foreign.save()
    with pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Product.objects.bulk_create([foreign])


def test_a_foreign_key_cannot_point_across(company: Company, mallory: Membership) -> None:
    with organization_scope(mallory.organization_id):
        spyglass = Product.objects.get()
    with (
        pytest.raises(IntegrityError, match="portfolio_milestone_product_ref"),
        organization_scope(company.organization.id),
    ):
        Milestone.objects.create(product_id=spyglass.id, title="Stolen", due_on=NOW.date())
        connection.check_constraints()


def test_every_join_names_the_organization(chart: Product) -> None:
    for queryset in (
        Milestone.objects.select_related("product__owner"),
        Milestone.objects.filter(product__line__name="Instruments"),
        Product.objects.filter(milestones__title="Launch"),
        ProductLine.objects.annotate(n=models.Count("products__milestones")),
    ):
        statement = str(queryset.query)
        pairs = re.findall(r'"(\w+)"\."organization_id" = \(?"?(\w+)"?\."organization_id"', statement)
        assert len(pairs) == statement.count(" JOIN ") > 0, statement


def test_a_subquery_names_the_organization(chart: Product) -> None:
    statement = str(Product.objects.exclude(milestones__title="Launch").query)
    assert f'"U1"."organization_id" = ({chart.organization_id})' in statement


def test_a_scope_survives_a_rolled_back_savepoint(acme: Company) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Portfolio.objects.create(name="Again", slug="portfolio")
    assert Portfolio.objects.count() == 1


def test_people_see_their_own_memberships_everywhere_and_nobody_elses(company: Company, mallory: Membership) -> None:
    with organization_scope(mallory.organization_id):
        Membership.objects.create(user=company.ada.user, role="viewer")
    with person_scope(company.ada.user_id):
        seen = Membership.across_organizations.values_list("user__email", "organization__slug")
        assert set(seen) == {("ada@example.com", "acme"), ("ada@example.com", "mallory")}
        # The window is for looking only.
        assert Membership.across_organizations.filter(user=company.ada.user).update(role="owner") == 0
    assert list(Membership.across_organizations.all()) == []


def test_deleting_an_organization_takes_every_row_along(company: Company, mallory: Membership) -> None:
    with organization_scope(company.organization.id):
        make_product("Chart", owner=company.pete)
    gone = company.organization.id
    company.organization.delete()
    connection.check_constraints()
    with organization_scope(gone):
        assert names_seen_in_raw_sql() == []
    with organization_scope(mallory.organization_id):
        assert names_seen_in_raw_sql() == ["Spyglass"]


def test_a_stranger_id_is_simply_not_there(acme: Company) -> None:
    assert Product.objects.filter(pk=uuid.uuid4()).first() is None


def test_rows_are_counted_per_row_of_another_table(chart: Product) -> None:
    Milestone.objects.create(product=chart, title="Launch", due_on=NOW.date())
    assert [p.n for p in Product.objects.annotate(n=models.Count("milestones"))] == [1]
