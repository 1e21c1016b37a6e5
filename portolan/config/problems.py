"""Errors: problem details (RFC 9457) for the API, a page for everybody else."""

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"
API = "/api/"
NOTHING_HERE = "There is nothing here under this address."
BROKEN = "Something broke on our side, and nothing was saved. It is in the log; try again later."


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """This function will turn what a view raised into a problem document, or return None for what is a bug (500)."""
    if isinstance(error, ValidationError):
        detail = error.message_dict if hasattr(error, "error_dict") else {"non_field_errors": error.messages}
        error = exceptions.ValidationError(detail)
    if isinstance(error, PermissionDenied) and str(error):
        error = exceptions.PermissionDenied(str(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound(NOTHING_HERE)
    response = exception_handler(error, context)
    if response is None:
        return None
    response.data = _problem(response.status_code, response.data)
    response.content_type = MEDIA_TYPE
    return response


def respond(status: int, detail: str) -> HttpResponse:
    """This function will answer with a problem document, where no view of rest_framework is at work."""
    return HttpResponse(json.dumps(_problem(status, {"detail": detail})), status=status, content_type=MEDIA_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Only our own refusals are written for people; what else raises a 400 may quote the request.
    detail = str(exception) if type(exception) is BadRequest else "This request cannot be read."
    return respond(400, detail) if _is_api(request) else defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    refusal = "This is not allowed."
    return respond(403, refusal) if _is_api(request) else defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return respond(404, NOTHING_HERE) if _is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return respond(500, BROKEN) if _is_api(request) else defaults.server_error(request)


def document(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """This function will write the errors that every operation may answer into the OpenAPI document."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _SCHEMA
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            statuses = [400, 401, 403, 404, 406, *([409, 415] if method in ("post", "patch") else [])]
            for status in statuses:
                operation["responses"].setdefault(
                    str(status), {"description": HTTPStatus(status).phrase, "content": content}
                )
    return result


_TEXT = {"type": "string"}
_SCHEMA = {
    "type": "object",
    "description": "What is wrong, as RFC 9457 writes it. `errors` names the places in the body by JSON pointers (RFC 6901).",
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"pointer": _TEXT, "detail": _TEXT},
                "required": ["pointer", "detail"],
            },
        },
    },
    "required": ["type", "title", "status", "detail"],
}


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API)


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
