"""References that stay inside one organization, in the database and in every join."""

from typing import Any

from django.db import models
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.options import Options

from portolan.tenancy import scope
from portolan.tenancy.walls import TenantReference, TenantWall


class CurrentOrganization(models.Expression):
    """The scope's organization as a query parameter.

    It is resolved when SQL is written, not when the queryset is built: forms and filters may hold querysets that were
    made at import time. A literal, unlike `current_setting()`, also tells a sharded database where to go.
    """

    output_field = models.UUIDField()

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [scope.current_organization_id()]


class TenantKey(models.UUIDField):  # type: ignore[type-arg]
    """The primary key of a tenant table. Declaring it raises the wall, so that no tenant model can forget one."""

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if _is_real(cls):
            # First of all: the references of this very table to itself need the composite key.
            declare(cls, "constraints", TenantWall(name=shorten(f"{cls._meta.db_table}_wall")), first=True)


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A foreign key between two tenant tables.

    The database holds `FOREIGN KEY (organization_id, <field>_id)` and an index that starts with `organization_id`; every
    join carries `organization_id = organization_id`, so that a query names its tenant (one shard, and the right index).
    `on_delete` is `DB_CASCADE`, or one of Django's own (`SET_NULL`, `PROTECT`).
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs.update(db_constraint=False, db_index=False)
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        return name, path, args, kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        if _is_real(cls):
            table = cls._meta.db_table
            declare(cls, "constraints", TenantReference(name=shorten(f"{table}_{name}_ref"), field=name))
            if not _is_covered(cls, name):
                declare(
                    cls, "indexes", models.Index(fields=["organization", name], name=shorten(f"{table}_{name}", 30))
                )

    def get_extra_restriction(self, alias: str | None, related_alias: str) -> Any:
        column: Any = self.model._meta.get_field("organization")  # Named alike on both sides of every join.
        # Without an alias Django pushes the join's condition down into a subquery, which then names its tenant itself.
        other = CurrentOrganization() if alias is None else Col(alias, column)
        return Exact(Col(related_alias, column), other)


def _is_real(model: type[models.Model]) -> bool:
    """A model with a table of its own; historical ones get walls and references from the migration that made them."""
    return model.__module__ != "__fake__" and not model._meta.abstract


def _is_covered(model: type[models.Model], name: str) -> bool:
    """An index that the author wrote already begins with the organization and this reference."""
    unique = (c.fields for c in model._meta.constraints if isinstance(c, models.UniqueConstraint) and not c.condition)
    indexed = (index.fields for index in model._meta.indexes if not index.condition)
    return any(list(fields[:2]) == ["organization", name] for fields in (*unique, *indexed))


def declare(model: type[models.Model], kind: str, item: Any, *, first: bool = False) -> None:
    """This function will add a constraint or an index to a model's Meta as if its author had written it there."""
    options: Options[Any] = model._meta
    present = getattr(options, kind)
    items = [item, *present] if first else [*present, item]
    setattr(options, kind, items)
    options.original_attrs[kind] = items


def shorten(name: str, limit: int = 63) -> str:
    """This function will cut a name to PostgreSQL's 63 bytes (Django allows an index 30), keeping it unique by a digest."""
    if len(name) <= limit:
        return name
    from django.db.backends.utils import names_digest

    return f"{name[: limit - 9]}_{names_digest(name, length=8)}"
