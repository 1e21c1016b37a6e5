"""`manage.py demo`: plant the demonstration company, connect its Jira, and read that for the first time."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection as database
from django.utils import timezone

from portolan.accounts.models import Organization
from portolan.demo import company, connecting, founding, sandbox
from portolan.integrations.models.runs import State
from portolan.tenancy.scope import organization_scope


class Command(BaseCommand):
    help = "Plant the demonstration company with its Jira; what is there already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="delete the company first and plant it anew")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day its history ends on; today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This installation is not in demo mode; set PORTOLAN_DEMO=1.")
        as_of = options["as_of"] or timezone.now().date()
        if as_of > timezone.now().date():
            raise CommandError("A history cannot end in the future.")
        self.began = time.perf_counter()
        # What a crash of the database would lose of this can be made again; waiting for the disk at every page of the
        # sync would be most of the time.
        with database.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        if options["reset"]:
            founding.dissolve()
        organization = founding.find()
        if organization and self.is_whole(organization):
            self.stdout.write(f"{company.NAME} is here already; --reset plants it anew.")
            return
        # The sandbox takes seconds to open; the company is founded meanwhile.
        with sandbox.running(as_of=as_of, is_new=organization is None) as jira:
            organization = organization or self.found(as_of)
            self.connect(organization, base_url=jira.base_url())
            self.read(organization)

    def is_whole(self, organization: Organization) -> bool:
        with organization_scope(organization.pk):
            return connecting.has_been_read()

    def found(self, as_of: date) -> Organization:
        organization = founding.found(as_of=as_of)
        self.say(f"{company.NAME} is planted: {len(company.PRODUCTS)} products, {len(company.PEOPLE)} people")
        return organization

    def connect(self, organization: Organization, *, base_url: str) -> None:
        with organization_scope(organization.pk):
            if connecting.find() is None:
                connecting.connect(base_url=base_url, at=timezone.now())
            connecting.readdress(base_url=base_url)
        connecting.check(organization_id=organization.pk, clock=timezone.now)
        self.say(f"{connecting.NAME} is connected at {base_url}")

    def read(self, organization: Organization) -> None:
        run = connecting.read(organization_id=organization.pk, clock=timezone.now)
        if run.state != State.SUCCEEDED:
            raise CommandError(f"The first sync {run.get_state_display().lower()}: {run.message} Run this again.")
        self.say(f"{run.created} issues are read and added up")

    def say(self, words: str) -> None:
        self.stdout.write(f"{words} ({time.perf_counter() - self.began:.1f} s)")
