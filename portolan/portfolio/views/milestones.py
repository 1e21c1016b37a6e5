"""The milestones of one product. Every answer is the product's page, of which a fragment request gets its milestones."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from portolan.accounts import permissions
from portolan.portfolio import forms
from portolan.portfolio.domain import catalogue, milestones
from portolan.portfolio.models import Milestone, Product
from portolan.portfolio.views import product as pages
from portolan.ui import htmx


@require_POST
def milestone_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Sets the product a milestone."""
    product = pages.find(slug)
    permissions.require(request.member, "milestones.edit", product=product)
    form = forms.MilestoneForm(request.POST)
    if form.is_valid():
        try:
            added = milestones.add(product, **form.cleaned_data)
        except catalogue.PutAway as error:
            return _answer(request, product, status=422, refusal=error.message)
        except ValidationError as error:
            forms.refuse(form, error)
        else:
            return _answer(request, product, said=f"{added} is a milestone now.", was_added=True)
    return _answer(request, product, status=422, milestone_form=form)


@require_http_methods(["GET", "HEAD", "POST", "DELETE"])
def milestone(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """One milestone as its form (GET), changed (POST) or removed (DELETE)."""
    product, shown = _find(request, slug, pk)
    form = forms.MilestoneForm(
        request.POST if request.method == "POST" else None,
        initial={"title": shown.title, "due_on": shown.due_on}, auto_id=f"{pk}-%s",
    )  # fmt: skip
    try:
        if request.method == "DELETE":
            milestones.remove(shown)
            undo = {"title": shown.title, "due_on": shown.due_on.isoformat()}
            return _answer(request, product, said=f"{shown} is removed.", undo=undo)
        if form.is_valid():
            milestones.change(shown, **form.cleaned_data)
            return _answer(request, product, said=f"{shown} is saved.")
    except catalogue.PutAway as error:
        return _answer(request, product, status=422, refusal=error.message)
    except ValidationError as error:
        forms.refuse(form, error)
    return _answer(request, product, status=422 if form.errors else 200, edited=shown, edit_form=form)


@require_http_methods(["POST", "DELETE"])
def reached(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Says that the milestone was reached today (POST), or takes that back (DELETE)."""
    product, shown = _find(request, slug, pk)
    today = timezone.localdate()
    try:
        if request.method == "POST":
            milestones.reach(shown, on=today, today=today)
        else:
            milestones.unreach(shown)
    except catalogue.PutAway as error:
        return _answer(request, product, status=422, refusal=error.message)
    return _answer(request, product, said=f"{shown} is reached." if shown.reached_on else f"{shown} is ahead again.")


def _find(request: HttpRequest, slug: str, pk: UUID) -> tuple[Product, Milestone]:
    product = pages.find(slug)
    shown = get_object_or_404(Milestone, product=product, pk=pk)
    permissions.require(request.member, "milestones.edit", product=product)
    shown.product = product
    return product, shown


def _answer(request: HttpRequest, product: Product, *, status: int = 200, said: str = "", **given: Any) -> HttpResponse:
    if said and not request.headers.get("HX-Request"):
        return htmx.go(request, pages.address(request, product))
    context = pages.page_of(request, product, said=said, **given)
    return htmx.answer(request, pages.PAGE, context, partial="milestones", status=status)
