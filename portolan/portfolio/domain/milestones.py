"""The dates that a product means to keep."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from portolan.portfolio.domain import catalogue
from portolan.portfolio.models import Milestone, Product


@transaction.atomic
def add(product: Product, *, title: str, due_on: date) -> Milestone:
    """This function will set a product a milestone. Raises ValidationError naming what cannot be used."""
    catalogue.refuse_if_put_away(product)
    milestone = Milestone(product=product, title=title, due_on=due_on)
    milestone.full_clean()
    milestone.save(force_insert=True)
    return milestone


@transaction.atomic
def change(milestone: Milestone, **to: Any) -> Milestone:
    """This function will give a milestone another title or date. Raises ValidationError naming what cannot be used."""
    catalogue.refuse_if_put_away(milestone.product)
    unknown = to.keys() - {"title", "due_on"}
    if unknown:
        raise TypeError(f"A milestone has no {', '.join(sorted(unknown))} to change.")
    for name, value in to.items():
        setattr(milestone, name, value)
    milestone.full_clean()
    milestone.save(update_fields=list(to))
    return milestone


@transaction.atomic
def reach(milestone: Milestone, *, on: date, today: date) -> Milestone:
    """This function will record the day on which a milestone was reached; one that was reached keeps its first day.

    Raises ValidationError for a day that has not come.
    """
    catalogue.refuse_if_put_away(milestone.product)
    if on > today:
        raise ValidationError({"reached_on": "A milestone is reached today or earlier, not in the future."})
    # Conditional, because two people may tick the same milestone: the first day stays.
    Milestone.objects.filter(pk=milestone.pk, reached_on=None).update(reached_on=on)
    milestone.refresh_from_db()
    return milestone


@transaction.atomic
def unreach(milestone: Milestone) -> Milestone:
    """This function will take back that a milestone was reached."""
    catalogue.refuse_if_put_away(milestone.product)
    Milestone.objects.filter(pk=milestone.pk).update(reached_on=None)
    milestone.refresh_from_db()
    return milestone


@transaction.atomic
def remove(milestone: Milestone) -> None:
    """This function will delete a milestone; one that is gone already stays gone."""
    catalogue.refuse_if_put_away(milestone.product)
    Milestone.objects.filter(pk=milestone.pk).delete()
