"""What every template knows about where it is."""

from typing import Any

from django.http import HttpRequest

from portolan.accounts import permissions


class May:
    """Answers `{% if may.products_create %}`: the permission table in a template's words."""

    def __init__(self, member: Any) -> None:
        self.member = member

    def __getitem__(self, name: str) -> bool:
        return permissions.may(self.member, name.replace("_", ".", 1)) if self.member else False


def organization(request: HttpRequest) -> dict[str, Any]:
    """This function will give templates the organization, the member, the member's other organizations, and `may`."""
    member = getattr(request, "member", None)
    return {
        "organization": getattr(request, "organization", None),
        "member": member,
        "memberships": getattr(request, "memberships", []),
        "may": May(member),
    }
