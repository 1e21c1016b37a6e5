"""The connections, and one of them as it works: what happens now, what happened, pausing and taking leave."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portolan.accounts import permissions
from portolan.integrations import forms, tasks
from portolan.integrations.domain import connections, overview
from portolan.integrations.models import Connection, SyncRun
from portolan.integrations.views import watching
from portolan.ui import htmx, tables

PAGE = "integrations/connection.html"
RUNS_ON_A_PAGE = 15
COLUMNS = [
    tables.Column(key="name", label="Connection", is_sortable=False),
    tables.Column(key="standing", label="Status", is_sortable=False),
    tables.Column(key="account", label="Reads as", is_sortable=False),
    tables.Column(key="last", label="Last sync", is_sortable=False),
    tables.Column(key="age", label="Data", is_sortable=False, help="When a sync last reached its end"),
]
RUN_COLUMNS = [
    tables.Column(key="when", label="Run", is_sortable=False),
    tables.Column(key="outcome", label="Outcome", is_sortable=False),
    tables.Column(key="read", label="Read", is_figure=True, is_sortable=False, help="Items fetched from the vendor"),
    tables.Column(key="took", label="Took", is_figure=True, is_sortable=False),
]


@require_safe
def connection_list(request: HttpRequest) -> HttpResponse:
    """Every connection with how it stands."""
    permissions.require(request.member, "connections.view")
    rows = overview.rows(Connection.objects.all(), at=timezone.now(), today=timezone.localdate())
    return htmx.answer(
        request, "integrations/connection_list.html", {"rows": rows, "columns": COLUMNS}, partial="connections"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def connection_new(request: HttpRequest) -> HttpResponse:
    """The page on which a Jira is connected. Saving it asks nobody; the test that follows does, in a worker."""
    permissions.require(request.member, "connections.edit")
    form = forms.ConnectForm(request.POST or None, initial={"name": "Jira"})
    if request.method == "POST" and form.is_valid():
        try:
            made = connections.connect(**form.cleaned_data, by=request.member, at=timezone.now())
        except ValidationError as error:
            forms.refuse(form, error)
        else:
            tasks.check_later(made, by=request.member, at=timezone.now())
            return htmx.go(request, reverse("integrations:access", args=[request.organization.slug, made.pk]))
    status = 422 if form.errors else 200
    return htmx.answer(request, "integrations/connection_new.html", {"form": form}, partial="form", status=status)


@require_safe
def connection(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """What happens now, and every run."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.view")
    return answer(request, shown)


@require_http_methods(["POST", "DELETE"])
def pause(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Stops the schedule (POST) or goes on with it (DELETE)."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.edit")
    move = connections.pause if request.method == "POST" else connections.unpause
    move(shown)
    return done(request, shown, f"{shown} is {'paused' if request.method == 'POST' else 'read on schedule again'}.")


@require_POST
def disconnection(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Forgets the token, and what the connection brought unless it is to be kept."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.edit")
    form = forms.DisconnectForm(request.POST)
    if not form.is_valid():
        return refused(request, shown, ValidationError("Say whether to keep or to remove what it brought."))
    is_kept = form.cleaned_data["data"] == "keep"
    tasks.disconnect_later(shown, at=timezone.now(), is_kept=is_kept)
    rest = "What it brought stays." if is_kept else "What it brought is being removed."
    messages.success(request, f"{shown} is disconnected. {rest}")
    return htmx.go(request, reverse("integrations:connection-list", args=[request.organization.slug]))


def find(connection_id: UUID) -> Connection:
    """This function will return a connection of the current organization, or raise Http404."""
    return get_object_or_404(Connection, pk=connection_id)


def address(request: HttpRequest, shown: Connection) -> str:
    return reverse("integrations:connection", args=[request.organization.slug, shown.pk])


def done(request: HttpRequest, shown: Connection, words: str) -> HttpResponse:
    """This function will show the connection after a change, with what was done to it."""
    if request.headers.get("HX-Request"):
        return answer(request, shown, said=words)
    messages.success(request, words)
    return htmx.go(request, address(request, shown))


def refused(request: HttpRequest, shown: Connection, error: ValidationError) -> HttpResponse:
    """This function will show the connection with the sentence that says why something was not done."""
    return answer(request, shown, status=422, refusal=" ".join(error.messages))


def answer(request: HttpRequest, shown: Connection, *, status: int = 200, **given: Any) -> HttpResponse:
    """This function will show the connection's page or, to htmx, the part of it that changes."""
    now = timezone.now()
    runs = SyncRun.objects.filter(connection=shown).select_related("requested_by__user")
    latest = runs.first()
    # The unfinished one stands above the table, where it moves.
    page = Paginator(runs.finished(), RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    row = overview.row(shown, last=latest, at=now, today=timezone.localdate())
    context = {
        "tab": "activity",
        "connection": shown,
        "row": row,
        "latest": latest,
        "outcome": overview.told(latest) if latest else None,
        "is_quiet": bool(shown.quiet_until and shown.quiet_until > now),
        **(watching.context(request, latest, at=now) if latest and not latest.is_finished else {}),
        "page": page,
        "runs": [overview.told(run) for run in page],
        "columns": RUN_COLUMNS,
        **given,
    }
    return htmx.answer(request, PAGE, context, partial="activity", status=status)
