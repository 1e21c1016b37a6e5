"""Milestones are dates that a product means to keep: set, reached, taken back, removed."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from portolan.portfolio.domain import catalogue, milestones
from portolan.portfolio.models import Milestone, Product
from tests.cast import NOW, Company, make_product

DUE, TODAY = date(2026, 12, 1), date(2026, 11, 2)


@pytest.fixture
def chart(acme: Company) -> Product:
    return make_product("Chart")


@pytest.fixture
def launch(chart: Product) -> Milestone:
    return milestones.add(chart, title="Launch", due_on=DUE)


def test_reaching_keeps_the_first_day(launch: Milestone) -> None:
    milestones.reach(launch, on=date(2026, 10, 30), today=TODAY)
    assert milestones.reach(launch, on=TODAY, today=TODAY).reached_on == date(2026, 10, 30)


def test_unreaching_is_harmless_twice(launch: Milestone) -> None:
    milestones.reach(launch, on=TODAY, today=TODAY)
    assert milestones.unreach(launch).reached_on is None
    assert milestones.unreach(launch).reached_on is None


def test_nothing_is_reached_in_the_future(launch: Milestone) -> None:
    with pytest.raises(ValidationError) as refused:
        milestones.reach(launch, on=date(2026, 11, 3), today=TODAY)
    assert refused.value.message_dict == {"reached_on": ["A milestone is reached today or earlier, not in the future."]}
    assert Milestone.objects.get().reached_on is None


def test_changing_refuses_an_empty_title_at_the_title(launch: Milestone) -> None:
    with pytest.raises(ValidationError) as refused:
        milestones.change(launch, title="")
    assert list(refused.value.message_dict) == ["title"]
    assert Milestone.objects.get().title == "Launch"


def test_only_title_and_date_are_changed_by_hand(launch: Milestone) -> None:
    with pytest.raises(TypeError, match="no product to change"):
        milestones.change(launch, product=launch.product)


def test_removing_is_harmless_twice(launch: Milestone) -> None:
    milestones.remove(launch)
    milestones.remove(launch)
    assert Milestone.objects.count() == 0


def test_the_milestones_of_an_archived_product_stay_as_they_are(
    acme: Company, chart: Product, launch: Milestone
) -> None:
    catalogue.archive(chart, by=acme.pam, at=NOW)
    for attempt in (
        lambda: milestones.add(chart, title="Another", due_on=DUE),
        lambda: milestones.change(launch, title="Other"),
        lambda: milestones.reach(launch, on=TODAY, today=TODAY),
        lambda: milestones.unreach(launch),
        lambda: milestones.remove(launch),
    ):
        with pytest.raises(catalogue.PutAway):
            attempt()
    assert [(m.title, m.reached_on) for m in Milestone.objects.all()] == [("Launch", None)]


def test_the_next_milestone_of_a_product_is_the_earliest_that_is_not_reached(chart: Product, launch: Milestone) -> None:
    milestones.reach(milestones.add(chart, title="Freeze", due_on=date(2026, 10, 1)), on=TODAY, today=TODAY)
    milestones.add(chart, title="Later", due_on=date(2027, 1, 1))
    shown = Product.objects.with_next_milestone().get()
    assert (shown.next_milestone, shown.next_milestone_on) == ("Launch", DUE)
