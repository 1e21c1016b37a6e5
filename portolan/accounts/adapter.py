"""How sign-up and login bend to this installation's settings."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Closes sign-up where the installation is for invited people only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.SIGNUP_OPEN or bool(request.session.get("invitation"))

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """People are known by their address; there is no username to fill in."""
