"""`manage.py demo`: plant the demonstration company."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portolan.demo import company, founding


class Command(BaseCommand):
    help = "Plant the demonstration company; a second run finds it and changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--reset", action="store_true", help="delete the company first and plant it anew")
        parser.add_argument("--as-of", type=day, help="the day the company's history ends on; today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reset"]:
            founding.dissolve()
        elif founding.find():
            self.stdout.write(f"{company.NAME} is here already; --reset plants it anew.")
            return
        as_of = options["as_of"] or timezone.now().date()
        if as_of > timezone.now().date():
            raise CommandError("A history cannot end in the future.")
        founding.found(as_of=as_of)
        self.stdout.write(f"{company.NAME} is planted: {len(company.PRODUCTS)} products, {len(company.PEOPLE)} people.")


def day(text: str) -> date:
    """This function will read a day as 2026-11-22."""
    return date.fromisoformat(text)
