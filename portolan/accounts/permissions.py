"""Who may do what. This table is the only place in the house that says so; docs/permissions.md shows it to people, and a test
holds the two together.

An action is named `<things>.<verb>`. `OWN` grants it for products whose owner is the member; `ALL` for every product, and
for what belongs to no product.
"""

from enum import Enum
from typing import NoReturn, Protocol

from django.core.exceptions import PermissionDenied

from portolan.accounts.models import Membership, Role


class Reach(Enum):
    OWN = "own products"
    ALL = "everything"


OWN, ALL = Reach.OWN, Reach.ALL

_READ = {"products.view": ALL, "delivery.view": ALL, "people.view": ALL}
_PRODUCT = {"products.edit": OWN, "products.stage": OWN, "milestones.edit": OWN}
_PORTFOLIO = {
    "products.create": ALL, "products.edit": ALL, "products.stage": ALL, "products.archive": ALL, "lines.edit": ALL,
    "teams.edit": ALL, "milestones.edit": ALL, "connections.view": ALL, "connections.sync": ALL,
}  # fmt: skip
_ADMINISTRATION = {
    "people.invite": ALL, "people.edit": ALL, "organization.edit": ALL, "connections.edit": ALL, "tokens.edit_all": ALL,
}  # fmt: skip
_TOKENS = {"tokens.create": ALL}

ROLES: dict[str, dict[str, Reach]] = {
    Role.OWNER: _READ | _PORTFOLIO | _ADMINISTRATION | _TOKENS | {"people.make_owner": ALL},
    Role.ADMIN: _READ | _PORTFOLIO | _ADMINISTRATION | _TOKENS,
    Role.PORTFOLIO_MANAGER: _READ | _PORTFOLIO | _TOKENS,
    Role.PRODUCT_MANAGER: _READ | _PRODUCT | _TOKENS | {"connections.view": ALL, "connections.sync": ALL},
    Role.EXECUTIVE: _READ | _TOKENS,
    Role.CONTRIBUTOR: _READ | _TOKENS,
    Role.VIEWER: _READ,
}
ACTIONS = frozenset(action for granted in ROLES.values() for action in granted)


class Owned(Protocol):
    """Anything with an owner: a product, or what asks its product."""

    owner_id: object


def may(member: Membership, action: str, *, product: Owned | None = None) -> bool:
    """This function will tell whether a member may do something, to the given product or to the organization at large."""
    if action not in ACTIONS:
        raise ValueError(f"No role knows the action {action!r}.")
    reach = ROLES[member.role].get(action)
    return reach is ALL or (reach is OWN and product is not None and product.owner_id == member.id)


def may_somewhere(member: Membership, action: str) -> bool:
    """This function will tell whether a member may do something to anything at all, before it is known to what."""
    if action not in ACTIONS:
        raise ValueError(f"No role knows the action {action!r}.")
    return action in ROLES[member.role]


def require(member: Membership, action: str, *, product: Owned | None = None) -> None:
    """This function will raise PermissionDenied (403) when the member may not do it."""
    if not may(member, action, product=product):
        refuse()


def refuse() -> NoReturn:
    """This function will raise PermissionDenied (403) with the sentence that people read."""
    raise PermissionDenied("Your role does not allow this. Ask an admin of your organization.")
