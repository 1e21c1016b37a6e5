from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portolan.accounts.models import Organization
from portolan.integrations.domain import credentials
from portolan.integrations.vault import VaultError
from portolan.tenancy.scope import organization_scope


class Command(BaseCommand):
    help = (
        "Seal every token with the newest key. Put the new key first in PORTOLAN_VAULT_KEYS, restart, run this, and only "
        "then drop the old key."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = total = 0
        for organization in Organization.objects.order_by("slug"):
            try:
                with organization_scope(organization.pk):
                    rotated, held = credentials.rotate()
            except VaultError as error:
                raise CommandError(f"{organization.slug}: {error} Nothing of this organization was changed.") from error
            done, total = done + rotated, total + held
        self.stdout.write(
            f"{done} of {total} tokens were sealed anew; the others were sealed with the newest key already."
        )
