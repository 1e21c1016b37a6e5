"""The teams that build products."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from portolan.accounts import permissions
from portolan.portfolio import forms
from portolan.portfolio.domain import teams
from portolan.portfolio.models import Team
from portolan.ui import htmx

PAGE = "portfolio/team_list.html"


@require_http_methods(["GET", "HEAD", "POST"])
def team_list(request: HttpRequest) -> HttpResponse:
    """Every team (GET), or one more (POST)."""
    if request.method != "POST":
        permissions.require(request.member, "products.view")
        return _answer(request)
    permissions.require(request.member, "teams.edit")
    form = forms.NameForm(request.POST)
    if form.is_valid():
        try:
            added = teams.add(**form.cleaned_data)
        except ValidationError as error:
            forms.refuse(form, error)
        else:
            return _done(request, f"{added} is a team now.")
    return _answer(request, status=422, team_form=form)


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
def team(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One team as its form (GET), renamed (POST), or deleted (DELETE)."""
    shown = get_object_or_404(Team, pk=pk)
    permissions.require(request.member, "teams.edit")
    if request.method == "DELETE":
        teams.remove(shown)
        return _done(request, f"{shown} is deleted; its products are without a team.")
    form = forms.NameForm(
        request.POST if request.method == "POST" else None, initial={"name": shown.name}, auto_id=f"{shown.pk}-%s"
    )
    if form.is_valid():
        try:
            teams.rename(shown, to=form.cleaned_data["name"])
            return _done(request, f"{shown} is saved.")
        except ValidationError as error:
            forms.refuse(form, error)
    return _answer(request, status=422 if form.errors else 200, partial="edit-form", edited=shown, edit_form=form)


def _done(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return htmx.go(request, reverse("portfolio:team-list", args=[request.organization.slug]))


def _answer(request: HttpRequest, *, status: int = 200, partial: str = "team-form", **given: Any) -> HttpResponse:
    context = {
        "teams": Team.objects.annotate(product_count=Count("products")),
        "may_edit": permissions.may(request.member, "teams.edit"),
        "team_form": forms.NameForm(),
        **given,
    }
    return htmx.answer(request, PAGE, context, partial=partial, status=status)
