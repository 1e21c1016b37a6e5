"""What the database itself guarantees about a tenant table, as constraints that migrations carry.

Django writes `PRIMARY KEY (id)`; the wall replaces it by `(organization_id, id)`, which is what sharding by organization
needs, and forces row-level security. References between tenant tables are composite, because a foreign key check bypasses
row-level security: with `(organization_id, product_id)` a row cannot point into another organization.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint
from django.db.models.deletion import DB_CASCADE

from portolan.tenancy.scope import ORGANIZATION_SETTING, PERSON_SETTING

type Editor = BaseDatabaseSchemaEditor


class _Wall(BaseConstraint):
    """A constraint that people cannot violate from a form: it has nothing to validate."""

    # Written out because Django's own constraints differ in nothing but their SQL.
    def statements(self, model: type[models.Model], editor: Editor) -> tuple[str, str]:
        """This function will return the SQL that raises the wall and the SQL that removes it."""
        raise NotImplementedError

    # Django returns a Statement, None for "deferred", or a str, whichever suits; the published types say str.
    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        schema_editor.deferred_sql.append(self._statement(model, schema_editor, 0))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(model, schema_editor, 0)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(model, schema_editor, 1)

    def _statement(self, model: type[models.Model], editor: Editor, which: int) -> Statement:
        # `%` doubled: a Statement interpolates its template once more.
        template = self.statements(model, editor)[which].replace("%", "%%")
        return Statement(template + "%(table)s", table=_Silent(model._meta.db_table))

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        return None

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((type(self), self.name))


class _Silent(Table):
    """Names a table to Django's bookkeeping (a dropped table drops its pending statements) without printing it."""

    def __init__(self, table: str) -> None:
        super().__init__(table, lambda name: name)

    def __str__(self) -> str:
        return ""


class TenantWall(_Wall):
    """The key `(organization_id, id)` and forced row-level security: no scope, no rows."""

    def statements(self, model: type[models.Model], editor: Editor) -> tuple[str, str]:
        quote, table = editor.quote_name, model._meta.db_table
        name, key = quote(table), quote(f"{table}_pkey")
        owner = f"organization_id = NULLIF(current_setting('{ORGANIZATION_SETTING}', true), '')::uuid"
        return (
            f"ALTER TABLE {name} DROP CONSTRAINT {key}, ADD CONSTRAINT {key} PRIMARY KEY (organization_id, id), "
            f"ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; "
            f"CREATE POLICY tenant ON {name} USING ({owner})",
            f"DROP POLICY tenant ON {name}; ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY, "
            f"DISABLE ROW LEVEL SECURITY, DROP CONSTRAINT {key}, ADD CONSTRAINT {key} PRIMARY KEY (id)",
        )


class PersonWindow(_Wall):
    """A second, read-only policy: inside `person_scope` people see the rows that are about themselves."""

    def __init__(self, *, name: str, column: str) -> None:
        super().__init__(name=name)
        self.column = column

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "column": self.column}

    def statements(self, model: type[models.Model], editor: Editor) -> tuple[str, str]:
        name, column = editor.quote_name(model._meta.db_table), editor.quote_name(self.column)
        person = f"{column} = NULLIF(current_setting('{PERSON_SETTING}', true), '')::uuid"
        return (
            f"CREATE POLICY person_window ON {name} FOR SELECT USING ({person})",
            f"DROP POLICY person_window ON {name}",
        )


class TenantReference(_Wall):
    """The composite foreign key behind one TenantForeignKey."""

    def __init__(self, *, name: str, field: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        # Always deferred: the wall that gives the target its composite key may still be pending in this migration.
        self.constraint_sql(model, schema_editor)

    def statements(self, model: type[models.Model], editor: Editor) -> tuple[str, str]:
        quote = editor.quote_name
        field: Any = model._meta.get_field(self.field)
        table, name, column = quote(model._meta.db_table), quote(self.name), quote(field.column)
        target = quote(field.remote_field.model._meta.db_table)
        cascade = " ON DELETE CASCADE" if field.remote_field.on_delete is DB_CASCADE else ""
        return (
            f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (organization_id, {column}) "
            f"REFERENCES {target} (organization_id, id){cascade} DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {table} DROP CONSTRAINT {name}",
        )
