"""What of the vendor's work belongs to which product, and what its types and fields mean."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portolan.accounts import permissions
from portolan.integrations import forms, tasks
from portolan.integrations.domain import choosing, inquiries, mappings
from portolan.integrations.models import Connection, FieldChoice, Inquiry, LevelChoice, ProjectMapping
from portolan.integrations.views.connections import find
from portolan.ui import htmx, tables

PAGE = "integrations/mapping.html"
PART = "integrations/part_new.html"
PREVIEW = "integrations/preview.html"
PROJECTS_ON_A_PAGE = 25
COLUMNS = [
    tables.Column(key="project", label="Project", is_sortable=False),
    tables.Column(key="product", label="Product", is_sortable=False),
    tables.Column(key="team", label="Team", is_sortable=False),
]
PREVIEW_COLUMNS = [
    tables.Column(key="product", label="Product", is_sortable=False),
    tables.Column(key="part", label="From", is_sortable=False),
    tables.Column(key="count", label="Items", is_figure=True, is_sortable=False, help="As many as Jira counts, about"),
    tables.Column(key="examples", label="For example", is_sortable=False),
]


@require_safe
def mapping(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """Every visible project with the product it leads to, and what types and fields mean."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.view")
    return _answer(request, shown)


@require_POST
def project(request: HttpRequest, connection_id: UUID, project: str) -> HttpResponse:
    """Leads a whole project to a product and a team, or to none."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.edit")
    row = _find(choosing.projects(shown), project)
    form = forms.LeadForm(request.POST, choices=forms.Choices(), auto_id=f"{row.anchor}-%s")
    if form.is_valid():
        words = choosing.lead(shown, row, **form.cleaned_data, by=request.member, at=timezone.now())
        return _row(request, shown, choosing.projects(shown)[project], said=words)
    return _row(request, shown, row, status=422, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def part_new(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """The page on which a part of a project, or a query, is mapped."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.edit")
    chosen = (request.POST if request.method == "POST" else request.GET).get("project", "")
    form = _part_form(shown, chosen, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            mappings.add(shown, **form.facts(), by=request.member, at=timezone.now())
        except ValidationError as error:
            forms.refuse(form, error, project_external_id="project")
        else:
            return htmx.go(request, reverse("integrations:mapping", args=[request.organization.slug, shown.pk]))
    context = {"connection": shown, "form": form, "chosen": chosen, "tab": "mapping"}
    return htmx.answer(request, PART, context, partial="form", status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def components(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """The components of a project: asked of the vendor (POST), and looked for until they are there (GET)."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.edit")
    chosen = (request.POST if request.method == "POST" else request.GET).get("project", "")
    question = {"project": chosen}
    if request.method == "POST" and chosen in choosing.projects(shown):
        tasks.project_later(shown, project=chosen, by=request.member, at=timezone.now())
    inquiry = Inquiry.objects.filter(connection=shown, topic=Inquiry.Topic.PROJECT, question=question).first()
    context = {
        "connection": shown,
        "form": _part_form(shown, chosen, None),
        "chosen": chosen,
        "inquiry": inquiry,
        "is_asking": inquiries.is_open(inquiry, at=timezone.now()),
        "tab": "mapping",
    }
    return htmx.answer(request, PART, context, partial="components")


@require_http_methods(["POST", "DELETE"])
def part(request: HttpRequest, connection_id: UUID, project_mapping_id: UUID) -> HttpResponse:
    """Leads a mapped part to another product or team (POST), or takes it out (DELETE)."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.edit")
    held = get_object_or_404(
        ProjectMapping.objects.select_related("product", "team"), pk=project_mapping_id, connection=shown
    )
    if request.method == "DELETE":
        mappings.remove(held)
        return _answer(request, shown, said=f"{held} is not mapped any more.")
    form = forms.LeadForm(request.POST, choices=forms.Choices())
    if form.is_valid() and form.cleaned_data["product"]:
        mappings.assign(held, **form.cleaned_data)
        return _answer(request, shown, said=f"{held} belongs to {held.product} now.")
    return _answer(request, shown, status=422, refusal="Choose a product, or remove the part.")


@require_POST
def level(request: HttpRequest, connection_id: UUID, level_choice_id: UUID) -> HttpResponse:
    """Decides which level a type of issue has."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.edit")
    kind = get_object_or_404(LevelChoice, pk=level_choice_id, connection=shown)
    form = forms.LevelForm(request.POST, kind=kind)
    if not form.is_valid():
        return _answer(request, shown, status=422, partial="levels", refusal="Choose one of the levels.")
    chosen = mappings.choose_level(shown, kind_external_id=kind.kind_external_id, level=form.cleaned_data["level"])
    words = f"{chosen.kind_name} counts as {chosen.get_level_display().lower()} from the next sync on."
    return _answer(request, shown, partial="levels", said=words)


@require_POST
def field(request: HttpRequest, connection_id: UUID, field_choice_id: UUID) -> HttpResponse:
    """Decides which field holds the story points."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.edit")
    choice = get_object_or_404(FieldChoice, pk=field_choice_id, connection=shown)
    form = forms.FieldForm(request.POST, choice=choice)
    if not form.is_valid():
        wrong = " ".join(words for errors in form.errors.values() for words in errors)
        return _answer(request, shown, status=422, partial="fields", refusal=wrong)
    mappings.choose_field(
        shown, logical=choice.logical, field_id=form.chosen(), project_external_id=choice.project_external_id,
        by=request.member,
    )  # fmt: skip
    return _answer(request, shown, partial="fields", said="Points are read anew by the next sync.")


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    """What the mappings would bring: asked of the vendor (POST), and looked for until it is there (GET)."""
    shown = find(connection_id)
    permissions.require(request.member, "connections.view" if request.method != "POST" else "connections.edit")
    parts = choosing.parts(shown)
    if request.method == "POST" and parts:
        tasks.preview_later(shown, parts=[one.question for one in parts], by=request.member, at=timezone.now())
    if request.method == "POST" and not request.headers.get("HX-Request"):
        return htmx.go(request, reverse("integrations:preview", args=[request.organization.slug, shown.pk]))
    inquiry = inquiries.latest(shown, topic=Inquiry.Topic.PREVIEW)
    context = {
        "tab": "mapping",
        "connection": shown,
        "inquiry": inquiry,
        "is_asking": inquiries.is_open(inquiry, at=timezone.now()),
        "waited": int((timezone.now() - inquiry.asked_at).total_seconds()) if inquiry else 0,
        "has_parts": bool(parts),
        "told": choosing.previewed(shown, inquiry, parts),
        "columns": PREVIEW_COLUMNS,
    }
    return htmx.answer(request, PREVIEW, context, partial="preview")


def _find(found: dict[str, choosing.ProjectRow], project: str) -> choosing.ProjectRow:
    if project not in found:
        raise Http404
    return found[project]


def _part_form(shown: Connection, chosen: str, data: Any) -> forms.PartForm:
    projects = {row.external_id: {"key": row.key, "name": row.name} for row in choosing.projects(shown).values()}
    told = inquiries.latest_answer(shown, topic=Inquiry.Topic.PROJECT, question={"project": chosen}) or {}
    return forms.PartForm(data, projects=projects, components=told.get("components", []), initial={"project": chosen})


def _row(request: HttpRequest, shown: Connection, row: Any, *, status: int = 200, **given: Any) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return htmx.go(request, reverse("integrations:mapping", args=[request.organization.slug, shown.pk]))
    form = given.pop("form", None) or _lead_form(row, forms.Choices())
    context = {"connection": shown, "row": (row, form), **given}
    return htmx.answer(request, PAGE, context, partial="project", status=status)


def _lead_form(row: Any, choices: forms.Choices) -> forms.LeadForm:
    initial = {"product": row.product_id or "", "team": row.team_id or ""}
    return forms.LeadForm(initial=initial, choices=choices, auto_id=f"{row.anchor}-%s")


def _answer(
    request: HttpRequest, shown: Connection, *, status: int = 200, partial: str = "mapping", **given: Any
) -> HttpResponse:
    choices = forms.Choices()
    known = choosing.projects(shown)
    words = request.GET.get("text", "").strip().casefold()
    wanted = [row for row in known.values() if words in f"{row.key} {row.name}".casefold()]
    page = Paginator(wanted, PROJECTS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": "mapping",
        "connection": shown,
        "total": len(known),
        "page": page,
        "rows": [(row, _lead_form(row, choices)) for row in page],
        "parts": [(one, _lead_form(one, choices)) for one in choosing.special_parts(shown)],
        "kinds": [(kind, forms.LevelForm(kind=kind)) for kind in choosing.kinds(shown)],
        "points": [(choice, where, forms.FieldForm(choice=choice)) for choice, where in choosing.points(shown, known)],
        "columns": COLUMNS,
        "text": request.GET.get("text", ""),
        **given,
    }
    return htmx.answer(request, PAGE, context, partial=partial, status=status)
