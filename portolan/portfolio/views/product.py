"""One product: its overview, its stage, its place in the archive."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portolan.accounts import permissions
from portolan.portfolio import forms
from portolan.portfolio.domain import catalogue, facts, lifecycle
from portolan.portfolio.models import Portfolio, Product
from portolan.ui import formats, htmx

PAGE = "portfolio/product.html"


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """What the product is, where it stands and what it means to keep."""
    product = find(slug)
    permissions.require(request.member, "products.view", product=product)
    return htmx.answer(request, PAGE, page_of(request, product), partial="milestones")


@require_POST
def stage(request: HttpRequest, slug: str) -> HttpResponse:
    """Moves the product to another stage."""
    product = find(slug)
    permissions.require(request.member, "products.stage", product=product)
    form = forms.StageForm(request.POST)
    if form.is_valid():
        try:
            catalogue.refuse_if_put_away(product)
            lifecycle.enter(product, by=request.member, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            forms.refuse(form, error)
        else:
            messages.success(request, f"{product} is in the stage {product.get_stage_display()} now.")
            return htmx.go(request, address(request, product))
    return htmx.answer(request, PAGE, page_of(request, product, stage_form=form), partial="stage-form", status=422)


@require_http_methods(["POST", "DELETE"])
def archival(request: HttpRequest, slug: str) -> HttpResponse:
    """Puts the product away (POST) or takes it back (DELETE), each with a reason."""
    product = find(slug)
    permissions.require(request.member, "products.archive", product=product)
    form = forms.ReasonForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        context = page_of(request, product, archive_form=form)
        return htmx.answer(request, PAGE, context, partial="archive-form", status=422)
    move, words = (
        (catalogue.archive, "archived") if request.method == "POST" else (catalogue.restore, "back in the lists")
    )
    move(product, by=request.member, at=timezone.now(), why=form.cleaned_data["why"])
    messages.success(request, f"{product} is {words}.")
    return htmx.go(request, address(request, product))


def find(slug: str) -> Product:
    """This function will return the product of that address in the current organization, or raise Http404."""
    return get_object_or_404(Product.objects.with_people_and_places(), slug=slug)


def address(request: HttpRequest, product: Product) -> str:
    return reverse("portfolio:product", args=[request.organization.slug, product.slug])


def may(request: HttpRequest, action: str, product: Product) -> bool:
    """This function will tell whether the page offers an action: its reader may do it, and the product is not archived."""
    return product.archival is None and permissions.may(request.member, action, product=product)


def page_of(request: HttpRequest, product: Product, **given: Any) -> dict[str, Any]:
    """This function will read everything that the overview shows; `given` replaces single parts, like a refused form."""
    known = [(fact, forms.fact_field(fact).label, facts.words(product, fact)) for fact in facts.FACTS]
    if Portfolio.objects.count() == 1:
        known = [fact for fact in known if fact[0] != "portfolio"]
    return {
        "product": product,
        "facts": [fact for fact in known if fact[0] not in {"thesis", "owner", "sponsor", "team"}],
        "people": [fact for fact in known if fact[0] in {"owner", "sponsor", "team"}],
        "stages": [
            (change, formats.span_of(lasted)) for change, lasted in lifecycle.history(product, as_of=timezone.now())
        ],
        "milestones": product.milestones.all(),
        "today": timezone.localdate(),
        "may_edit": may(request, "products.edit", product),
        "may_stage": may(request, "products.stage", product),
        "may_edit_milestones": may(request, "milestones.edit", product),
        "may_archive": permissions.may(request.member, "products.archive", product=product),
        "stage_form": forms.StageForm(initial={"stage": product.stage}),
        "archive_form": forms.ReasonForm(),
        "milestone_form": forms.MilestoneForm(),
        **given,
    }
