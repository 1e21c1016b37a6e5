"""`manage.py demo` from nothing to weekly numbers: the real sandbox process, the real sync, the real rollups."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum
from django.test import override_settings
from django.utils import timezone

from portolan.accounts.models import Organization
from portolan.config.local import SandboxAddresses
from portolan.demo import company, connecting, founding, history, sandbox
from portolan.demo.history import Kind
from portolan.integrations.models import Connection, SyncRun, WeeklyFlow, WorkItem
from portolan.integrations.provider import Level
from portolan.portfolio.models import Product
from portolan.tenancy.scope import organization_scope

pytestmark = pytest.mark.slow
LEVELS = {
    Kind.INITIATIVE: Level.INITIATIVE,
    Kind.EPIC: Level.FEATURE,
    Kind.STORY: Level.STORY,
    Kind.BUG: Level.BUG,
    Kind.TASK: Level.TASK,
    Kind.SUB_TASK: Level.TASK,
}


@pytest.fixture(scope="module")
def said(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[list[str]]:
    """Larkspan, planted once for all tests of this file; what the command said the first and the second time."""
    note = tmp_path_factory.mktemp("sandbox") / "sandbox_jira.json"
    here = override_settings(DEMO=True, SANDBOX_JIRA_NOTE=note, SANDBOX_ADDRESSES=SandboxAddresses(note))
    with django_db_blocker.unblock(), here:
        heard = [StringIO(), StringIO()]
        for out in heard:
            call_command("demo", stdout=out)
        yield [out.getvalue() for out in heard]
        founding.dissolve()


@pytest.fixture
def larkspan(said, django_db_blocker) -> Iterator[Organization]:
    with django_db_blocker.unblock():
        organization = Organization.objects.get(slug=company.SLUG)
        with organization_scope(organization.pk):
            yield organization


@pytest.fixture(scope="module")
def film():
    return history.film(as_of=timezone.now().date())


def finished(product: str, *, weeks_ago: int) -> int:
    """What the rollups say was finished in the half-year that began so many weeks ago."""
    begin = timezone.now().date() - timedelta(weeks=weeks_ago)
    weeks = WeeklyFlow.objects.filter(product__name=product, week__gte=begin, week__lt=begin + timedelta(weeks=26))
    return weeks.aggregate(all=Sum("finished"))["all"] or 0


def test_the_first_run_plants_and_the_second_changes_nothing(said, larkspan):
    assert [line.partition(" (")[0] for line in said[0].splitlines()] == [
        "Larkspan is planted: 12 products, 11 people",
        f"{connecting.NAME} is connected at {Connection.objects.get().base_url}".partition(" (")[0],
        f"{WorkItem.objects.count()} issues are read and added up",
    ]
    assert said[1] == "Larkspan is here already; --reset plants it anew.\n"
    assert SyncRun.objects.count() == 1


def test_every_issue_of_the_sandbox_is_read_into_its_product_and_level(larkspan, film):
    now = timezone.now()
    opened = [issue for issue in film.issues if issue.opened_at <= now]
    names = dict(Product.objects.values_list("id", "name"))
    held = sorted(
        (names[product], level, title)
        for product, level, title in WorkItem.objects.values_list("product_id", "level", "title")
    )
    # The film went on while it was read, by a handful of happenings.
    told = sorted((issue.product, str(LEVELS[issue.kind]), issue.title) for issue in opened)
    assert abs(len(held) - len(told)) <= 5
    assert len(set(held) ^ set(told)) <= 5


def test_the_weeks_say_what_the_film_says(larkspan, film):
    midnight = datetime.combine(timezone.now().date(), time(), UTC)
    leaves = {Kind.STORY, Kind.BUG, Kind.TASK}
    for sketch in company.PRODUCTS:
        told = sum(
            issue.product == sketch.name and issue.kind in leaves and issue.opened_at < midnight
            for issue in film.issues
        )
        held = WeeklyFlow.objects.filter(product__name=sketch.name).aggregate(all=Sum("created"))["all"]
        assert abs(held - told) <= 5, sketch.name


def test_the_story_is_visible_in_the_numbers(larkspan):
    cow, star = ([finished(name, weeks_ago=weeks) for weeks in (130, 78, 26)] for name in ("Ledgerstone", "Fieldhand"))
    assert cow == sorted(cow, reverse=True)
    assert star == sorted(star)
    assert cow[0] > 2 * cow[2] > 0
    assert star[2] > 2 * star[0] > 0
    bet = WeeklyFlow.objects.filter(product__name="Weathervane").order_by("-week")
    assert bet[0].wip > 2 * bet[52].wip


def test_the_two_products_of_one_project_do_not_mix(larkspan):
    parts = WorkItem.objects.filter(project_key="SIGHT").values_list("product__name", "components")
    assert {(product, components[0]) for product, components in parts} == {
        ("Weathervane", "Weathervane"),
        ("Sensorloft", "Sensorloft"),
    }


def test_a_sandbox_that_was_stopped_and_started_again_is_still_the_same_jira(said, django_db_blocker):
    with django_db_blocker.unblock():
        organization = Organization.objects.get(slug=company.SLUG)
        with sandbox.running(as_of=timezone.now().date()) as jira:
            address = jira.base_url()
            run = connecting.read(organization_id=organization.pk, clock=timezone.now)
        with organization_scope(organization.pk):
            assert Connection.objects.get().base_url == address
    # Of the weeks before, nothing has changed; of today, perhaps a step of the film.
    assert (run.state, run.created + run.updated + run.deleted <= 5) == ("succeeded", True)


def test_without_demo_mode_nothing_is_planted(db):
    with pytest.raises(CommandError, match="PORTOLAN_DEMO=1"):
        call_command("demo")


def test_only_the_sandbox_itself_is_an_allowed_address(tmp_path):
    note = tmp_path / "sandbox_jira.json"
    allowed = SandboxAddresses(note)
    assert "http://127.0.0.1:8730" not in allowed
    with override_settings(SANDBOX_JIRA_NOTE=note):
        sandbox.Notebook().write(sandbox.Note("http://127.0.0.1:8730", "2026-11-18", "ours"))
    assert "http://127.0.0.1:8730" in allowed
    assert "http://127.0.0.1:8731" not in allowed
    assert "http://127.0.0.1" not in allowed
