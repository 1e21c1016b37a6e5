"""What people fill in about themselves, their organization and each other."""

import calendar
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest
from django.urls import reverse_lazy

from portolan.accounts import permissions
from portolan.accounts.domain import organizations
from portolan.accounts.models import ApiToken, Membership, Organization, Role, User

# What the list offers; the API takes any code of ISO 4217.
CURRENCIES = [
    "AED", "AUD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR",
    "JPY", "KRW", "MXN", "MYR", "NOK", "NZD", "PEN", "PHP", "PLN", "RON", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "USD",
    "ZAR",
]  # fmt: skip


def _zones() -> list[tuple[str, str]]:
    places = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places)]


class PersonForm(forms.Form):
    """What sign-up asks beside the address and the password."""

    name = forms.CharField(
        label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    field_order: ClassVar = ["name", "email", "password1"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by django-allauth between making the user and signing them in."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class OrganizationForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an organization says about itself."""

    currency = forms.ChoiceField(help_text="All money of the organization is shown in it.")
    time_zone = forms.ChoiceField(choices=_zones, help_text="Days and weeks begin at midnight of this zone.")
    fiscal_year_start_month = forms.TypedChoiceField(
        label="Fiscal year begins in", choices=list(enumerate(calendar.month_name))[1:], coerce=int
    )

    class Meta:
        model = Organization
        fields: ClassVar = ["name", "currency", "time_zone", "fiscal_year_start_month"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].initial = self.instance.currency
        self.fields["currency"].choices = [(code, code) for code in sorted({*CURRENCIES, self.instance.currency})]


class FoundingForm(OrganizationForm):
    """A new organization. An address left empty is made of the name."""

    slug = forms.CharField(
        label="Address",
        max_length=60,
        required=False,
        help_text="Every page of your organization stands below it. It stays as it is, so that links keep working.",
    )

    class Meta(OrganizationForm.Meta):
        fields: ClassVar = ["name", "slug", "currency", "time_zone", "fiscal_year_start_month"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The address is suggested as soon as the name is there, so that people see what they get.
        suggestion = {"hx-get": reverse_lazy("accounts:founding"), "hx-trigger": "change", "hx-target": "#address"}
        self.fields["name"].widget.attrs |= suggestion | {"hx-include": "closest form"}

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or organizations.free_slug(self.cleaned_data.get("name", ""))


class RoleForm(forms.Form):
    """A role that the member who chooses may give."""

    role = forms.ChoiceField(label="Role")

    def __init__(self, *args: Any, by: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        may_make_owner = permissions.may(by, "people.make_owner")
        self.fields["role"].choices = [c for c in Role.choices if may_make_owner or c[0] != Role.OWNER]


class InvitationForm(RoleForm):
    """An address to ask in, and the role that waits there."""

    email = forms.EmailField(label="E-mail", max_length=254)
    field_order: ClassVar = ["email", "role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = Role.CONTRIBUTOR


class ApiTokenForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name that tells what a token is for."""

    class Meta:
        model = ApiToken
        fields: ClassVar = ["name"]
        labels: ClassVar = {"name": "What is it for?"}
        help_texts: ClassVar = {"name": "Like “Nightly export”, so that you know later which one to revoke."}
