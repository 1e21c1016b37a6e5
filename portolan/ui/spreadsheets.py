"""Rows as a CSV file that spreadsheets open as what it is."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse

# A cell that begins with one of these is a formula to a spreadsheet, whoever wrote it
# (https://owasp.org/www-community/attacks/CSV_Injection).
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def download(name: str, *, head: Iterable[str], rows: Iterable[Iterable[Any]]) -> HttpResponse:
    """This function will answer with the rows as `name`.csv. It is written in full: the tenant's scope ends with the view."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([cell(value) for value in row] for row in rows)
    # With its mark, so that spreadsheets read UTF-8.
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def cell(value: Any) -> str:
    """This function will write a value as text; an apostrophe in front keeps words from being run as a formula."""
    if isinstance(value, int | float):
        return str(value)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
