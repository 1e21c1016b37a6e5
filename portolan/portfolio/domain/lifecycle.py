"""Moving a product through its stages, and keeping who, when and why."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from portolan.accounts.models import Membership
from portolan.portfolio.models import Product, Stage, StageChange
from portolan.portfolio.signals import product_stage_changed

# Ending a product is the decision that people ask about years later.
NEEDS_A_REASON = frozenset({Stage.SUNSET, Stage.RETIRED})


class ReasonMissing(ValidationError):
    """A product was to be ended without saying why."""

    def __init__(self, product: Product, stage: Stage) -> None:
        words = f"Say why {product} moves to {stage.label}: whoever looks back will ask."
        super().__init__({"why": ValidationError(words, code="required")})


@transaction.atomic
def enter(
    product: Product, *, stage: Stage | str, by: Membership | None, at: datetime, why: str = ""
) -> StageChange | None:
    """This function will move a product into a stage and record it, or return the existing record when it is there already.

    Raises ReasonMissing when a product is sunset or retired without a reason. (One that enters the portfolio in such a
    stage was ended elsewhere: nobody here is asked why.)
    """
    # Locked, because two people may move the same product at once and the history must say which came last.
    current = Product.objects.select_for_update().get(pk=product.pk)
    newest = StageChange.objects.filter(product=current).order_by("-at", "-id").first()
    if newest is not None and current.stage == stage:
        return newest
    stage = Stage(stage)
    if newest is not None and stage in NEEDS_A_REASON and not why.strip():
        raise ReasonMissing(product, stage)
    change = StageChange.objects.create(product=current, stage=stage, by=by, at=at, why=why.strip())
    Product.objects.filter(pk=product.pk).update(stage=stage)
    product.stage = stage
    product_stage_changed.send(Product, product=product, change=change)
    return change


def history(product: Product, *, as_of: datetime) -> list[tuple[StageChange, timedelta]]:
    """This function will return the stages of a product, newest first, each with the time that it lasted up to `as_of`."""
    changes = list(StageChange.objects.filter(product=product).order_by("-at", "-id").select_related("by__user"))
    ends = [as_of, *(change.at for change in changes)]
    return [(change, end - change.at) for change, end in zip(changes, ends, strict=False)]
