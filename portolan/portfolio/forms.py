"""What people write into the product pages. A form reads; the domain functions decide and write."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portolan.portfolio.domain import facts, lines
from portolan.portfolio.fields import LineField, MemberField, PlaceField, TagsField
from portolan.portfolio.models import Horizon, Portfolio, PortfolioRole, Product, ProductLine, Stage, Team


def day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


def paragraph(*, rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)


def fact_field(fact: str) -> forms.Field:
    """This function will return the form field in which a fact of a product is edited."""
    return _FACT_FIELDS[fact]()


_FACT_FIELDS = {
    "name": lambda: forms.CharField(max_length=120, label="Name"),
    "thesis": lambda: paragraph(
        rows=6, max_length=4000, required=False, label="Investment thesis",
        help_text="Why money and people go here, and what would change your mind.",
    ),
    "role": lambda: forms.ChoiceField(
        choices=[("", "Not set"), *PortfolioRole.choices], required=False, label="Role"
    ),
    "horizon": lambda: forms.TypedChoiceField(
        choices=[("", "Not set"), *Horizon.choices], coerce=int, empty_value=None, required=False, label="Horizon"
    ),
    "portfolio": lambda: forms.ModelChoiceField(Portfolio.objects.all(), empty_label=None, label="Portfolio"),
    "line": lambda: LineField(
        queryset=ProductLine.objects.select_related("portfolio"), required=False, empty_label="No line", label="Line"
    ),
    "owner": lambda: MemberField(required=False, empty_label="Nobody", label="Owner"),
    "sponsor": lambda: MemberField(required=False, empty_label="Nobody", label="Sponsor"),
    "team": lambda: forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="No team", label="Team"),
    "starts_on": lambda: day(required=False, label="Starts"),
    "retires_on": lambda: day(required=False, label="Retires"),
    "tags": lambda: TagsField(required=False, label="Tags", help_text="Words between commas."),
}  # fmt: skip


class FactForm(forms.Form):
    """One fact of a product, and the version of the product that the person was looking at."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, *arguments: Any, fact: str, product: Product, **options: Any) -> None:
        known = {fact: getattr(product, Product._meta.get_field(fact).attname), "version": product.version}  # type: ignore[union-attr]
        super().__init__(*arguments, initial=known, auto_id=f"{fact}-%s", **options)
        self.fact = fact
        self.fields[fact] = fact_field(fact)

    def clean(self) -> None:
        if "version" in self.errors:
            self.add_error(self.fact, "This page is too old to save from. Load it again.")

    @property
    def control(self) -> forms.BoundField:
        """The visible field."""
        return self[self.fact]


class ProductForm(forms.Form):
    """A new product: enough to find it again, everything else is said on its page."""

    name = fact_field("name")
    stage = forms.ChoiceField(choices=Stage, label="Stage")
    portfolio = fact_field("portfolio")
    line = fact_field("line")
    owner = fact_field("owner")
    team = fact_field("team")
    thesis = fact_field("thesis")
    tags = fact_field("tags")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["line"].help_text = "A line brings its portfolio along."
        self.fields["portfolio"].initial = Portfolio.objects.earliest("id")
        if Portfolio.objects.count() == 1:
            self.fields["portfolio"].widget = forms.HiddenInput()
            self.fields["line"].help_text = ""
        if not ProductLine.objects.exists():
            del self.fields["line"]
        if not Team.objects.exists():
            del self.fields["team"]

    def product(self) -> Product:
        """The product that the form describes, not saved yet."""
        described = {name: value for name, value in self.cleaned_data.items() if name in facts.FACTS}
        return Product(**described)


class StageForm(forms.Form):
    """Moving a product to another stage."""

    stage = forms.ChoiceField(choices=Stage, label="Stage")
    why = paragraph(
        rows=3, max_length=2000, required=False, label="Why",
        help_text="Stands in the history. Sunset and retired need a reason.",
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why a product is put away, or taken back."""

    why = paragraph(rows=3, max_length=2000, label="Why")


class MilestoneForm(forms.Form):
    title = forms.CharField(max_length=160, label="Milestone")
    due_on = day(label="Due")


class NameForm(forms.Form):
    """A name for a portfolio or a team."""

    name = forms.CharField(max_length=120, label="Name")


class LineForm(forms.Form):
    """A line's name, and the line or portfolio that it hangs under."""

    name = forms.CharField(max_length=120, label="Name")
    place = PlaceField(label="Below")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Read once: a callable would be asked by the widget, by its `required` attribute and by the validation.
        self.fields["place"].choices = lines.places()


def refuse(form: forms.Form, error: ValidationError, **elsewhere: str) -> None:
    """This function will put what a domain function refused at the fields of the form, or above it.

    `elsewhere` names the form's field for a model's field that is called otherwise; a form of one fact says everything
    at that fact.
    """
    if not form.is_bound:  # What was refused is a deletion: nothing was written that could be wrong.
        form.full_clean()
        form.cleaned_data = {}
    otherwise = form.fact if isinstance(form, FactForm) else None
    for place, errors in getattr(error, "error_dict", {"": error}).items():
        at = elsewhere.get(place, place)
        form.add_error(at if at in form.fields else otherwise, errors)
