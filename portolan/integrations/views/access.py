"""Who we are at the vendor: asked again, told, and changed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portolan.accounts import permissions
from portolan.integrations import forms, tasks
from portolan.integrations.domain import connections, inquiries
from portolan.integrations.models import Connection, Credential, Inquiry
from portolan.integrations.models.connections import Status
from portolan.integrations.views.connections import find
from portolan.ui import htmx

PAGE = "integrations/access.html"


@require_http_methods(["GET", "HEAD", "POST"])
def access(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """The account (GET), or another name, account or token for it (POST)."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.view" if request.method != "POST" else "connections.edit")
    if request.method != "POST":
        return _answer(request, shown)
    form = forms.AccountForm(request.POST)
    if form.is_valid():
        try:
            connections.edit(shown, **form.cleaned_data, at=timezone.now())
        except ValidationError as error:
            forms.refuse(form, error)
        else:
            tasks.check_later(shown, by=request.member, at=timezone.now())
            messages.success(request, f"{shown} is saved. We are asking whether it works.")
            return htmx.go(request, _address(request, shown))
    return _answer(request, shown, status=422, partial="form", form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """The last test of the connection (GET), or another one (POST): a worker asks, this page looks for the answer."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.view" if request.method != "POST" else "connections.edit")
    if request.method == "POST" and not inquiries.is_open(_last(shown), at=timezone.now()):
        tasks.check_later(shown, by=request.member, at=timezone.now())
    if request.method == "POST" and not request.headers.get("HX-Request"):
        return htmx.go(request, _address(request, shown))
    return _answer(request, shown)


def _address(request: HttpRequest, shown: Connection) -> str:
    return reverse("integrations:access", args=[request.organization.slug, shown.pk])


def _last(shown: Connection) -> Inquiry | None:
    return inquiries.latest(shown, topic=Inquiry.Topic.CHECK)


def _answer(
    request: HttpRequest, shown: Connection, *, status: int = 200, partial: str = "check", **given: Any
) -> HttpResponse:
    credential = Credential.objects.filter(connection=shown).only("stored_at", "expires_on").first()
    facts = {"name": shown.name, "account_email": shown.account_email}
    facts["expires_on"] = credential.expires_on if credential else None
    inquiry = _last(shown)
    context = {
        "tab": "access",
        "connection": shown,
        "credential": credential,
        "inquiry": inquiry,
        "is_asking": inquiries.is_open(inquiry, at=timezone.now()),
        "waited": int((timezone.now() - inquiry.asked_at).total_seconds()) if inquiry else 0,
        "is_off": shown.status == Status.OFF,
        "today": timezone.localdate(),
        "form": forms.AccountForm(initial=facts),
        "disconnect_form": forms.DisconnectForm(),
        **given,
    }
    return htmx.answer(request, PAGE, context, partial=partial, status=status)
