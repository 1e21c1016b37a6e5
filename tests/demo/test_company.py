"""The demonstration company is whole, plausible, and founded once."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from portolan.accounts.domain import organizations
from portolan.accounts.models import Membership, Organization, Role, User
from portolan.demo import company, founding
from portolan.portfolio.models import Archival, Milestone, PortfolioRole, Product, ProductLine, Stage, StageChange
from portolan.tenancy.scope import organization_scope
from tests.cast import NOW

AS_OF = date(2026, 11, 18)


@pytest.fixture(scope="module")
def founded(django_db_setup, django_db_blocker) -> Iterator[Organization]:
    """Larkspan, founded once for all tests of this file; what a test does to it is taken back with the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield founding.found(as_of=AS_OF)
        transaction.set_rollback(True)


@pytest.fixture
def larkspan(founded, db) -> Iterator[Organization]:
    with organization_scope(founded.id):
        yield founded


def test_twelve_products_stand_in_eight_stages(larkspan):
    assert {(product.name, product.stage) for product in Product.objects.all()} == {
        ("Fieldhand", Stage.GROWTH),
        ("Ledgerstone", Stage.MATURE),
        ("Rosterbell", Stage.MATURE),
        ("Permitgate", Stage.GROWTH),
        ("Partsbay", Stage.GROWTH),
        ("Hallway", Stage.LAUNCH),
        ("Meterlight", Stage.BUILD),
        ("Weathervane", Stage.BUILD),
        ("Sensorloft", Stage.DISCOVERY),
        ("Clipboard Desktop", Stage.SUNSET),
        ("Dispatch One", Stage.RETIRED),
        ("Groundwork", Stage.SUSTAIN),
    }
    assert [archival.product.name for archival in Archival.objects.all()] == ["Dispatch One"]
    assert Product.objects.get(name="Ledgerstone").role == PortfolioRole.CASH_COW
    assert Product.objects.get(name="Fieldhand").role == PortfolioRole.STAR


def test_each_product_has_a_colour_of_its_own(larkspan):
    assert len(set(Product.objects.values_list("hue", flat=True))) == len(company.PRODUCTS)


def test_a_product_walks_through_its_stages_in_their_order(larkspan):
    order = {stage: place for place, stage in enumerate(Stage.values)}
    for product in Product.objects.all():
        changes = list(StageChange.objects.filter(product=product).order_by("at"))
        places = [order[change.stage] for change in changes]
        assert places == sorted(set(places)), product.name
        assert changes[-1].stage == product.stage
        assert changes[-1].at.date() < AS_OF
        assert all(change.why and change.by_id for change in changes)


def test_milestones_reached_lie_in_the_past_and_only_the_failing_bet_is_overdue(larkspan):
    milestones = Milestone.objects.select_related("product")
    assert all(milestone.reached_on < AS_OF for milestone in milestones if milestone.reached_on)
    overdue = {m.product.name for m in milestones if m.reached_on is None and m.due_on < AS_OF}
    assert overdue == {"Weathervane"}
    waiting = {m.product.name for m in milestones if m.due_on >= AS_OF}
    assert waiting == {sketch.name for sketch in company.PRODUCTS} - {"Dispatch One"}


def test_product_lines_are_nested(larkspan):
    assert {line.name: line.parent and line.parent.name for line in ProductLine.objects.select_related("parent")} == (
        company.LINES
    )


def test_everybody_has_a_role_and_the_printed_password(larkspan):
    roles = {m.user.email: m.role for m in Membership.objects.select_related("user")}
    assert roles == {person.email: person.role for person in company.PEOPLE}
    assert set(roles.values()) == set(Role.values)
    for person in company.PEOPLE:
        client = Client()
        client.post("/accounts/login/", {"login": person.email, "password": company.PASSWORD})
        assert client.session.get("_auth_user_id") == str(User.objects.get(email=person.email).pk), person.email


def test_founding_twice_leaves_everything_as_it_is(larkspan):
    before = set(Product.objects.values_list("id", flat=True))
    assert founding.found(as_of=AS_OF + timedelta(days=30)) == larkspan
    assert set(Product.objects.values_list("id", flat=True)) == before


@pytest.mark.usefixtures("founded", "db")
def test_dissolving_spares_who_has_joined_another_organization():
    noor = User.objects.get(email="noor@larkspan.example")
    organizations.found(name="Elsewhere", slug="elsewhere", by=noor, at=NOW)

    founding.dissolve()

    assert not Organization.objects.filter(slug=company.SLUG).exists()
    assert list(User.objects.values_list("email", flat=True)) == ["noor@larkspan.example"]


def test_a_history_cannot_end_in_the_future(db, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="future"):
        call_command("demo", as_of=date(2999, 1, 1))
