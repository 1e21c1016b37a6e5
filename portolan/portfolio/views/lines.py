"""Portfolios and the tree of product lines inside them: one page, on which everything is added, renamed, moved, deleted."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portolan.accounts import permissions
from portolan.portfolio import forms
from portolan.portfolio.domain import lines
from portolan.portfolio.models import Portfolio, ProductLine
from portolan.ui import htmx

PAGE = "portfolio/line_list.html"


@require_http_methods(["GET", "HEAD", "POST"])
def line_list(request: HttpRequest) -> HttpResponse:
    """The tree (GET), or a line added to it (POST)."""
    if request.method != "POST":
        permissions.require(request.member, "products.view")
        return _answer(request)
    permissions.require(request.member, "lines.edit")
    form = forms.LineForm(request.POST)
    if form.is_valid():
        portfolio, parent = form.cleaned_data["place"]
        try:
            added = lines.add(name=form.cleaned_data["name"], portfolio=portfolio, parent=parent)
        except ValidationError as error:
            forms.refuse(form, error, parent="place", portfolio="place")
        else:
            return _done(request, f"{added} is a line now.")
    return _answer(request, status=422, partial="line-form", line_form=form)


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
def line(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One line as its form (GET), renamed and moved (POST), or deleted (DELETE)."""
    shown = get_object_or_404(ProductLine.objects.select_related("portfolio"), pk=pk)
    permissions.require(request.member, "lines.edit")
    form = forms.LineForm(
        request.POST if request.method == "POST" else None,
        initial={"name": shown.name, "place": lines.place(shown)},
        auto_id=f"{shown.pk}-%s",
    )
    try:
        if request.method == "DELETE":
            lines.remove(shown)
            return _done(request, f"{shown} is deleted; what was in it moved up.")
        if form.is_valid():
            portfolio, parent = form.cleaned_data["place"]
            with transaction.atomic():
                lines.move(shown, portfolio=portfolio, parent=parent)
                lines.rename(shown, to=form.cleaned_data["name"])
            return _done(request, f"{shown} is saved.")
    except ValidationError as error:
        forms.refuse(form, error, parent="place", portfolio="place")
    return _answer(request, status=422 if form.errors else 200, partial="edit-form", edited=shown, edit_form=form)


@require_http_methods(["POST"])
def portfolio_list(request: HttpRequest) -> HttpResponse:
    """Adds a portfolio."""
    permissions.require(request.member, "lines.edit")
    form = forms.NameForm(request.POST, auto_id="portfolio-%s")
    if form.is_valid():
        try:
            added = lines.add_portfolio(**form.cleaned_data)
        except ValidationError as error:
            forms.refuse(form, error, slug="name")
        else:
            return _done(request, f"{added} is a portfolio now.")
    return _answer(request, status=422, partial="portfolio-form", portfolio_form=form)


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
def portfolio(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One portfolio as its form (GET), renamed (POST), or deleted (DELETE)."""
    shown = get_object_or_404(Portfolio, pk=pk)
    permissions.require(request.member, "lines.edit")
    form = forms.NameForm(
        request.POST if request.method == "POST" else None, initial={"name": shown.name}, auto_id=f"{shown.pk}-%s"
    )
    try:
        if request.method == "DELETE":
            lines.remove_portfolio(shown)
            return _done(request, f"{shown} is deleted.")
        if form.is_valid():
            lines.rename_portfolio(shown, to=form.cleaned_data["name"])
            return _done(request, f"{shown} is saved.")
    except ValidationError as error:
        forms.refuse(form, error)
    return _answer(request, status=422 if form.errors else 200, partial="edit-form", edited=shown, edit_form=form)


def _done(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return htmx.go(request, reverse("portfolio:line-list", args=[request.organization.slug]))


def _answer(request: HttpRequest, *, status: int = 200, partial: str = "line-form", **given: Any) -> HttpResponse:
    context = {
        "trees": lines.forest(),
        "may_edit": permissions.may(request.member, "lines.edit"),
        "line_form": forms.LineForm(),
        "portfolio_form": forms.NameForm(auto_id="portfolio-%s"),
        **given,
    }
    return htmx.answer(request, PAGE, context, partial=partial, status=status)
