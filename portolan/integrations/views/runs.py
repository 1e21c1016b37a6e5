"""Runs: asked for, watched while they last, cancelled, resumed, and read afterwards."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from portolan.accounts import permissions
from portolan.integrations import forms, tasks
from portolan.integrations.domain import overview, runs
from portolan.integrations.models import SyncRun
from portolan.integrations.models.runs import Mode, State
from portolan.integrations.views import connections, watching
from portolan.ui import htmx

PAGE = "integrations/run.html"
NOTES_ON_A_PAGE = 50
ENDED = "run-ended"


@require_POST
def run_list(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Asks for a run; where one is under way, that one is it."""
    shown = connections.find(connection_id)
    permissions.require(request.member, "connections.sync")
    form = forms.RunForm(request.POST)
    mode = form.cleaned_data["mode"] if form.is_valid() else Mode.INCREMENTAL
    try:
        run = tasks.sync_later(shown, by=request.member, at=timezone.now(), mode=mode)
    except ValidationError as error:
        return connections.refused(request, shown, error)
    words = "The sync is queued." if run.state == State.QUEUED else "A sync is under way already."
    return connections.done(request, shown, words)


@require_safe
def run(request: HttpRequest, connection_id: UUID, sync_run_id: UUID) -> HttpResponse:
    """What one run did, and its notes. With `?watch=…` only how far it is."""
    found = find(connection_id, sync_run_id)
    permissions.require(request.member, "connections.view")
    return watch(request, found) if "watch" in request.GET else _run(request, found)


@require_POST
def cancellation(request: HttpRequest, connection_id: UUID, sync_run_id: UUID) -> HttpResponse:
    found = find(connection_id, sync_run_id)
    permissions.require(request.member, "connections.sync")
    ended = runs.cancel(found, at=timezone.now())
    words = "The sync is cancelled." if ended.is_finished else "The sync stops after the page that is being written."
    return connections.done(request, found.connection, words)


@require_POST
def resumption(request: HttpRequest, connection_id: UUID, sync_run_id: UUID) -> HttpResponse:
    found = find(connection_id, sync_run_id)
    permissions.require(request.member, "connections.sync")
    try:
        tasks.resume_later(found)
    except ValidationError as error:
        return connections.refused(request, found.connection, error)
    return connections.done(request, found.connection, "The sync goes on where it stopped.")


def find(connection_id: UUID, run_id: UUID) -> SyncRun:
    """This function will return a run of a connection of the current organization, or raise Http404."""
    found = SyncRun.objects.select_related("connection", "requested_by__user")
    return get_object_or_404(found, pk=run_id, connection_id=connection_id)


def watch(request: HttpRequest, found: SyncRun) -> HttpResponse:
    """This function will answer a page that looks every second; at the end it tells the page to read itself again."""
    context = {"connection": found.connection, **watching.context(request, found, at=timezone.now())}
    response = htmx.answer(request, PAGE, context, partial="progress")
    return trigger_client_event(response, ENDED) if found.is_finished else response


def _run(request: HttpRequest, found: SyncRun, **given: Any) -> HttpResponse:
    form = forms.NoteFilterForm(request.GET)
    notes = found.notes.all()
    if form.is_valid() and form.cleaned_data["kind"]:
        notes = notes.filter(kind=form.cleaned_data["kind"])
    if form.is_valid() and form.cleaned_data["text"]:
        notes = notes.filter(words__icontains=form.cleaned_data["text"])
    context = {
        "connection": found.connection,
        **watching.context(request, found, at=timezone.now()),
        "told": overview.told(found),
        "filters": form,
        "page": Paginator(notes, NOTES_ON_A_PAGE).get_page(request.GET.get("page")),
        **given,
    }
    partial = "notes" if request.headers.get("HX-Target") == "notes" else "body"
    return htmx.answer(request, PAGE, context, partial=partial)
