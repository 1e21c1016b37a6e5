"""What PostgreSQL itself says about the tenant tables, held against what every one of them must have."""

from typing import Any

from django.apps import apps
from django.db import connection, models

from portolan.tenancy.fields import TenantForeignKey
from portolan.tenancy.models import TenantOwned
from portolan.tenancy.walls import PersonWindow


class WallMissing(RuntimeError):
    """A tenant table lacks part of the wall; the message lists every gap."""


def tenant_models() -> list[type[TenantOwned]]:
    """This function will return every concrete model whose rows belong to an organization."""
    return [model for model in apps.get_models() if issubclass(model, TenantOwned)]


def gaps() -> list[str]:
    """This function will return one sentence for each part of the wall that a tenant table lacks, read from pg_catalog."""
    found = [] if _role_is_bound() else ["The database role is a superuser or bypasses row-level security."]
    tables = {model._meta.db_table: model for model in tenant_models()}
    security = {table: rest for table, *rest in _rows(_SECURITY, list(tables))}
    indexes: dict[str, list[tuple[Any, ...]]] = {}
    for table, *index in _rows(_INDEXES, list(tables)):
        indexes.setdefault(table, []).append(tuple(index))
    references = {(table, column, target) for table, column, target in _rows(_REFERENCES, list(tables))}
    for table, model in tables.items():
        # Own memberships are found across organizations: the one index that may begin with the person.
        beginnings = {"organization_id"} | {w.column for w in model._meta.constraints if isinstance(w, PersonWindow)}
        enabled, forced, policies = security.get(table, (False, False, []))
        if not (enabled and forced):
            found.append(f"{table}: row-level security is not enabled and forced.")
        if "tenant" not in policies:
            found.append(f"{table}: the policy `tenant` is missing.")
        for name, is_primary, is_exclusion, columns in indexes.get(table, []):
            if is_primary and columns != ["organization_id", "id"]:
                found.append(f"{table}: the primary key is {columns}, not (organization_id, id).")
            if columns[:1] and columns[0] not in beginnings and not is_exclusion:
                found.append(f"{table}: the index {name} does not start with organization_id.")
        for field in model._meta.local_fields:
            found += _reference_gaps(table, field, references)
        found += [
            f"{table}: {field.name} is many-to-many; write the through model."
            for field in model._meta.local_many_to_many
        ]
    return sorted(found)


def _reference_gaps(table: str, field: "models.Field[Any, Any]", references: set[tuple[str, str, str]]) -> list[str]:
    target = field.related_model
    if not isinstance(target, type) or not issubclass(target, TenantOwned):
        return []
    if not isinstance(field, TenantForeignKey):
        return [f"{table}: {field.name} points to a tenant table and is no TenantForeignKey."]
    if (table, field.column, target._meta.db_table) not in references:
        return [f"{table}: {field.name} has no composite foreign key (organization_id, {field.column})."]
    return []


def assert_walls_after_migrate(**kwargs: Any) -> None:
    """This function will raise WallMissing when any tenant table lacks any part of the wall."""
    # The signal fires once per application, this one's when all tables exist; a partial migration (to an older state)
    # has no tables for newer models, and nothing to hold against them.
    existing = set(connection.introspection.table_names())
    if all(model._meta.db_table in existing for model in tenant_models()) and (missing := gaps()):
        raise WallMissing("\n".join(missing))


def _role_is_bound() -> bool:
    ((bound,),) = _rows("SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = current_user", None)
    return bool(bound)


def _rows(statement: str, tables: list[str] | None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, None if tables is None else [tables])
        return cursor.fetchall()


_SECURITY = """
    SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
           ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid)
    FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s)
"""
_INDEXES = """
    SELECT t.relname, i.relname, x.indisprimary, x.indisexclusion,
           ARRAY(SELECT a.attname::text FROM unnest(x.indkey::int2[]) WITH ORDINALITY k(number, place)
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number ORDER BY k.place)
    FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
    WHERE t.relnamespace = current_schema()::regnamespace AND t.relname = ANY(%s)
"""
_REFERENCES = """
    SELECT t.relname, a.attname, r.relname
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
    JOIN pg_attribute o ON o.attrelid = t.oid AND o.attnum = c.conkey[1] AND o.attname = 'organization_id'
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = c.conkey[2]
    WHERE c.contype = 'f' AND array_length(c.conkey, 1) = 2
      AND t.relnamespace = current_schema()::regnamespace AND t.relname = ANY(%s)
"""
