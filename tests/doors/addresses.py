"""The doors: every pattern of the URL conf that leads into this house's own code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

PARAMETER = re.compile(r"<(?:(?P<converter>\w+):)?(?P<name>\w+)>")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Door:
    name: str
    route: str
    view: Any

    def __str__(self) -> str:
        return self.name or self.route

    @property
    def parameters(self) -> list[str]:
        return [match["name"] for match in PARAMETER.finditer(self.route)]

    @property
    def is_api(self) -> bool:
        return self.route.startswith("api/")

    @property
    def is_inside(self) -> bool:
        """It stands below an organization's address, or it answers for the organization of a token."""
        return "organization_slug" in self.parameters or (self.is_api and hasattr(self.view, "cls"))

    @property
    def resource(self) -> Any:
        """The class behind an endpoint of the API."""
        return getattr(self.view, "cls", None)

    @property
    def methods(self) -> list[str]:
        """What the view is known to answer; a page's function does not say, so everything is tried."""
        actions = getattr(self.view, "actions", None)
        if actions is not None:
            return [m for m in METHODS if m.lower() in actions and m.lower() in self.resource.http_method_names]
        if self.resource is not None:
            return [method for method in METHODS if hasattr(self.resource, method.lower())]
        return list(METHODS)

    def path(self, arguments: dict[str, object]) -> str:
        return "/" + PARAMETER.sub(lambda match: str(arguments[match["name"]]), self.route)


def doors() -> list[Door]:
    return list(_walk(get_resolver().url_patterns, "", []))


def _walk(patterns: list[URLPattern | URLResolver], route: str, namespaces: list[str]) -> Iterator[Door]:
    for pattern in patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            assert not _is_ours(pattern), f"Write {pattern.pattern} with path(): the doors are read from routes."
            continue
        below = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, below, namespaces + [pattern.namespace] * bool(pattern.namespace))
        elif _is_ours(pattern):
            yield Door(":".join([*namespaces, pattern.name]) if pattern.name else "", below, pattern.callback)


def _is_ours(pattern: URLPattern | URLResolver) -> bool:
    view = getattr(pattern, "callback", None)
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    return (kind or view).__module__.startswith("portolan.") if view else False
