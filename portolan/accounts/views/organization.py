"""What an organization says about itself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portolan.accounts import permissions
from portolan.accounts.domain import organizations
from portolan.accounts.forms import OrganizationForm


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Shows and changes the organization's name, currency, zone and fiscal year."""
    permissions.require(request.member, "organization.edit")
    form = OrganizationForm(request.POST or None, instance=request.organization)
    if request.method != "POST":
        return render(request, "accounts/settings.html", {"form": form})
    if not form.is_valid():
        request.organization.refresh_from_db()
        return render(request, "accounts/settings.html", {"form": form}, status=422)
    organizations.edit(request.organization, **form.cleaned_data)
    messages.success(request, "Settings saved.")
    return redirect("accounts:settings", request.organization.slug)
