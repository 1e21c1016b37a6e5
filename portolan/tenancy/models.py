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

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(organization_id=CurrentOrganization())


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
        """This function will hold the row against its constraints, and name the field that a duplicate stands in.

        Forms exclude what they do not show, and Django then skips every constraint that mentions it. The organization is
        never shown and always known, so it is never excluded: a duplicate is a sentence at the field, not a crash.
        """
        hidden = set(exclude or ()) - {"organization"}
        try:
            super().validate_constraints(exclude=hidden)
        except ValidationError as error:
            places = self._places_of_duplicates(hidden)
            placed: dict[str, list[ValidationError]] = {}
            for place, errors in error.error_dict.items():
                for one in errors:
                    placed.setdefault(places.get(one.messages[0], place), []).append(one)
            raise ValidationError(placed) from error

    def _places_of_duplicates(self, hidden: set[str]) -> dict[str, str]:
        unique = [c for c in self._meta.constraints if isinstance(c, models.UniqueConstraint) and c.fields]
        return {str(c.violation_error_message): c.fields[-1] for c in unique if c.fields[-1] not in hidden}
