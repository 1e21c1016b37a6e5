"""What people write into the pages of a connection. A form reads; the domain functions decide and write."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from portolan.integrations import addresses, outbound
from portolan.integrations.domain import vendors
from portolan.integrations.models import FieldChoice, LevelChoice, RunNote
from portolan.integrations.models.choices import LEVELS
from portolan.integrations.models.runs import Mode
from portolan.integrations.provider import ProviderError
from portolan.portfolio.models import Product, Team

ATLASSIAN = ".atlassian.net"
HERE = ("localhost", ".localhost", ".local", ".internal")


def _token(**options: Any) -> forms.CharField:
    # A password's control: hidden while it is pasted, never drawn again, kept by no browser.
    widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label="API token", max_length=4000, widget=widget, **options)


def _day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options)


class AccountForm(forms.Form):
    """The account by which a connection reads, and its key. What is stored is never shown: an empty token keeps it."""

    name = forms.CharField(max_length=120, label="Name", help_text="How your colleagues will recognise it.")
    account_email = forms.CharField(
        max_length=254, label="E-mail of the account", widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text="We see what this account sees, and nothing else.",
    )  # fmt: skip
    token = _token(required=False, help_text="Leave it empty to keep the one we have.")
    expires_on = _day(required=False, label="Token expires", help_text="We warn you two weeks before.")

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if day and day < timezone.localdate():
            raise ValidationError("That day has passed: this token does not work any more.")
        return day


class ConnectForm(AccountForm):
    """Another Jira Cloud."""

    base_url = forms.CharField(max_length=300, label="Address of your Jira")
    token = _token(
        help_text="Made at id.atlassian.com under Security, API tokens. We encrypt it and never show it again."
    )
    field_order = ("base_url", "account_email", "token", "expires_on", "name")

    def clean_base_url(self) -> str:
        """The address of the site, however it was pasted: with or without https://, or from any of its pages."""
        given = self.cleaned_data["base_url"]
        address = given if "://" in given else f"https://{given}"
        try:
            parts = outbound.checked(address.split("?")[0].split("#")[0] if ATLASSIAN in address else address)
        except ProviderError as error:
            raise ValidationError(error.message) from error
        host = parts.hostname or ""
        if host.endswith(ATLASSIAN):
            return f"https://{host}"
        _refuse_private(host, address, is_encrypted=parts.scheme == "https")
        return address


def _refuse_private(host: str, address: str, *, is_encrypted: bool) -> None:
    """What the address itself gives away is said here; where a name leads is checked whenever it is dialled."""
    may_be_private = vendors.may_be_private(address.rstrip("/"))
    try:
        refusal = addresses.refused(host, allow_private=may_be_private, is_encrypted=is_encrypted)
    except ValueError:
        is_here = host in HERE or host.endswith(HERE)
        refusal = "leads to a private network, which this installation does not allow" if is_here else ""
        refusal = "" if may_be_private else refusal or ("" if is_encrypted else "must be reached by https")
    if refusal:
        raise ValidationError(f"{host} {refusal}.")


