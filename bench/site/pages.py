"""The yardstick of a page, and the counting of statements."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines

from portolan.accounts.models import Organization

TEMPLATE = engines["django"].from_string(
    "<!doctype html><title>Organizations</title><ul>{% for name in names %}<li>{{ name }}</li>{% endfor %}</ul>"
)


def minimal(request: HttpRequest) -> HttpResponse:
    """One query, one template, behind the same middleware."""
    return HttpResponse(TEMPLATE.render({"names": list(Organization.objects.values_list("name", flat=True))}, request))


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """This middleware will write the number of statements of each answer into a header: all of them, also those that
    enter the organization."""

    def middleware(request: HttpRequest) -> HttpResponse:
        statements: list[str] = []

        def note(execute: Any, sql: str, *rest: Any) -> Any:
            statements.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(note):
            response = get_response(request)
        response["X-Statements"] = str(len(statements))
        response["X-Settings"] = str(sum(sql.startswith("SET LOCAL") for sql in statements))
        return response

    return middleware
