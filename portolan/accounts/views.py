"""Where a person lands, and the house's own doors."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portolan.accounts.models import Membership
from portolan.tenancy.scope import person_scope


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Sends people into their organization, or lets them found or choose one."""
    with person_scope(request.user.pk):
        memberships = list(
            Membership.across_organizations.filter(user=request.user)
            .select_related("organization")
            .order_by("joined_at")
        )
    if len(memberships) == 1:
        return redirect("portfolio:product-list", memberships[0].organization.slug)
    return render(request, "accounts/home.html", {"memberships": memberships})
