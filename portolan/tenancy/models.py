"""Rows that belong to an organization."""

from collections.abc import Collection
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import DB_CASCADE
from uuid_utils.compat import uuid7

from portolan.tenancy import scope
from portolan.tenancy.fields import CurrentOrganization, TenantKey


def new_id() -> UUID:
    """This function will return a UUIDv7: unique everywhere, and rising with time so that B-trees stay dense."""
    return uuid7()


class TenantManager(models.Manager[Any]):
    """Sees the rows of the current organization, and asks for one."""

    _narrowed: Any = None

    def get_queryset(self) -> Any:
        # Narrowed once and copied after that: resolving the same filter for every query cost more than the wall itself.
        known = self._narrowed
        if known is None or (known.model, known._db) != (self.model, self._db):
            known = self._narrowed = super().get_queryset().filter(organization_id=CurrentOrganization())
        return known.all()


class TenantOwned(models.Model):
    id = TenantKey(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(
        settings.TENANCY_ORGANIZATION_MODEL,
        DB_CASCADE,
        db_index=False,
        editable=False,
        related_name="+",
        default=scope.current_organization_id,
    )

    objects: ClassVar[Any] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """This function will hold the row against its constraints, and name the field that each violation stands in.

        Forms exclude what they do not show, and Django then skips every constraint that mentions it. The organization is
        never shown and always known, so it is never excluded: a duplicate is a sentence at the field, not a crash.
        The field of a duplicate is the last one that must be unique; the field of a CHECK is the last one it names.
        """
        hidden = set(exclude or ()) - {"organization"}
        try:
            super().validate_constraints(exclude=hidden)
        except ValidationError as error:
            places = self._places(hidden)
            placed: dict[str, list[ValidationError]] = {}
            for place, errors in error.error_dict.items():
                for one in errors:
                    placed.setdefault(places.get(one.messages[0], place), []).append(one)
            raise ValidationError(placed) from error

    def _places(self, hidden: set[str]) -> dict[str, str]:
        places: dict[str, str] = {}
        for constraint in self._meta.constraints:
            place = ""
            if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
                place = constraint.fields[-1]
            elif isinstance(constraint, models.CheckConstraint) and isinstance(constraint.condition, models.Q):
                place = _last_named(constraint.condition)
            if place and place not in hidden:
                places[str(constraint.violation_error_message)] = place
        return places


def _last_named(condition: models.Q) -> str:
    last = condition.children[-1] if condition.children else ""
    if isinstance(last, models.Q):
        return _last_named(last)
    return last[0].partition("__")[0] if isinstance(last, tuple) else ""
