"""One product's page: its facts edited in place, its stage, its milestones, its place in the archive."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from portolan.accounts.models import Membership
from portolan.portfolio.domain import catalogue, facts, lifecycle, lines, milestones
from portolan.portfolio.models import Archival, Milestone, Product, Stage, StageChange
from tests.cast import NOW, Company, make_product
from tests.portfolio.conftest import EVERY_PAGE, HTMX, text_of

type Visit = Callable[[Membership], Client]


@pytest.fixture
def client(acme: Company, visit: Visit) -> Client:
    return visit(acme.pam)


@pytest.fixture
def page(acme: Company, chart: Product) -> str:
    return acme.path(f"products/{chart.slug}/")


# The page


def test_the_page_costs_the_same_with_one_row_of_history_and_with_three(
    acme: Company, client: Client, chart: Product, page: str, django_assert_num_queries: Callable[[int], object]
) -> None:
    client.get(page)
    stages = iter([Stage.MATURE, Stage.SUSTAIN])
    for n in range(3):
        milestones.add(chart, title=f"M {n}", due_on=date(2026, 12, 1))
        # The product, its archive, stages, milestones, and how many portfolios there are.
        with django_assert_num_queries(EVERY_PAGE + 5):
            response = client.get(page)
        assert (len(response.context["milestones"]), len(response.context["stages"])) == (n + 1, n + 1)
        if stage := next(stages, None):
            lifecycle.enter(chart, stage=stage, by=[acme.pam, acme.ada][n], at=NOW + timedelta(days=n + 1))


def test_the_delivery_tab_stands_there_when_its_page_exists(client: Client, page: str) -> None:
    response = client.get(page)
    tabs = response.content.decode().split('class="tab-row"')[1].split("</nav>")[0]
    assert 'aria-current="page">Overview<' in tabs
    assert tabs.count("<a ") == 1 + ("/delivery/" in tabs)


def test_a_portfolio_is_a_fact_only_where_there_is_a_choice(client: Client, page: str) -> None:
    assert "/fields/portfolio/" not in text_of(client, page)
    lines.add_portfolio(name="Labs")
    assert "/fields/portfolio/" in text_of(client, page)


# Facts in place


def edit(client: Client, page: str, fact: str, value: object, version: int = 1, **more: object) -> object:
    given = {fact: value, "version": version, **more}
    return client.post(f"{page}fields/{fact}/", given, headers=HTMX)


def test_a_fact_turns_into_its_form_and_back(client: Client, page: str) -> None:
    form = text_of(client, f"{page}fields/role/?edit=1")
    assert 'name="role"' in form
    assert '<input type="hidden" name="version" value="1">' in form
    assert '<option value="star" selected>Star</option>' in form
    words = text_of(client, f"{page}fields/role/")
    assert 'aria-label="Edit Role: Star"' in words
    assert "<form" not in words


@pytest.mark.parametrize("fact", facts.FACTS)
def test_every_fact_has_a_form_with_its_present_value(client: Client, page: str, chart: Product, fact: str) -> None:
    response = client.get(f"{page}fields/{fact}/?edit=1")
    assert response.status_code == 200
    assert facts.text_of(response.context["form"].control.value()) == facts.as_text(chart, fact)


def test_a_fact_is_saved_and_the_answer_offers_to_undo_it(client: Client, page: str) -> None:
    answer = edit(client, page, "role", "dog")
    assert answer.status_code == 200
    assert Product.objects.get().role == "dog"
    body = answer.content.decode()
    assert 'aria-label="Edit Role: Dog"' in body
    assert 'hx-swap-oob="beforeend:#toasts"' in body
    assert answer.context["undo"] == {"role": "star", "version": 2, "undo": "1"}


def test_undoing_puts_the_former_value_back(client: Client, page: str) -> None:
    undo = edit(client, page, "role", "dog").context["undo"]
    assert client.post(f"{page}fields/role/", undo, headers=HTMX).status_code == 200
    product = Product.objects.get()
    assert (product.role, product.version) == ("star", 3)


def test_undoing_does_not_undo_what_somebody_else_did_since(
    acme: Company, client: Client, page: str, chart: Product
) -> None:
    undo = edit(client, page, "role", "dog").context["undo"]
    facts.change(chart, to={"role": "cash_cow"}, by=acme.ada, at=timezone.now())
    answer = client.post(f"{page}fields/role/", undo, headers=HTMX)
    assert answer.status_code == 422
    assert "Ada changed this to “Cash cow” meanwhile." in answer.content.decode().split("data-toast")[1]
    assert Product.objects.get().role == "cash_cow"


def test_leaving_a_form_without_a_change_saves_nothing_and_says_nothing(client: Client, page: str) -> None:
    answer = edit(client, page, "role", "star")
    assert (answer.status_code, Product.objects.get().version) == (200, 1)
    assert "toast" not in answer.content.decode()


def test_the_second_of_two_editors_sees_the_first_ones_change_and_may_replace_it(
    acme: Company, client: Client, visit: Visit, page: str
) -> None:
    edit(visit(acme.ada), page, "thesis", "Sell <more>.")
    answer = edit(client, page, "thesis", "Sell less.")
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Ada changed this to “Sell &lt;more&gt;.” meanwhile. Save again to replace it." in body
    assert "Sell less.</textarea>" in body
    assert 'name="version" value="2"' in body
    assert Product.objects.get().thesis == "Sell <more>."
    assert edit(client, page, "thesis", "Sell less.", version=2).status_code == 200
    assert Product.objects.get().thesis == "Sell less."


def test_a_wrong_value_does_not_hide_a_conflict(acme: Company, client: Client, visit: Visit, page: str) -> None:
    edit(visit(acme.ada), page, "name", "Map")
    answer = edit(client, page, "name", "x" * 121)
    assert (answer.status_code, answer.context["version"]) == (422, 1)
    assert edit(client, page, "name", "Sheet").status_code == 422
    assert Product.objects.get().name == "Map"


@pytest.mark.parametrize(
    ("fact", "value", "sentence"),
    [
        ("name", "", "This field is required."),
        ("name", "   ", "This field is required."),
        ("role", "zenith", "Select a valid choice. zenith is not one of the available choices."),
        ("horizon", "9", "Select a valid choice. 9 is not one of the available choices."),
        ("owner", "7", "Select a valid choice. That choice is not one of the available choices."),
        ("starts_on", "soon", "Enter a valid date."),
        ("starts_on", "2027-06-01", "A product retires after it starts: choose a later retirement date."),
        ("retires_on", "2020-01-01", "A product retires after it starts: choose a later retirement date."),
    ],
)
def test_a_wrong_value_comes_back_with_a_sentence(
    client: Client, page: str, chart: Product, fact: str, value: str, sentence: str
) -> None:
    Product.objects.update(starts_on=date(2025, 1, 1), retires_on=date(2027, 1, 1))
    answer = edit(client, page, fact, value)
    assert answer.status_code == 422
    assert answer.context["form"].errors[fact] == [sentence]
    assert "<form" in answer.content.decode()
    assert Product.objects.get().version == 1


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "99999999999999999999"])
def test_a_version_that_is_none_is_a_sentence(client: Client, page: str, version: str) -> None:
    answer = edit(client, page, "role", "dog", version=version)
    assert answer.status_code == 422
    assert answer.context["form"].errors["role"] == ["This page is too old to save from. Load it again."]


@pytest.mark.parametrize("fact", ["stage", "slug", "version", "organization", "nothing"])
def test_what_is_not_a_fact_has_no_address(client: Client, page: str, fact: str) -> None:
    assert client.get(f"{page}fields/{fact}/").status_code == 404
    assert client.post(f"{page}fields/{fact}/", {fact: "x", "version": 1}).status_code == 404


def test_a_new_name_stands_in_the_head_of_the_page_too(client: Client, page: str) -> None:
    body = edit(client, page, "name", "Map & sheet").content.decode()
    assert 'id="product-head" hx-swap-oob="true"' in body
    assert '<h1 tabindex="-1">Map &amp; sheet</h1>' in body
    assert Product.objects.get().slug == "chart"


# Stages


def test_a_product_moves_to_another_stage(acme: Company, client: Client, page: str) -> None:
    response = client.post(f"{page}stage/", {"stage": "sunset", "why": "Two customers left."}, follow=True)
    assert response.redirect_chain == [(page, 303)]
    body = response.content.decode()
    assert "Chart is in the stage Sunset now." in body
    assert "Two customers left." in body
    change = StageChange.objects.earliest("-at")
    assert (change.stage, change.by, change.why) == ("sunset", acme.pam, "Two customers left.")


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"stage": "retired"}, {"why": ["Say why Chart moves to Retired: whoever looks back will ask."]}),
        ({"stage": "x"}, {"stage": ["Select a valid choice. x is not one of the available choices."]}),
        ({}, {"stage": ["This field is required."]}),
        ({"stage": "mature", "why": "x" * 2001},
         {"why": ["Ensure this value has at most 2000 characters (it has 2001)."]}),
    ],
)  # fmt: skip
def test_a_refused_move_comes_back_in_its_dialog(
    client: Client, page: str, given: dict[str, str], errors: dict[str, list[str]]
) -> None:
    for headers, opening in ((HTMX, "<form"), ({}, "<!doctype")):
        response = client.post(f"{page}stage/", given, headers=headers)
        assert (response.status_code, response.context["stage_form"].errors) == (422, errors)
        assert response.content.decode().lstrip().startswith(opening)
    assert Product.objects.get().stage == "growth"


# Milestones


def test_a_milestone_is_set_reached_taken_back_changed_and_removed(client: Client, page: str) -> None:
    def visible(response: object) -> list[tuple[str, date, bool]]:
        assert response.status_code == 200
        return [(m.title, m.due_on, m.reached_on is not None) for m in response.context["milestones"]]

    day, later = date(2026, 12, 1), date(2027, 1, 15)
    given = {"title": "Launch", "due_on": "2026-12-01"}
    assert visible(client.post(f"{page}milestones/", given, headers=HTMX)) == [("Launch", day, False)]
    address = f"{page}milestones/{Milestone.objects.get().id}/"
    assert visible(client.post(f"{address}reached/", headers=HTMX)) == [("Launch", day, True)]
    assert visible(client.post(f"{address}reached/", headers=HTMX)) == [("Launch", day, True)]
    assert visible(client.delete(f"{address}reached/", headers=HTMX)) == [("Launch", day, False)]
    assert 'value="Launch"' in text_of(client, address)
    given = {"title": "Public launch", "due_on": "2027-01-15"}
    assert visible(client.post(address, given, headers=HTMX)) == [("Public launch", later, False)]
    answer = client.delete(address, headers=HTMX)
    assert visible(answer) == []
    assert visible(client.post(f"{page}milestones/", answer.context["undo"], headers=HTMX)) == [
        ("Public launch", later, False)
    ]


@pytest.mark.parametrize(
    ("given", "place"),
    [({"title": "", "due_on": "2026-12-01"}, "title"), ({"title": "Launch", "due_on": ""}, "due_on"),
     ({"title": "Launch", "due_on": "2026-02-30"}, "due_on"), ({"title": "x" * 161, "due_on": "2026-12-01"}, "title")],
)  # fmt: skip
def test_a_wrong_milestone_comes_back_with_a_sentence(
    client: Client, page: str, chart: Product, given: dict[str, str], place: str
) -> None:
    response = client.post(f"{page}milestones/", given, headers=HTMX)
    assert (response.status_code, list(response.context["milestone_form"].errors)) == (422, [place])
    kept = milestones.add(chart, title="Kept", due_on=date(2026, 12, 1))
    response = client.post(f"{page}milestones/{kept.id}/", given, headers=HTMX)
    assert (response.status_code, list(response.context["edit_form"].errors)) == (422, [place])
    assert [m.title for m in Milestone.objects.all()] == ["Kept"]


def test_a_milestone_is_found_only_under_its_product(acme: Company, client: Client, chart: Product, page: str) -> None:
    other = milestones.add(make_product("Other"), title="Theirs", due_on=date(2026, 12, 1))
    for rest in ("", "reached/"):
        assert client.post(f"{page}milestones/{other.id}/{rest}").status_code == 404
        assert client.delete(f"{page}milestones/{other.id}/{rest}").status_code == 404
    assert Milestone.objects.get() == other


def test_a_late_milestone_says_so(client: Client, chart: Product, page: str) -> None:
    milestones.add(chart, title="Launch", due_on=timezone.localdate() - timedelta(days=3))
    assert "late since" in text_of(client, page)
    milestones.change(Milestone.objects.get(), due_on=timezone.localdate())
    assert "late since" not in text_of(client, page)


# The archive


def test_archiving_and_restoring_keep_who_and_why(acme: Company, client: Client, page: str) -> None:
    body = client.post(f"{page}archival/", {"why": "Merged into Map."}, follow=True).content.decode()
    assert "Merged into Map." in body
    assert "by Pam" in body
    assert client.delete(f"{page}archival/?why=Customers+asked.", headers=HTMX)["HX-Redirect"] == page
    kept = Archival.objects.get()
    assert (kept.why, kept.by, kept.restored_why, kept.restored_by) == (
        "Merged into Map.", acme.pam, "Customers asked.", acme.pam,
    )  # fmt: skip


def test_the_archive_asks_why(client: Client, page: str) -> None:
    for response in (client.post(f"{page}archival/", headers=HTMX), client.delete(f"{page}archival/", headers=HTMX)):
        assert (response.status_code, response.context["archive_form"].errors) == (
            422,
            {"why": ["This field is required."]},
        )
    assert Archival.objects.count() == 0


def test_an_archived_product_is_read_and_restored_but_not_changed(
    acme: Company, client: Client, chart: Product, page: str
) -> None:
    launch = milestones.add(chart, title="Launch", due_on=date(2026, 12, 1))
    catalogue.archive(chart, by=acme.pam, at=NOW, why="Merged.")
    body = text_of(client, page)
    assert "Restore…" in body
    for offer in ("in-place", "Move to stage", "Add milestone"):
        assert offer not in body
    refusals = [
        edit(client, page, "role", "dog"),
        client.post(f"{page}stage/", {"stage": "mature"}),
        client.post(f"{page}milestones/", {"title": "X", "due_on": "2026-12-01"}),
        client.post(f"{page}milestones/{launch.id}/", {"title": "X", "due_on": "2026-12-01"}),
        client.delete(f"{page}milestones/{launch.id}/"),
        client.post(f"{page}milestones/{launch.id}/reached/"),
    ]
    for n, response in enumerate(refusals):
        assert response.status_code == 422, n
        assert "Chart is archived. Restore it before you change it." in response.content.decode(), n
    assert (Product.objects.get().role, Product.objects.get().stage, Milestone.objects.get()) == (
        "star",
        "growth",
        launch,
    )
