"""Filling an address with Acme's own rows."""

import re
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django_filters.rest_framework import DjangoFilterBackend

from portolan.tenancy import catalogue
from portolan.tenancy.models import TenantOwned
from tests.doors.acme import WORD, Rows
from tests.doors.addresses import Door

# What no row of Acme's can fill, by the door's name and the argument's.
TAUGHT: dict[tuple[str, str], object] = {
    # The key itself is kept nowhere; what a real one opens is told by tests/accounts/test_joining.py.
    ("accounts:invitation", "key"): "no-such-key",
    ("", "rest"): "nowhere",
    ("portfolio:fact", "fact"): "thesis",
    ("insights:number", "key"): "throughput",
    ("insights:product-number", "key"): "health",
}


class CannotFill(AssertionError):
    """The address has an argument that nobody explained."""


def fill(door: Door, *, slug: str, rows: Rows) -> dict[str, object]:
    """This function will give every argument of a door a value that leads to something of Acme's."""
    return {name: slug if name == "organization_slug" else _value(door, name, rows) for name in door.parameters}


def _value(door: Door, name: str, rows: Rows) -> object:
    namespace = door.name.rpartition(":")[0]
    for place in [(door.name, name), (namespace, name)]:
        if place in TAUGHT:
            return TAUGHT[place]
    model = _model(door, name)
    if model is None:
        raise CannotFill(
            f"The door {door} ({door.route}) has an argument <{name}>, and no row of Acme's says what to write there. Name it "
            f"after its model (<uuid:product_id>), put it behind the model's plural (products/<slug:slug>/), or add "
            f"({door.name!r}, {name!r}) to TAUGHT in tests/doors/arguments.py."
        )
    if model not in rows:
        raise CannotFill(
            f"Acme has no {model._meta.label} for {door}: see what test_acme_has_a_row_of_everything says."
        )
    return rows[model].slug if name.endswith("slug") else rows[model].pk


def _model(door: Door, name: str) -> type[TenantOwned] | None:
    """The model an argument speaks of: the resource's own, the one in its name, or the one in the address before it."""
    if door.resource is not None and name == "pk":
        return door.resource.queryset.model
    if name.endswith(("_id", "_slug")):
        return _named(name.rpartition("_")[0].replace("_", ""))
    collection = re.search(rf"([\w-]+)/<(\w+:)?{name}>", door.route)
    return _named(_singular(collection[1]).replace("-", "")) if collection else None


def _singular(word: str) -> str:
    return word.removesuffix("ies") + "y" if word.endswith("ies") else word.removesuffix("s")


def _named(word: str) -> type[TenantOwned] | None:
    """Product by `product`; Membership by `member` and ApiToken by `token`, as long as no other model sounds like it."""
    by_name = {model._meta.model_name: model for model in catalogue.tenant_models()}
    alike = [model for name, model in by_name.items() if name.startswith(word) or name.endswith(word)]
    return by_name.get(word) or (alike[0] if len(alike) == 1 else None)


def body(door: Door, rows: Rows) -> tuple[dict[str, Any], bool]:
    """A body for POST or PATCH that points at Acme's rows wherever it may, and whether it points at any."""
    view = door.resource()
    view.action = "create" if "post" in getattr(door.view, "actions", {}) else "partial_update"
    if not hasattr(view, "get_serializer_class"):
        return {}, False
    facts: dict[str, Any] = {}
    points = False
    for name, field in view.get_serializer_class()().fields.items():
        if field.read_only:
            continue
        related = getattr(getattr(field, "child_relation", field), "queryset", None)
        if isinstance(related, models.QuerySet) or hasattr(related, "model"):
            row = rows[related.model]
            key = getattr(row, getattr(field, "slug_field", "pk"))
            facts[name], points = [str(key)] if hasattr(field, "child_relation") else str(key), True
        else:
            facts[name] = _plain(field)
    return facts, points


def questions(door: Door, rows: Rows) -> dict[str, str]:
    """What the filters of an endpoint can be asked about Acme: the row a reference leads to, else what Acme's row holds."""
    model = getattr(getattr(door.resource, "queryset", None), "model", None)
    filters = model and DjangoFilterBackend().get_filterset_class(door.resource, door.resource.queryset)
    return (
        {name: _asked(model, asks.field_name, rows) for name, asks in filters.base_filters.items()} if filters else {}
    )


def _asked(model: type[TenantOwned], field_name: str, rows: Rows) -> str:
    first, _, rest = field_name.partition("__")
    try:
        field = model._meta.get_field(first)
    except FieldDoesNotExist:
        return WORD  # the filter has words of its own
    if field.is_relation and not rest:
        return str(rows[field.related_model].pk)
    return _asked(field.related_model, rest, rows) if field.is_relation else str(getattr(rows[model], first))


def _plain(field: Any) -> Any:
    if choices := list(getattr(field, "choices", [])):
        return next(choice for choice in choices if choice != "")
    kind = type(field).__name__
    known = {"EmailField": "guest@example.com", "DateField": "2026-11-22", "BooleanField": True, "IntegerField": 1,
             "ListField": [], "JSONField": {}, "DictField": {}, "DecimalField": "1", "FloatField": 1.0,
             "DateTimeField": "2026-11-22T09:00:00Z", "SlugField": "guest", "URLField": "https://example.com"}  # fmt: skip
    return known.get(kind, "Guest")
