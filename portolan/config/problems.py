"""Errors of the API as problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """This function will turn what a view raised into a problem document, or return None for what is a bug (500)."""
    if isinstance(error, ValidationError):
        detail = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
        error = exceptions.ValidationError(detail)
    if isinstance(error, PermissionDenied) and str(error):
        error = exceptions.PermissionDenied(str(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound("There is nothing here under this address.")
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = _problem(response.status_code, response.data)
    response.content_type = MEDIA_TYPE
    return response


def _problem(status: int, data: Any) -> dict[str, Any]:
    problem: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if isinstance(data, dict) and set(data) == {"detail"}:
        return {**problem, "detail": str(data["detail"])}
    return {**problem, "detail": "Some of what you sent cannot be used.", "errors": list(_errors("", data))}


def _errors(pointer: str, data: Any) -> Any:
    """Yields {pointer, detail} for every message, the pointer being a JSON pointer (RFC 6901) into the request body."""
    if isinstance(data, dict):
        for name, inner in data.items():
            yield from _errors(pointer if name == "non_field_errors" else f"{pointer}/{name}", inner)
    elif isinstance(data, list):
        for place, inner in enumerate(data):
            yield from _errors(pointer if isinstance(inner, str) else f"{pointer}/{place}", inner)
    else:
        yield {"pointer": pointer, "detail": str(data)}
