"""How sign-up and login bend to this installation's settings."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes sign-up where the installation is for invited people only, and to other addresses than theirs."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.SIGNUP_OPEN or bool(request.session.get("invitation"))

    def clean_email(self, email: str) -> str:
        """Called for every address that is to be somebody's."""
        cleaned: str = super().clean_email(email)
        invited = self.request.session.get("invitation", "")
        is_new = not settings.SIGNUP_OPEN and not self.request.user.is_authenticated
        if is_new and invited and cleaned.lower() != invited.lower():
            raise ValidationError(f"You are invited as {invited}. Use this address.")
        return cleaned

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People are known by their address; there is no username to fill in."""
