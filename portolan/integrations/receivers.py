from django.dispatch import receiver

from portolan.accounts.models import Organization
from portolan.accounts.signals import time_zone_changed
from portolan.integrations import tasks


@receiver(time_zone_changed, dispatch_uid="integrations.recount")
def recount(sender: object, organization: Organization, **kwargs: object) -> None:
    """Weeks begin at midnight of the organization's zone: what was added up in another one is added up again."""
    tasks.recount.later(organization=organization.pk)
