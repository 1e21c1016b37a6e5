"""docs/permissions.md is the specification: every cell of its table is what the code answers."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied

from portolan.accounts import permissions
from portolan.accounts.models import Membership, Role
from portolan.portfolio.models import Product
from portolan.tenancy.models import new_id

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def table() -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


HEAD, _, *ROWS = table()
ROLES = [Role(name.replace(" ", "_")) for name in HEAD[2:]]
CELLS = [(row[0].strip("`"), role, cell) for row in ROWS for role, cell in zip(ROLES, row[2:], strict=True)]


def answer(cell: str, ownership: str) -> bool:
    return {"all": True, "–": False, "own": ownership == "mine"}[cell]


@pytest.mark.parametrize("ownership", ["mine", "another's", "nobody's", "no product"])
@pytest.mark.parametrize(("action", "role", "cell"), CELLS)
def test_the_code_answers_what_the_table_says(action: str, role: Role, cell: str, ownership: str) -> None:
    member = Membership(organization_id=new_id(), role=role)
    owners = {"mine": member.id, "another's": new_id(), "nobody's": None}
    product = None
    if ownership != "no product":
        product = Product(organization_id=member.organization_id, owner_id=owners[ownership])
    assert permissions.may(member, action, product=product) is answer(cell, ownership)
    assert permissions.may_somewhere(member, action) is (cell != "–")
    if answer(cell, ownership):
        permissions.require(member, action, product=product)
    else:
        with pytest.raises(PermissionDenied, match="Your role does not allow this"):
            permissions.require(member, action, product=product)


def test_the_table_has_every_action_and_every_role() -> None:
    assert {action for action, _, _ in CELLS} == permissions.ACTIONS
    assert list(Role) == ROLES
    assert len(ROWS) == len(permissions.ACTIONS)


def test_an_action_that_no_role_knows_is_a_mistake_of_the_programmer() -> None:
    member = Membership(organization_id=new_id(), role=Role.OWNER)
    for ask in (permissions.may, permissions.may_somewhere, permissions.require):
        with pytest.raises(ValueError, match=re.escape("products.fly")):
            ask(member, "products.fly")
