"""The members of an organization, and the people it has asked in."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from portolan.accounts import permissions
from portolan.accounts.domain import invitations, members
from portolan.accounts.forms import InvitationForm, RoleForm
from portolan.accounts.models import Invitation, Membership, Role
from portolan.accounts.tasks import mail_invitation
from portolan.ui import htmx, tables

COLUMNS = [
    tables.Column(key="name", label="Person", is_sortable=False),
    tables.Column(key="role", label="Role", is_sortable=False),
    tables.Column(key="joined", label="Member since", is_sortable=False),
    tables.Column(key="actions", label="", is_sortable=False),
]
INVITATION_COLUMNS = [
    tables.Column(key="email", label="Address", is_sortable=False),
    tables.Column(key="role", label="Role", is_sortable=False),
    tables.Column(key="invited", label="Invited", is_sortable=False),
    tables.Column(key="actions", label="", is_sortable=False),
]


@require_safe
def member_list(request: HttpRequest) -> HttpResponse:
    permissions.require(request.member, "people.view")
    return _people(request)


@require_http_methods(["DELETE"])
def member(request: HttpRequest, member_id: object) -> HttpResponse:
    """Removes a member. Everybody may remove themselves: that is leaving."""
    if member_id != request.member.id:
        permissions.require(request.member, "people.edit")
    leaving = get_object_or_404(Membership.objects.select_related("user"), pk=member_id)
    try:
        members.remove(leaving, by=request.member)
    except ValidationError as error:
        return _people(request, refusal=error.messages[0], status=422)
    if leaving.pk == request.member.pk:
        return HttpResponseClientRedirect(reverse("accounts:home"))
    return _people(request, said=f"{leaving} is no longer a member.")


@require_POST
def role(request: HttpRequest, member_id: object) -> HttpResponse:
    """Gives a member another role."""
    permissions.require(request.member, "people.edit")
    changed = get_object_or_404(Membership.objects.select_related("user"), pk=member_id)
    form = RoleForm(request.POST, by=request.member)
    if not form.is_valid():
        return _people(request, refusal=form.errors["role"][0], status=422)
    try:
        members.assign(changed, role=form.cleaned_data["role"], by=request.member)
    except ValidationError as error:
        return _people(request, refusal=error.messages[0], status=422)
    if changed.pk == request.member.pk:
        # What this person may see has changed with the role.
        return HttpResponseClientRedirect(reverse("accounts:member-list", args=[request.organization.slug]))
    return _people(request, said=f"{changed} is now {changed.get_role_display().lower()}.")


@require_POST
def invitation_list(request: HttpRequest) -> HttpResponse:
    """Asks somebody in, by mail and by a link that is shown once."""
    permissions.require(request.member, "people.invite")
    form = InvitationForm(request.POST, by=request.member)
    if form.is_valid():
        try:
            invitation, key = invitations.invite(**form.cleaned_data, by=request.member, at=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _invited(request, invitation, key)
    return _people(request, form=form, status=422)


@require_POST
def invitation_link(request: HttpRequest, invitation_id: object) -> HttpResponse:
    """Makes a new link for an open invitation; the old one stops working."""
    permissions.require(request.member, "people.invite")
    old = get_object_or_404(Invitation.objects.pending(), pk=invitation_id)
    return _invited(request, *invitations.renew(old, by=request.member, at=timezone.now()))


@require_http_methods(["DELETE"])
def invitation_withdrawal(request: HttpRequest, invitation_id: object) -> HttpResponse:
    permissions.require(request.member, "people.invite")
    invitation = get_object_or_404(Invitation, pk=invitation_id)
    invitations.withdraw(invitation, at=timezone.now())
    return _people(request, said=f"The invitation of {invitation.email} is withdrawn.")


def _invited(request: HttpRequest, invitation: Invitation, key: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[request.organization.slug, key]))
    mail_invitation.later(invitation_id=str(invitation.id), link=link)
    response = _people(request, said=f"{invitation.email} is invited.", invited=invitation, link=link)
    # The link is a key: no cache keeps it.
    response["Cache-Control"] = "no-store"
    return response


def _people(
    request: HttpRequest, *, form: InvitationForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    may_edit = permissions.may(request.member, "people.edit")
    people = list(Membership.objects.select_related("user").order_by("user__name", "user__email"))
    for person in people:
        person.role_form = _role_form(person, by=request.member) if may_edit else None
    context = {
        "people": people,
        "columns": COLUMNS,
        "invitation_columns": INVITATION_COLUMNS,
        "form": form or InvitationForm(by=request.member),
        "now": timezone.now(),
        **more,
    }
    if permissions.may(request.member, "people.invite"):
        context["invitations"] = Invitation.objects.pending().select_related("invited_by__user").order_by("email")
    return htmx.answer(request, "accounts/people.html", context, partial="people", status=status)


def _role_form(person: Membership, *, by: Membership) -> RoleForm | None:
    if person.role == Role.OWNER and not permissions.may(by, "people.make_owner"):
        return None
    return RoleForm(initial={"role": person.role}, by=by, auto_id=f"role-{person.pk}-%s")
