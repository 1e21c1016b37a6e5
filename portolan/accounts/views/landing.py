"""Where a person lands: founding an organization, choosing one, and the first steps in it."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portolan.accounts.domain import organizations
from portolan.accounts.forms import FoundingForm
from portolan.accounts.models import Membership
from portolan.tenancy.scope import person_scope
from portolan.ui import htmx


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Sends people into their organization, or lets them found or choose one."""
    with person_scope(request.user.pk):
        mine = Membership.across_organizations.filter(user=request.user).select_related("organization")
        memberships = list(mine.order_by("organization__name"))
    if not memberships:
        return redirect("accounts:founding")
    if len(memberships) == 1:
        return redirect(settings.ORGANIZATION_HOME, memberships[0].organization.slug)
    return render(request, "accounts/home.html", {"memberships": memberships})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def founding(request: HttpRequest) -> HttpResponse:
    """Founds an organization. Asked for the fragment, it answers with an address made of the name."""
    if request.method != "POST":
        name, slug = request.GET.get("name", ""), request.GET.get("slug", "")
        form = FoundingForm(initial={"slug": slug or (organizations.free_slug(name) if name else "")})
        return htmx.answer(request, "accounts/founding.html", {"form": form}, partial="address")
    form = FoundingForm(request.POST)
    if form.is_valid():
        try:
            owner = organizations.found(by=request.user, at=timezone.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("accounts:welcome", owner.organization.slug)
    return render(request, "accounts/founding.html", {"form": form}, status=422)


@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """Teaches what to do first."""
    return render(request, "accounts/welcome.html")
