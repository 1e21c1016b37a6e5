from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portolan.accounts.models import Organization
from portolan.integrations.domain import connections, mappings, vendors
from portolan.integrations.provider import Discovery, ProviderError
from portolan.portfolio.models import Product
from portolan.tenancy.scope import organization_scope


class Command(BaseCommand):
    help = "Connect a Jira Cloud and map its projects to products. Nothing is saved unless all of it works."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=["jira"])
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--name", default="Jira")
        parser.add_argument("--base-url", required=True, metavar="URL")
        parser.add_argument("--email", required=True, metavar="E")
        parser.add_argument("--token", required=True, metavar="T")
        parser.add_argument("--map", action="append", default=[], metavar="PROJECT=product-slug", dest="maps")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization called {options['organization']}.")
        pairs = [_pair(text) for text in options["maps"]]
        found = self._discover(options)
        try:
            with organization_scope(organization.pk):
                self._save(options, pairs, found)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            f"{options['name']} is connected. `manage.py sync` reads it now; from then on beat does so every five minutes."
        )

    def _discover(self, options: dict[str, Any]) -> Discovery:
        access = vendors.Access(
            base_url=options["base_url"].strip().rstrip("/"),
            email=options["email"],
            token=options["token"],
            time_style="",
        )
        try:
            with vendors.opened(access) as provider:
                found = provider.discover()
        except ProviderError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{found.site_name}: we are {found.identity.name} ({found.identity.zone}).")
        self.stdout.write(f"{len(found.projects)} projects with {found.item_count} issues are visible.")
        return found

    def _save(self, options: dict[str, Any], pairs: list[tuple[str, str]], found: Discovery) -> None:
        now = timezone.now()
        connection = connections.connect(
            name=options["name"],
            base_url=options["base_url"],
            account_email=options["email"],
            token=options["token"],
            by=None,
            at=now,
        )
        projects = {project.key: project for project in found.projects}
        for key, slug in pairs:
            project, product = projects.get(key), Product.objects.filter(slug=slug).first()
            if project is None:
                raise CommandError(f"No visible project has the key {key}. Visible are: {', '.join(sorted(projects))}.")
            if product is None:
                raise CommandError(f"No product has the address {slug}.")
            mappings.add(
                connection,
                product=product,
                team=product.team,
                project_external_id=project.external_id,
                project_key=project.key,
                project_name=project.name,
                by=None,
                at=now,
            )
            self.stdout.write(f"{key} ({project.name}) belongs to {product.name}.")


def _pair(text: str) -> tuple[str, str]:
    project, sign, slug = text.partition("=")
    if not (project and sign and slug):
        raise CommandError(f"Write --map PROJECT=product-slug, not {text!r}.")
    return project, slug
