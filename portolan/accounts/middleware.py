"""The web's one entry into an organization."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone

from portolan.accounts.domain import api_tokens
from portolan.accounts.models import Membership, Organization
from portolan.tenancy.scope import organization_scope, person_scope
from portolan.ui import htmx

# Pages under an organization's address that a stranger may open, by URL name.
API = "api/"
OPEN_TO_STRANGERS = frozenset({"accounts:invitation"})


class OrganizationMiddleware:
    """Enters the scope of the organization whose slug begins the path, for the length of the request.

    The whole request is one transaction, and an answer that is an error takes everything back: nothing is half-saved.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.organization = request.member = None
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        if match.route.startswith(API):
            return self._call_by_token(request)
        slug = match.kwargs.get("organization_slug")
        if slug is None:
            return self.get_response(request)
        is_open = match.view_name in OPEN_TO_STRANGERS
        if not request.user.is_authenticated and not is_open:
            return _sign_in(request)
        with _window(request):
            request.memberships = _memberships(request)
            request.member = next((m for m in request.memberships if m.organization.slug == slug), None)
            request.organization = request.member.organization if request.member else None
            if is_open:
                request.organization = Organization.objects.filter(slug=slug).first()
            if request.organization is None:
                # Answered by the view layer, so that a stranger sees the same page as for any wrong address.
                request.is_stranger = True
                return self.get_response(request)
            zone = request.organization.time_zone
            # The person's window is the transaction; a savepoint inside it would only cost two statements a page.
            is_inside = request.user.is_authenticated
            with organization_scope(request.organization.id, savepoint=not is_inside), timezone.override(zone):
                response = self.get_response(request)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                return response

    def _call_by_token(self, request: HttpRequest) -> HttpResponse:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        presented = api_tokens.read(text.strip()) if scheme.lower() == "bearer" else None
        if presented is None:
            return self.get_response(request)
        with organization_scope(presented.organization_id):
            request.api_token = api_tokens.recognize(presented, at=timezone.now())
            if request.api_token is not None:
                request.member = request.api_token.member
                request.organization = request.member.organization
                response = self.get_response(request)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                return response
        # Not believed: nothing is answered from inside the organization that it names.
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, object]) -> None:
        kwargs.pop("organization_slug", None)
        if getattr(request, "is_stranger", False):
            raise Http404


def _sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back again. A page that has sat there too long is left whole: what htmx is sent by a
    redirect it would draw inside it."""
    if not request.headers.get("HX-Request"):
        return redirect_to_login(request.get_full_path())
    return htmx.go(request, redirect_to_login(_shown(request) or request.get_full_path()).url)


def _shown(request: HttpRequest) -> str:
    """The address of the page from which htmx asks, if it is one of ours."""
    try:
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
    except ValueError:
        return ""
    if here.netloc != request.get_host():
        return ""
    return f"{here.path}?{here.query}" if here.query else here.path


def _window(request: HttpRequest) -> AbstractContextManager[None]:
    return person_scope(request.user.pk) if request.user.is_authenticated else nullcontext()


def _memberships(request: HttpRequest) -> list[Membership]:
    if not request.user.is_authenticated:
        return []
    rows = Membership.across_organizations.filter(user=request.user).select_related("organization")
    memberships = list(rows.order_by("organization__name"))
    for membership in memberships:
        membership.user = request.user
    return memberships
