"""One fact of a product, edited in place."""

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portolan.accounts import permissions
from portolan.portfolio import forms
from portolan.portfolio.domain import facts
from portolan.portfolio.views import product as pages


@require_http_methods(["GET", "HEAD", "POST"])
def fact(request: HttpRequest, slug: str, fact: str) -> HttpResponse:
    """The fact as words, as its form (`?edit=1`), or changed (POST)."""
    product = pages.find(slug)
    if fact not in facts.FACTS:
        raise Http404
    is_reading = request.method != "POST" and "edit" not in request.GET
    permissions.require(request.member, "products.view" if is_reading else "products.edit", product=product)
    form = forms.FactForm(request.POST if request.method == "POST" else None, fact=fact, product=product)
    changes, version = [], product.version
    if form.is_bound and not form.is_valid():
        version = form.cleaned_data.get("version", version)
    elif form.is_bound:
        version = form.cleaned_data["version"]
        to = {fact: form.cleaned_data[fact]}
        try:
            changes = facts.change(product, to=to, by=request.member, at=timezone.now(), seen=version)
        except facts.ChangedMeanwhile as error:
            # The person has now read the other one's change: saving again replaces it knowingly.
            version = product.version
            forms.refuse(form, error)
        except ValidationError as error:
            forms.refuse(form, error)
    context = {
        "product": product,
        "fact": fact,
        "form": form,
        "version": version,
        "is_form": form.errors or "edit" in request.GET,
        "value": facts.words(product, fact),
        "undo": {fact: changes[0].before, "version": product.version, "undo": "1"} if changes else None,
        "is_undoing": "undo" in request.POST,
        "may_edit": pages.may(request, "products.edit", product),
    }
    return render(request, "portfolio/fact.html", context, status=422 if form.errors else 200)
