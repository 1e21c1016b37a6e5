"""The product list: who sees it, what it costs, what its address asks for."""

from collections.abc import Callable

from django.test import Client

from portolan.accounts.models import Membership
from tests.cast import Company, make_product

type Visit = Callable[[Membership], Client]


def test_pages_answer(acme: Company, visit: Visit) -> None:
    product = make_product("Chart <b>", owner=acme.pete, tags=["a", "b"], thesis="<script>")
    client = visit(acme.pam)
    for rest in [
        "products/",
        "products/?view=cards",
        "products/new/",
        f"products/{product.slug}/",
        "lines/",
        "teams/",
        "products.csv",
    ]:
        response = client.get(acme.path(rest))
        assert response.status_code == 200, rest
