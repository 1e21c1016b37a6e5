from datetime import datetime

from django.dispatch import receiver

from portolan.accounts.models import Membership, Organization
from portolan.accounts.signals import organization_founded
from portolan.portfolio.models import Portfolio


@receiver(organization_founded, dispatch_uid="portfolio.first_portfolio")
def first_portfolio(
    sender: object, organization: Organization, owner: Membership, at: datetime, **kwargs: object
) -> None:
    """Every organization begins with one portfolio, so that the first product has a place."""
    Portfolio.objects.create(name=f"{organization.name} portfolio", slug="portfolio")