class LeadForm(forms.Form):
    """Where a part of the vendor's work leads: a product, and perhaps a team."""

    product = forms.ModelChoiceField(Product.objects.all(), required=False, empty_label="Not synced", label="Product")
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="No team", label="Team")

    def __init__(self, *arguments: Any, choices: "Choices", **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Read once for all rows of a page: each row's own query would be one for each project.
        self.fields["product"].widget.choices = choices.products
        self.fields["team"].widget.choices = choices.teams


class Choices:
    """The products and teams to choose from, read once for however many selects."""

    def __init__(self) -> None:
        products = Product.objects.unarchived().order_by("name").values_list("pk", "name")
        self.products = [("", "Not synced"), *((str(pk), name) for pk, name in products)]
        self.teams = [("", "No team"), *((str(pk), name) for pk, name in Team.objects.values_list("pk", "name"))]


class PartForm(forms.Form):
    """A part of the vendor's work that is less than a project, or more."""

    project = forms.ChoiceField(label="Project", required=False)
    components = forms.MultipleChoiceField(
        label="Components", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="An item belongs here when it has at least one of them.",
    )  # fmt: skip
    query = forms.CharField(
        label="JQL", required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text="For example: labels = mobile AND issuetype != Sub-task. Jira decides what matches.",
    )  # fmt: skip
    product = forms.ModelChoiceField(Product.objects.unarchived(), label="Product", empty_label="Choose a product")
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="No team", label="Team")

    def __init__(self, *arguments: Any, projects: dict[str, dict[str, Any]], components: list[str], **options: Any):
        super().__init__(*arguments, **options)
        named = [(number, f"{one['key']} · {one['name']}") for number, one in projects.items()]
        self.fields["project"].choices = [("", "Any project (with a query)"), *named]  # type: ignore[attr-defined]
        self.fields["components"].choices = [(one, one) for one in components]  # type: ignore[attr-defined]
        self.projects = projects

    def facts(self) -> dict[str, Any]:
        """What the domain needs to know about the part."""
        given = dict(self.cleaned_data)
        number = given.pop("project")
        named = self.projects.get(number, {"key": "", "name": ""})
        return {**given, "project_external_id": number, "project_key": named["key"], "project_name": named["name"]}


class LevelForm(forms.Form):
    level = forms.ChoiceField(choices=LEVELS, label="Level")

    def __init__(self, *arguments: Any, kind: LevelChoice, **options: Any) -> None:
        super().__init__(*arguments, initial={"level": kind.level}, auto_id=f"{kind.pk}-%s", **options)


class FieldForm(forms.Form):
    """Which field holds the story points. `other` names one that nobody proposed."""

    OTHER = "other"
    field_id = forms.ChoiceField(required=False, label="Field")
    other = forms.RegexField(
        r"\Acustomfield_\d{1,12}\Z", required=False, label="Id of the field", strip=True,
        error_messages={"invalid": "The id of a field looks like customfield_10016."},
    )  # fmt: skip

    def __init__(self, *arguments: Any, choice: FieldChoice, **options: Any) -> None:
        known = {one["field_id"]: f"{one['name']} ({one['field_id']})" for one in choice.candidates}
        if choice.field_id:
            known.setdefault(choice.field_id, choice.field_id)
        initial = {"field_id": choice.field_id or ""}
        super().__init__(*arguments, initial=initial, auto_id=f"{choice.pk}-%s", **options)
        self.fields["field_id"].choices = [("", "No field: items have no points"), *known.items()]  # type: ignore[attr-defined]

    def chosen(self) -> str | None:
        """The field that was named, or None for none."""
        return self.cleaned_data["other"] or self.cleaned_data["field_id"] or None


class RunForm(forms.Form):
    """What to read: what changed, or everything again."""

    mode = forms.ChoiceField(choices=[(mode.value, mode.label) for mode in Mode])


class DisconnectForm(forms.Form):
    data = forms.ChoiceField(
        label="What shall become of what it brought?", widget=forms.RadioSelect, initial="keep",
        choices=[
            ("keep", "Keep it: the numbers stay as they are, and a new token goes on from here"),
            ("remove", "Remove it: work items, history and their numbers are deleted"),
        ],
    )  # fmt: skip


class NoteFilterForm(forms.Form):
    kind = forms.ChoiceField(required=False, label="Kind", choices=[("", "Everything"), *RunNote.Kind.choices])
    text = forms.CharField(required=False, max_length=200, label="Search", widget=forms.SearchInput)

    @property
    def is_narrowed(self) -> bool:
        """Whether the address asks for less than every note."""
        return any(self.data.get(name) for name in self.fields)


def refuse(form: forms.Form, error: ValidationError, **elsewhere: str) -> None:
    """This function will put what a domain function refused at the fields of the form, or above it."""
    for place, errors in getattr(error, "error_dict", {"": error}).items():
        at = elsewhere.get(place, place)
        form.add_error(at if at in form.fields else None, errors)
