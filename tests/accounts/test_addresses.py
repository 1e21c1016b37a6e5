"""An organization's address never hides a page of the site, nor does a page hide an organization."""

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import get_resolver

from portolan.accounts.models import RESERVED_SLUGS, Organization


def first_segments() -> set[str]:
    """The first path segment of every address of the site that does not belong to an organization."""
    routes = {route.removeprefix("^") for route in map(str, _routes(get_resolver().url_patterns))}
    outside = {route.partition("/")[0] for route in routes if not route.startswith("<slug:organization_slug>")}
    return (outside | {settings.STATIC_URL.strip("/")}) - {""}


def _routes(patterns, before=""):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns") and "/" not in route:
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def test_every_first_segment_of_the_site_is_reserved() -> None:
    found = first_segments()
    assert {"accounts", "admin", "api", "healthz", "organizations", "static"} <= found
    assert found - RESERVED_SLUGS == set()


@pytest.mark.parametrize("slug", [*sorted(RESERVED_SLUGS), "Acme", "a_b", "-a", "acme\n", "a/b", "é", ""])
def test_no_organization_takes_an_address_that_could_not_be_reached(slug: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Organization(name="Acme", slug=slug).clean_fields()
    assert list(caught.value.message_dict) == ["slug"]
