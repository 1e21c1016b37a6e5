"""Acme with something in every tenant table, so that there is something to leak and something to change."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DataError, IntegrityError, connection, models, transaction

from portolan.accounts.models import Membership, Organization, Role, User
from portolan.tenancy import catalogue
from portolan.tenancy.fields import TenantForeignKey
from portolan.tenancy.models import TenantOwned
from portolan.tenancy.scope import organization_scope

WORD = "Quillfeather"
DAY = date(2026, 11, 2)
MOMENT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
_numbers = itertools.count(1)

type Rows = dict[type[TenantOwned], TenantOwned]


class CannotMake(AssertionError):
    """Nobody said what a row of this model holds."""


# What a row needs beyond the types of its fields, because a CHECK of its table says so. Keys are model labels.
FACTS: dict[str, dict[str, Any]] = {
    "accounts.Invitation": {"email": "quillfeather.guest@example.com", "expires_at": MOMENT + timedelta(days=3650)},
    "integrations.ProjectMapping": {"project_external_id": "10001", "project_key": "QUILL", "project_name": WORD},
    "portfolio.FactChange": {"before": WORD, "after": "Guest"},
}


def furnish() -> tuple[Rows, list[str]]:
    """This function will make at least one row of every tenant model of the open scope.

    It returns one of each, and a sentence for each that could not be made.
    """
    rows: Rows = {}
    missing = []
    for model in catalogue.tenant_models():
        try:
            row_of(model, rows)
        except CannotMake as error:
            missing.append(str(error))
    return rows, missing


def row_of(model: type[TenantOwned], rows: Rows) -> TenantOwned:
    if model not in rows:
        rows[model] = model.objects.order_by("id").first() or _make(model, rows)
    return rows[model]


def _make(model: type[TenantOwned], rows: Rows) -> TenantOwned:
    taught = FACTS.get(model._meta.label, {})
    fields = [f for f in model._meta.concrete_fields if f.name not in ("id", "organization") and f.name not in taught]
    facts = {field.name: _value(field, rows) for field in fields if not (field.has_default() or field.blank)}
    try:
        with transaction.atomic():
            return model.objects.create(**facts, **taught)
    except (IntegrityError, DataError) as error:
        raise CannotMake(
            f"A row of {model._meta.label} needs facts that its fields' types do not tell. Write them into FACTS in "
            f"tests/doors/acme.py. PostgreSQL says: {error}"
        ) from error


def _value(field: "models.Field[Any, Any]", rows: Rows) -> Any:
    if isinstance(field, TenantForeignKey):
        return None if field.null else row_of(field.related_model, rows)
    if isinstance(field, models.ForeignKey) and field.related_model is User:
        return User.objects.get(email="ada@example.com")
    if field.null:
        return None
    return _by_type(field)


def _by_type(field: "models.Field[Any, Any]") -> Any:
    text = f"{WORD} {next(_numbers)}"
    for kind, value in {
        models.EmailField: f"{text.lower().replace(' ', '.')}@example.com",
        models.SlugField: text.lower().replace(" ", "-"),
        models.URLField: "https://quillfeather.example.com",
        models.CharField: field.choices[0][0] if field.choices else text[: getattr(field, "max_length", None)],
        models.TextField: text,
        models.DateTimeField: MOMENT,
        models.DateField: DAY,
        models.BooleanField: False,
        models.DecimalField: Decimal(1),
        models.FloatField: 1.0,
        models.IntegerField: 1,
        models.DurationField: timedelta(days=1),
        models.BinaryField: next(_numbers).to_bytes(32, "big"),
        models.UUIDField: f"00000000-0000-7000-8000-{next(_numbers):012}",
        models.JSONField: {},
        ArrayField: [],
    }.items():
        if isinstance(field, kind):
            return value
    raise CannotMake(f"Teach `_by_type` in tests/doors/acme.py what a {type(field).__name__} holds.")


def words(organization: Organization) -> set[str]:
    """Every text of Acme's rows that is long enough to be recognised."""
    found = {organization.name}
    for model in [*catalogue.tenant_models()]:
        texts = [f.name for f in model._meta.concrete_fields if isinstance(f, models.CharField | models.TextField)]
        for row in model.objects.values_list(*texts) if texts else []:
            found |= {text for text in row if text}
    found |= set(User.objects.filter(memberships__organization=organization).values_list("email", flat=True))
    return {word for word in found if len(word) >= 4}


def fingerprint(organization: Organization) -> dict[str, str]:
    """One digest for each table, over Acme's rows as PostgreSQL itself writes them; needs no open scope."""
    tables = [model._meta.db_table for model in catalogue.tenant_models()]
    people = User.objects.filter(memberships__organization=organization).order_by("pk")
    with organization_scope(organization.id), connection.cursor() as cursor:
        digests = {
            table: f"SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) FROM \"{table}\" t"
            for table in tables
        }
        cursor.execute("SELECT " + ", ".join(f"({statement})" for statement in digests.values()))
        seen = dict(zip(digests, cursor.fetchone(), strict=True))
        seen["accounts_organization"] = str(Organization.objects.filter(pk=organization.pk).values_list().get())
        seen["accounts_user"] = str(list(people.values_list()))
    return seen


def hire(role: Role, *, email: str) -> Membership:
    """A member of the open scope's organization, in a role."""
    return Membership.objects.create(user=User.objects.create_user(email, name=email.partition("@")[0]), role=role)
