"""The door that an invitation opens. Strangers may stand before it: whoever holds the key has read the mail."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portolan.accounts.domain import invitations


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Shows an invitation to whoever holds its key, and lets the invited person in."""
    found = invitations.behind(key)
    if found is None:
        raise Http404
    if request.member is not None:
        return redirect(settings.ORGANIZATION_HOME, request.organization.slug)
    person = request.user if request.user.is_authenticated else None
    if request.method == "POST" and person is None:
        return redirect_to_login(request.get_full_path())
    try:
        invitations.check(found, user=person, at=timezone.now())
        if request.method == "POST":
            invitations.accept(found, user=person, at=timezone.now())
            return redirect(settings.ORGANIZATION_HOME, request.organization.slug)
    except invitations.CannotAccept as refusal:
        return render(request, "accounts/invitation.html", {"invitation": found, "refusal": refusal}, status=410)
    if person is None:
        # Opens sign-up to this address in this browser, where the installation is for invited people only.
        request.session["invitation"] = found.email
    return render(request, "accounts/invitation.html", {"invitation": found})
