"""Text that PostgreSQL can keep. It refuses the character NUL, so whoever sends one gets a sentence before anything runs."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from rest_framework import parsers
from rest_framework.exceptions import ParseError

REFUSAL = (
    "Text cannot contain the character NUL (U+0000) or half of a surrogate pair. Remove it and send the rest again."
)
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def is_keepable(text: str) -> bool:
    """This function will tell whether the database can store a text."""
    return UNKEEPABLE.search(text) is None


class TextMiddleware:
    """Looks at the address, the query string and the form. JSON bodies are read by `JSONParser` below."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not all(map(is_keepable, _words(request))):
            raise BadRequest(REFUSAL)
        return self.get_response(request)


class JSONParser(parsers.JSONParser):
    """Reads JSON and refuses text, at any depth, that could not be kept."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            is_fit = all(map(is_keepable, _texts(data)))
        except ParseError as error:
            raise ParseError("This body is no JSON. Look for a missing quote, a trailing comma, or a NaN.") from error
        except RecursionError as error:
            raise ParseError("This body is nested too deeply.") from error
        if not is_fit:
            raise ParseError(REFUSAL)
        return data


def _words(request: HttpRequest) -> Iterable[str]:
    yield request.path_info
    # The API takes no forms, and says so itself as long as nobody has read the body before.
    has_form = request.content_type in FORMS and not request.path_info.startswith("/api/")
    for query in [request.GET, request.POST] if has_form else [request.GET]:
        for name, values in query.lists():
            yield name
            yield from values


def _texts(data: Any) -> Iterable[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for name, inner in data.items():
            yield name
            yield from _texts(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from _texts(inner)
