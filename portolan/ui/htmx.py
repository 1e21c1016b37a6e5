"""One page, two answers: the whole page for a visit, one of its partials for a fragment request, at the same address."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], *, partial: str, status: int = 200
) -> HttpResponse:
    """This function will render `template#partial` for an htmx request and `template` for any other.

    Give `status=422` with a form that was refused: the page swaps it in and the reader sees what is wrong.
    """
    name = f"{template}#{partial}" if request.headers.get("HX-Request") else template
    response = render(request, name, context, status=status)
    # A cache must not hand the fragment to somebody who visits the page.
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def is_asked_for(request: HttpRequest, part: str) -> bool:
    """This function will say whether htmx asks for the element of this id, where a page has several fragments."""
    return bool(request.headers.get("HX-Request")) and request.headers.get("HX-Target") == part


def go(request: HttpRequest, url: str) -> HttpResponse:
    """This function will send the reader to another page, also when htmx asked and would swap it into this one."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": url})
    return HttpResponseRedirect(url, status=303)
