"""Moving a product through its stages, and keeping who, when and why."""

from datetime import datetime

from django.db import transaction

from portolan.accounts.models import Membership
from portolan.portfolio.models import Product, Stage, StageChange
from portolan.portfolio.signals import product_stage_changed


@transaction.atomic
def enter(
    product: Product, *, stage: Stage | str, by: Membership | None, at: datetime, why: str = ""
) -> StageChange | None:
    """This function will move a product into a stage and record it, or return the existing record when it is there already."""
    # Locked, because two people may move the same product at once and the history must say which came last.
    current = Product.objects.select_for_update().get(pk=product.pk)
    newest = StageChange.objects.filter(product=current).order_by("-at", "-id").first()
    if newest is not None and current.stage == stage:
        return newest
    change = StageChange.objects.create(product=current, stage=Stage(stage), by=by, at=at, why=why)
    Product.objects.filter(pk=product.pk).update(stage=change.stage)
    product.stage = change.stage
    product_stage_changed.send(Product, product=product, change=change)
    return change
