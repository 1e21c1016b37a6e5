"""Form fields for what people choose and write about products."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator

from portolan.accounts.models import Membership
from portolan.portfolio.domain import lines
from portolan.portfolio.models import Portfolio, ProductLine

MOST_TAGS, LONGEST_TAG = 20, 40


class _LinesByPath(ModelChoiceIterator):
    def __iter__(self) -> Iterator[tuple[Any, str]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from lines.paths().items()


class LineField(forms.ModelChoiceField):
    """A choice of a line by its full path, in the order of the tree; one query, however deep the tree."""

    iterator = _LinesByPath


class PlaceField(forms.ChoiceField):
    """A choice of what a line may hang under (`lines.places`): a portfolio or a line. Cleans to both."""

    def clean(self, value: Any) -> tuple[Portfolio, ProductLine | None]:
        kind, _, key = super().clean(value).partition(":")
        if kind == "portfolio":
            return Portfolio.objects.get(pk=key), None
        parent = ProductLine.objects.select_related("portfolio").get(pk=key)
        return parent.portfolio, parent


class MemberField(forms.ModelChoiceField):
    """A choice of a member by name."""

    def __init__(self, **options: Any) -> None:
        people = Membership.objects.select_related("user").order_by("user__name", "user__email")
        super().__init__(people, **options)


class TagsField(forms.CharField):
    """Words between commas; written twice they count once, whatever their capitals."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        words = [" ".join(word.split()) for word in super().to_python(value).split(",")]
        return list({word.casefold(): word for word in reversed(words) if word}.values())[::-1]

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > MOST_TAGS:
            raise ValidationError(f"A product carries at most {MOST_TAGS} tags; these are {len(value)}.")
        for word in value:
            if len(word) > LONGEST_TAG:
                raise ValidationError(f"A tag has at most {LONGEST_TAG} characters: “{word[:LONGEST_TAG]}…” is longer.")

    def run_validators(self, value: Any) -> None:
        super().run_validators(", ".join(value))
