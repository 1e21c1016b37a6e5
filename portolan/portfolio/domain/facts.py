"""Changing what is known about a product, one fact at a time, by people who may be doing it at the same time."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from portolan.accounts.models import Membership
from portolan.portfolio.domain import catalogue, lines
from portolan.portfolio.models import FactChange, Product

# The stage is not among them: it has a history of its own (lifecycle).
FACTS = (
    "name", "thesis", "role", "horizon", "portfolio", "line", "owner", "sponsor", "team", "starts_on", "retires_on", "tags",
)  # fmt: skip


class ChangedMeanwhile(ValidationError):
    """Somebody else gave the fact another value after this person had begun to edit it."""

    def __init__(self, product: Product, change: FactChange) -> None:
        self.change = change
        said = words(product, change.fact)
        whose = change.by or "Somebody who has left"
        sentence = f"{whose} changed this to “{said}” meanwhile." if said else f"{whose} emptied this meanwhile."
        super().__init__({change.fact: ValidationError(f"{sentence} Save again to replace it.", code="changed")})


@transaction.atomic
def change(
    product: Product, *, to: Mapping[str, Any], by: Membership | None, at: datetime, seen: int | None = None
) -> list[FactChange]:
    """This function will give facts of a product other values and return the records; what is equal already is left alone.

    `to` maps names of FACTS to values of the model's types. `seen` is the version of the product that the person looked
    at: when somebody else has changed one of these facts since, ChangedMeanwhile is raised (a ValidationError at that
    fact) and nothing is changed. A line brings its portfolio along; another portfolio leaves the line behind.
    Raises ValidationError naming the facts that cannot be used.
    """
    # Locked, so that the version that is compared is the version that is raised.
    stored = Product.objects.select_for_update().get(pk=product.pk)
    before = {fact: as_text(stored, fact) for fact in FACTS}
    wanted = {fact: value for fact, value in to.items() if text_of(value) != before[fact]}
    if seen is not None:
        wanted = {fact: value for fact, value in wanted.items() if not _stands_as_seen(stored, fact, value, seen=seen)}
    if not wanted:
        product.refresh_from_db()
        return []
    catalogue.refuse_if_put_away(stored)
    for fact, value in wanted.items():
        setattr(stored, fact, value)
    _keep_line_and_portfolio_together(stored, wanted=wanted.keys())
    stored.full_clean()
    changes = _records(stored, before, by=by, at=at)
    stored.version += len(changes)
    stored.save(update_fields=["version", *(c.fact for c in changes)])
    FactChange.objects.bulk_create(changes)
    product.refresh_from_db()
    return changes


def as_text(product: Product, fact: str) -> str:
    """This function will write a fact as a form posts it: identifiers, ISO dates, tags with commas, "" for nothing."""
    return text_of(getattr(product, Product._meta.get_field(fact).attname))  # type: ignore[union-attr]


def text_of(value: Any) -> str:
    """This function will write the value of a fact as a form posts it."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, list | tuple):
        return ", ".join(value)
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def words(product: Product, fact: str) -> str:
    """This function will say a fact in the words of a page: names instead of identifiers, labels instead of keys."""
    field = Product._meta.get_field(fact)
    if fact == "line":
        return lines.paths().get(product.line_id, "") if product.line_id else ""
    if isinstance(field, models.ForeignKey):
        return str(getattr(product, fact) or "")
    if getattr(field, "choices", None):
        return str(getattr(product, f"get_{fact}_display")() or "")
    value = getattr(product, fact)
    return f"{value:%-d %b %Y}" if isinstance(value, date) else as_text(product, fact)


def _stands_as_seen(stored: Product, fact: str, value: Any, *, seen: int) -> bool:
    """Tells whether the person left alone what somebody else changed; raises ChangedMeanwhile when both changed it."""
    later = FactChange.objects.filter(product=stored, fact=fact, version__gt=seen).order_by("version")
    changes = list(later.select_related("by__user"))
    if changes and text_of(value) != changes[0].before:
        raise ChangedMeanwhile(stored, changes[-1])
    return bool(changes)


def _keep_line_and_portfolio_together(product: Product, *, wanted: Collection[str]) -> None:
    if product.line is None:
        return
    if "line" in wanted:
        product.portfolio = product.line.portfolio
    elif product.line.portfolio_id != product.portfolio_id:
        product.line = None


def _records(product: Product, before: Mapping[str, str], *, by: Membership | None, at: datetime) -> list[FactChange]:
    after = {fact: as_text(product, fact) for fact in FACTS}
    changed = [fact for fact in FACTS if after[fact] != before[fact]]
    return [
        FactChange(product=product, version=product.version + n, fact=fact, before=before[fact], after=after[fact], by=by, at=at)
        for n, fact in enumerate(changed, start=1)
    ]  # fmt: skip
