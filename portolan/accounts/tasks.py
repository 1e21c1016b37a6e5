"""Mails about people."""

from celery import shared_task
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from portolan.accounts.models import Invitation
from portolan.tenancy.scope import organization_scope
from portolan.tenancy.tasks import OrganizationTask


@shared_task(
    base=OrganizationTask,
    bind=True,
    name="accounts.mail_invitation",
    time_limit=60,
    autoretry_for=(OSError,),  # smtplib's errors are OSErrors: a mail server that is away comes back.
    retry_backoff=30,
    max_retries=5,
    opens_own_scopes=True,
)
def mail_invitation(self: OrganizationTask, *, invitation_id: str, link: str) -> None:
    """Sends an invitation's link to its address, unless it has been used or withdrawn meanwhile."""
    with organization_scope(self.organization_id):
        pending = Invitation.objects.pending().select_related("organization", "invited_by__user")
        invitation = pending.filter(pk=invitation_id).first()
    if invitation is None:
        return
    with timezone.override(invitation.organization.time_zone):
        body = render_to_string("accounts/mail/invitation.txt", {"invitation": invitation, "link": link})
    # In one line, whatever the name holds: a subject of two is refused.
    name = " ".join(invitation.organization.name.split())
    send_mail(f"Join {name} on Portolan", body, None, [invitation.email])
