"""Products move through stages, and the history says who, when and why."""

from datetime import timedelta

import pytest

from portolan.portfolio.domain import lifecycle
from portolan.portfolio.models import Product, Stage, StageChange
from portolan.portfolio.signals import product_stage_changed
from tests.cast import NOW, Company, make_product

LATER = NOW + timedelta(days=30)


@pytest.fixture
def chart(acme: Company) -> Product:
    return make_product("Chart", owner=acme.pete, stage=Stage.GROWTH)


def history(product: Product) -> list[tuple[str, object, str]]:
    return list(StageChange.objects.filter(product=product).order_by("at").values_list("stage", "by", "why"))


def test_entering_a_stage_keeps_who_when_and_why(acme: Company, chart: Product) -> None:
    change = lifecycle.enter(chart, stage=Stage.MATURE, by=acme.pam, at=LATER, why="  Growth is over.  ")
    assert change is not None
    assert (change.stage, change.by, change.at, change.why) == ("mature", acme.pam, LATER, "Growth is over.")
    assert Product.objects.get().stage == chart.stage == "mature"
    assert history(chart) == [("growth", acme.pete.id, ""), ("mature", acme.pam.id, "Growth is over.")]


def test_entering_the_same_stage_again_returns_the_record_that_is_there(acme: Company, chart: Product) -> None:
    first = lifecycle.enter(chart, stage=Stage.MATURE, by=acme.pam, at=LATER, why="First.")
    assert lifecycle.enter(chart, stage="mature", by=acme.pete, at=LATER, why="Second.") == first
    assert [why for _, _, why in history(chart)] == ["", "First."]


@pytest.mark.parametrize("stage", [Stage.SUNSET, Stage.RETIRED])
@pytest.mark.parametrize("why", ["", " \n "])
def test_ending_a_product_needs_a_reason(acme: Company, chart: Product, stage: Stage, why: str) -> None:
    with pytest.raises(lifecycle.ReasonMissing) as refused:
        lifecycle.enter(chart, stage=stage, by=acme.pam, at=LATER, why=why)
    assert refused.value.message_dict == {
        "why": [f"Say why Chart moves to {stage.label}: whoever looks back will ask."]
    }
    assert Product.objects.get().stage == "growth"
    assert len(history(chart)) == 1


def test_a_product_that_arrives_retired_is_not_asked_why(acme: Company) -> None:
    assert history(make_product("Old", owner=acme.pam, stage=Stage.RETIRED)) == [("retired", acme.pam.id, "")]


def test_a_stage_that_does_not_exist_is_refused(acme: Company, chart: Product) -> None:
    with pytest.raises(ValueError, match="zenith"):
        lifecycle.enter(chart, stage="zenith", by=acme.pam, at=LATER)


def test_the_rooms_above_hear_of_every_move_and_of_no_standstill(acme: Company, chart: Product) -> None:
    heard = []

    def listen(sender: object, product: Product, change: StageChange, **rest: object) -> None:
        heard.append((product.name, change.stage))

    product_stage_changed.connect(listen)
    try:
        lifecycle.enter(chart, stage=Stage.MATURE, by=acme.pam, at=LATER)
        lifecycle.enter(chart, stage=Stage.MATURE, by=acme.pam, at=LATER)
    finally:
        product_stage_changed.disconnect(listen)
    assert heard == [("Chart", "mature")]


def test_the_history_says_how_long_each_stage_lasted(acme: Company, chart: Product) -> None:
    lifecycle.enter(chart, stage=Stage.MATURE, by=acme.pam, at=LATER)
    spans = [(c.stage, lasted) for c, lasted in lifecycle.history(chart, as_of=LATER + timedelta(hours=5))]
    assert spans == [("mature", timedelta(hours=5)), ("growth", timedelta(days=30))]
