"""The pages of a connection: who sees them, what they cost, what they refuse, and what they never tell."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from portolan.accounts.models import Membership, Role
from portolan.integrations.domain import connections, credentials, inquiries, mappings, runs
from portolan.integrations.models import (
    Connection,
    Credential,
    FieldChoice,
    Inquiry,
    LevelChoice,
    ProjectMapping,
    RunNote,
    SyncRun,
)
from portolan.integrations.models.runs import Mode, Phase, State
from portolan.tenancy.scope import organization_scope
from tests.cast import NOW, make_product, person

HTMX = {"HX-Request": "true"}
# Finding the person, the organization and the role, and entering the scope: the queries of every page.
EVERY_PAGE = 6
TOKEN = "ATATT3xFfGF0-never-shown"
GOOD = {
    "base_url": "https://harbour.atlassian.net",
    "account_email": "sync@example.com",
    "token": TOKEN,
    "name": "Harbour",
}
CHECKED = {
    "account": "Sync Bot", "zone": "Europe/Lisbon", "site": "Harbour", "version": "1001", "item_count": 40, "kinds": [],
    "server_time": "2026-11-02T09:00:00+00:00",
    "projects": [
        {"id": "10000", "key": "PROJ", "name": "Projections", "is_archived": False},
        {"id": "10009", "key": "OPS", "name": "Operations", "is_archived": True},
    ],
}  # fmt: skip


@pytest.fixture
def harbour(acme) -> Connection:
    """A connection that was tested: two projects are visible, none is mapped."""
    made = connections.connect(
        name="Harbour", base_url=GOOD["base_url"], account_email=GOOD["account_email"], token=TOKEN, by=acme.ada, at=NOW
    )
    inquiries.ask(made, topic=Inquiry.Topic.CHECK, by=acme.ada, at=NOW)
    Inquiry.objects.update(state=Inquiry.State.ANSWERED, answer=CHECKED, answered_at=NOW)
    return made


@pytest.fixture
def mapped(harbour, acme) -> Connection:
    mappings.add(
        harbour, product=make_product("Chart"), project_external_id="10000", project_key="PROJ", by=acme.ada, at=NOW
    )
    return harbour


@pytest.fixture
def ada(acme, visit):
    return visit(acme.ada)


def url(acme, connection, rest=""):
    return acme.path(f"connections/{connection.pk}/{rest}")


def run_of(connection, *, state=State.SUCCEEDED, at=NOW, **facts):
    finished = None if state in (State.QUEUED, State.RUNNING, State.WAITING) else at
    return SyncRun.objects.create(
        connection=connection,
        trigger="person",
        state=state,
        requested_at=at,
        started_at=at,
        finished_at=finished,
        **facts,
    )


# Who sees them --------------------------------------------------------------------------------------------------------

PAGES = ["", "access/", "check/", "mapping/", "mapping/new/", "mapping/preview/", "mapping/components/"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.EXECUTIVE])
def test_who_may_not_view_connections_sees_nothing_of_them(acme, harbour, visit, role):
    client = visit(Membership.objects.create(user=person("vera"), role=role))
    run = run_of(harbour)
    for rest in [*PAGES, f"runs/{run.pk}/"]:
        response = client.get(url(acme, harbour, rest))
        assert (rest, response.status_code, b"Harbour" in response.content) == (rest, 403, False)
    assert client.get(acme.path("connections/")).status_code == 403
    assert b"Integrations" not in client.get(acme.path("products/")).content


def test_a_stranger_finds_nothing(mallory, acme, harbour, visit):
    for rest in PAGES:
        assert visit(mallory).get(url(acme, harbour, rest)).status_code == 404


def test_a_product_manager_syncs_and_does_not_edit(acme, mapped, visit):
    client = visit(acme.pete)
    page = client.get(url(acme, mapped)).content.decode()
    assert "Start first sync" in page
    assert "Pause" not in page
    assert client.post(url(acme, mapped, "runs/"), {"mode": "incremental"}).status_code == 303
    for rest in ["pause/", "disconnection/", "access/", "check/", "mapping/projects/10000/", "mapping/preview/"]:
        assert (rest, client.post(url(acme, mapped, rest)).status_code) == (rest, 403)
    assert client.get(url(acme, mapped, "mapping/")).content.count(b"<select") == 0


# What they cost -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_many_connections(acme, ada, django_assert_num_queries, count):
    for number in range(count):
        made = connections.connect(**{**GOOD, "name": f"Jira {number}"}, by=acme.ada, at=NOW)
        run_of(made)
        run_of(made, at=NOW - timedelta(days=1))
    with django_assert_num_queries(EVERY_PAGE + 4):
        page = ada.get(acme.path("connections/")).content.decode()
    assert page.count("row-link") == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_activity_costs_the_same_however_many_runs(acme, ada, mapped, django_assert_num_queries, count):
    for number in range(count):
        run_of(mapped, at=NOW - timedelta(hours=number))
    with django_assert_num_queries(EVERY_PAGE + 6):
        page = ada.get(url(acme, mapped)).content.decode()
    assert page.count("row-link") == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_mapping_costs_the_same_however_many_projects(acme, ada, harbour, django_assert_num_queries, count):
    projects = [{"id": str(n), "key": f"P{n}", "name": "Project", "is_archived": False} for n in range(count)]
    Inquiry.objects.update(answer={**CHECKED, "projects": projects})
    for number in range(count):
        LevelChoice.objects.create(
            connection=harbour, kind_external_id=str(number), kind_name="Story", proposed_level="story", level="story"
        )
    with django_assert_num_queries(EVERY_PAGE + 9):
        page = ada.get(url(acme, harbour, "mapping/")).content.decode()
    assert page.count('id="project-') == count * 3


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_costs_the_same_however_many_notes(acme, ada, mapped, django_assert_num_queries, count):
    run = run_of(mapped, state=State.PARTIAL)
    runs.note(run, kind=RunNote.Kind.SKIPPED, words=[(str(n), "Too large.") for n in range(count)], at=NOW)
    with django_assert_num_queries(EVERY_PAGE + 4):
        page = ada.get(url(acme, mapped, f"runs/{run.pk}/")).content.decode()
    assert page.count("Too large.") == count


# Connecting -----------------------------------------------------------------------------------------------------------


def test_an_organization_without_connections_is_taught_what_one_is(acme, ada):
    page = ada.get(acme.path("connections/")).content.decode()
    assert "Nothing is connected yet" in page
    assert f'href="{acme.path("connections/new/")}"' in page


def test_connecting_saves_the_token_sealed_and_asks_a_worker(acme, ada, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as later:
        response = ada.post(acme.path("connections/new/"), GOOD)
    made = Connection.objects.get()
    assert response["Location"] == url(acme, made, "access/")
    assert credentials.token(made) == TOKEN
    assert Inquiry.objects.get().topic == Inquiry.Topic.CHECK
    assert len(later) == 1
    assert "asking who we are" in ada.get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("harbour.atlassian.net", "https://harbour.atlassian.net"),
        ("https://harbour.atlassian.net/jira/software/projects/PROJ/boards/1?x=1", "https://harbour.atlassian.net"),
        (" https://jira.example.com/base/ ", "https://jira.example.com/base"),
    ],
)
def test_the_address_is_taken_however_it_was_pasted(acme, ada, pasted, kept):
    ada.post(acme.path("connections/new/"), {**GOOD, "base_url": pasted})
    assert Connection.objects.get().base_url == kept


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"base_url": ""}, "This field is required."),
        ({"base_url": "ftp://harbour.example.com"}, "The address begins with https:// and names a host."),
        ({"base_url": "https://"}, "The address begins with https:// and names a host."),
        ({"base_url": "https://ada:secret@harbour.example.com"}, "e-mail and token have fields of their own."),
        ({"base_url": "https://harbour.example.com/?a=1"}, "without ? or #."),
        ({"base_url": "https://127.0.0.1:8000"}, "leads to a private network"),
        ({"base_url": "https://[::1]/"}, "leads to a private network"),
        ({"base_url": "http://10.0.0.8"}, "leads to a private network"),
        ({"base_url": "https://169.254.169.254"}, "which is never allowed"),
        ({"base_url": "http://localhost:8080"}, "leads to a private network"),
        ({"base_url": "http://jira.example.com"}, "must be reached by https"),
        ({"account_email": "nobody"}, "Enter the e-mail address of the account"),
        ({"token": ""}, "This field is required."),
        ({"token": "one\ntwo"}, "it has no spaces and no line breaks."),
        ({"token": "schlüssel"}, "it has no spaces and no line breaks."),
        ({"token": "x" * 5000}, "at most 4000 characters"),
        ({"name": ""}, "This field is required."),
        ({"expires_on": "2020-01-01"}, "That day has passed"),
        ({"expires_on": "soon"}, "Enter a valid date."),
    ],
)
def test_what_cannot_be_used_gets_a_sentence_and_saves_nothing(acme, ada, wrong, sentence):
    response = ada.post(acme.path("connections/new/"), {**GOOD, **wrong}, headers=HTMX)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert TOKEN not in response.content.decode()
    assert not Connection.objects.exists()


def test_a_name_is_used_once(acme, ada, harbour):
    response = ada.post(acme.path("connections/new/"), GOOD)
    assert response.status_code == 422
    assert "Another connection has this name." in response.content.decode()


def test_text_that_no_database_can_hold_is_refused(acme, ada):
    for name in GOOD:
        assert ada.post(acme.path("connections/new/"), {**GOOD, name: "a\x00b"}).status_code == 400
    assert not Connection.objects.exists()


def test_the_token_is_in_no_answer_and_no_log(acme, ada, mapped, caplog):
    caplog.set_level(logging.DEBUG)
    run = run_of(mapped)
    sealed = Credential.objects.get().sealed
    answers = [ada.get(url(acme, mapped, rest)) for rest in [*PAGES, f"runs/{run.pk}/"]]
    answers.append(ada.get(acme.path("connections/")))
    answers.append(ada.post(url(acme, mapped, "access/"), {**GOOD, "account_email": "wrong", "token": TOKEN}))
    answers.append(ada.post(acme.path("connections/new/"), {**GOOD, "base_url": ""}))
    told = b"".join(answer.content for answer in answers).decode() + caplog.text
    assert [secret for secret in (TOKEN, sealed) if secret in told] == []


def test_an_empty_token_keeps_the_one_we_have_and_another_replaces_it(acme, ada, harbour):
    same = {"name": "Harbour", "account_email": "sync@example.com", "token": ""}
    ada.post(url(acme, harbour, "access/"), {**same, "name": "Docks"})
    harbour.refresh_from_db()
    assert (harbour.name, credentials.token(harbour), Credential.objects.get().version) == ("Docks", TOKEN, 1)
    ada.post(url(acme, harbour, "access/"), {**same, "token": "another", "expires_on": "2099-01-01"})
    held = Credential.objects.get()
    assert (credentials.token(harbour), held.version, str(held.expires_on)) == ("another", 2, "2099-01-01")


def test_another_token_mends_a_connection_that_the_vendor_refused(acme, ada, mapped):
    connections.break_off(mapped, reason="Jira does not know this token.")
    page = ada.get(url(acme, mapped)).content.decode()
    assert "Jira does not know this token." in page
    assert "Sync now" not in page
    ada.post(url(acme, mapped, "access/"), {"name": "Harbour", "account_email": "a@example.com", "token": "fresh"})
    mapped.refresh_from_db()
    assert mapped.status == "active"


# Mapping --------------------------------------------------------------------------------------------------------------


def test_a_project_is_led_to_a_product_to_another_and_to_none(acme, ada, harbour):
    chart, compass = make_product("Chart"), make_product("Compass")
    address = url(acme, harbour, "mapping/projects/10000/")
    for product, held in [(chart, [chart.pk]), (compass, [compass.pk]), (None, [])]:
        response = ada.post(address, {"product": product.pk if product else "", "team": ""}, headers=HTMX)
        assert response.status_code == 200
        assert list(ProjectMapping.objects.values_list("product_id", flat=True)) == held


def test_a_project_that_nobody_sees_cannot_be_mapped(acme, ada, harbour):
    answer = ada.post(url(acme, harbour, "mapping/projects/77/"), {"product": make_product("Chart").pk})
    assert answer.status_code == 404
    wrong = ada.post(url(acme, harbour, "mapping/projects/10000/"), {"product": "nonsense"}, headers=HTMX)
    assert wrong.status_code == 422
    assert not ProjectMapping.objects.exists()


def test_a_part_of_a_project_is_mapped_by_components_or_query(acme, ada, harbour):
    inquiries.ask(harbour, topic=Inquiry.Topic.PROJECT, question={"project": "10000"}, by=acme.ada, at=NOW)
    Inquiry.objects.filter(topic="project").update(
        state="answered", answer={"components": ["API", "Web"], "item_count": 9}, answered_at=NOW
    )
    chart = make_product("Chart")
    given = {"project": "10000", "components": ["Web"], "query": "labels = mobile", "product": chart.pk}
    assert ada.post(url(acme, harbour, "mapping/new/"), given).status_code == 303
    held = ProjectMapping.objects.get()
    assert (held.project_key, held.components, held.query) == ("PROJ", ["Web"], "labels = mobile")
    assert "PROJ · Web · labels = mobile" in ada.get(url(acme, harbour, "mapping/")).content.decode()
    assert ada.delete(url(acme, harbour, f"mapping/parts/{held.pk}/"), headers=HTMX).status_code == 200
    assert not ProjectMapping.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"project": "", "query": ""}, "Choose a project or write a query."),
        ({"project": "77"}, "Select a valid choice."),
        ({"components": ["Nowhere"]}, "Select a valid choice."),
        ({"product": ""}, "This field is required."),
        ({"query": 'summary ~ "open'}, "quot"),
    ],
)
def test_a_part_that_cannot_be_read_gets_a_sentence(acme, ada, harbour, wrong, sentence):
    given = {"project": "10000", "query": "labels = mobile", "product": make_product("Chart").pk, **wrong}
    response = ada.post(url(acme, harbour, "mapping/new/"), given, headers=HTMX)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ProjectMapping.objects.exists()


def test_the_same_part_is_mapped_once(acme, ada, mapped):
    given = {"project": "10000", "product": make_product("Compass").pk}
    response = ada.post(url(acme, mapped, "mapping/new/"), given, headers=HTMX)
    assert response.status_code == 422
    assert "This part is mapped already." in response.content.decode()


def test_a_type_of_issue_gets_another_level(acme, ada, harbour):
    kind = LevelChoice.objects.create(
        connection=harbour, kind_external_id="7", kind_name="Spike", proposed_level="story", level="story"
    )
    response = ada.post(url(acme, harbour, f"mapping/levels/{kind.pk}/"), {"level": "task"}, headers=HTMX)
    kind.refresh_from_db()
    assert (kind.level, kind.proposed_level) == ("task", "story")
    assert "we proposed story" in response.content.decode()
    wrong = ada.post(url(acme, harbour, f"mapping/levels/{kind.pk}/"), {"level": "galaxy"}, headers=HTMX)
    assert (wrong.status_code, "Choose one of the levels." in wrong.content.decode()) == (422, True)


def test_the_story_point_field_is_chosen_with_its_reasons_in_view(acme, ada, harbour):
    choice = FieldChoice.objects.create(
        connection=harbour, logical="points", field_id=None, reason="Several fields could hold story points; choose one.",
        candidates=[{"field_id": "customfield_1", "name": "Story Points", "why": "A number field of that name."}],
    )  # fmt: skip
    page = ada.get(url(acme, harbour, "mapping/")).content.decode()
    assert "Several fields could hold story points; choose one." in page
    assert "A number field of that name." in page
    address = url(acme, harbour, f"mapping/fields/{choice.pk}/")
    for given, kept in [
        ({"field_id": "customfield_1"}, "customfield_1"),
        ({"field_id": "", "other": "customfield_2"}, "customfield_2"),
        ({"field_id": ""}, None),
    ]:
        assert ada.post(address, given, headers=HTMX).status_code == 200
        choice.refresh_from_db()
        assert (choice.field_id, choice.is_chosen) == (kept, True)
    wrong = ada.post(address, {"other": "drop table"}, headers=HTMX)
    assert (wrong.status_code, "looks like customfield_10016" in wrong.content.decode()) == (422, True)


# Running --------------------------------------------------------------------------------------------------------------


def test_nothing_is_synced_before_something_is_mapped(acme, ada, harbour):
    assert "What shall we read?" in ada.get(url(acme, harbour)).content.decode()
    response = ada.post(url(acme, harbour, "runs/"), {"mode": "full"}, headers=HTMX)
    assert response.status_code == 422
    assert "Map a project to a product first" in response.content.decode()


def test_a_second_click_finds_the_run_that_is_under_way(acme, ada, mapped):
    for _ in range(2):
        ada.post(url(acme, mapped, "runs/"), {"mode": "full"})
    assert [run.mode for run in SyncRun.objects.all()] == [Mode.FULL]


def test_a_page_looks_every_second_only_while_a_run_is_unfinished(acme, ada, mapped):
    run = run_of(mapped, state=State.RUNNING, phase=Phase.CHANGES, expected=200, created=40, unchanged=10)
    address = url(acme, mapped, f"runs/{run.pk}/")
    page = ada.get(url(acme, mapped)).content.decode()
    assert page.count('hx-trigger="every 1s"') == 1
    assert "50 of 200 items read" in page
    since = int((timezone.now() - timedelta(seconds=10)).timestamp())
    part = ada.get(f"{address}?watch=running.changes.1&since={since}&done=0", headers=HTMX)
    told = part.content.decode()
    assert 'hx-trigger="every 1s"' in told
    assert "/s · about" in told
    assert ("data-announce" in told, "HX-Trigger" in part) == (False, False)
    SyncRun.objects.update(state=State.SUCCEEDED, finished_at=timezone.now())
    last = ada.get(f"{address}?watch=running.changes.1", headers=HTMX)
    assert last["HX-Trigger"] == '{"run-ended": {}}'
    assert "every 1s" not in last.content.decode()
    assert 'data-announce="Sync succeeded"' in last.content.decode()
    assert "every 1s" not in ada.get(url(acme, mapped)).content.decode()


@pytest.mark.parametrize(
    "query", ["watch=&since=now&done=x", "watch=x&since=1e400&done=1", "watch=x&since=-9e15&done=1"]
)
def test_a_made_up_sample_changes_nothing(acme, ada, mapped, query):
    run = run_of(mapped, state=State.RUNNING)
    assert ada.get(url(acme, mapped, f"runs/{run.pk}/?{query}"), headers=HTMX).status_code == 200


def test_a_wait_says_until_when_and_why(acme, ada, mapped):
    until = timezone.now() + timedelta(minutes=30)
    run_of(mapped, state=State.WAITING, resume_at=until, message="Jira asks us to wait.")
    page = ada.get(url(acme, mapped)).content.decode()
    assert f"Waiting until {timezone.localtime(until):%H:%M:%S}" in page
    assert "Jira asks us to wait." in page


def test_a_run_is_cancelled_and_resumed(acme, ada, mapped):
    run = run_of(mapped, state=State.WAITING, resume_at=timezone.now())
    page = ada.post(url(acme, mapped, f"runs/{run.pk}/cancellation/"), headers=HTMX).content.decode()
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert "Resume" in page
    ada.post(url(acme, mapped, f"runs/{run.pk}/resumption/"), headers=HTMX)
    run.refresh_from_db()
    assert run.state == State.QUEUED


def test_a_run_cannot_be_resumed_beside_another(acme, ada, mapped):
    ended, _ = run_of(mapped, state=State.FAILED, message="No."), run_of(mapped, state=State.RUNNING)
    response = ada.post(url(acme, mapped, f"runs/{ended.pk}/resumption/"), headers=HTMX)
    assert response.status_code == 422
    assert "Another run of this connection is under way." in response.content.decode()


def test_notes_are_filtered_by_kind_and_words_and_paged(acme, ada, mapped):
    run = run_of(mapped, state=State.PARTIAL)
    runs.note(run, kind=RunNote.Kind.SKIPPED, words=[(str(n), f"Item {n} is too large.") for n in range(60)], at=NOW)
    runs.note(run, kind=RunNote.Kind.WAITED, words=[("", "Jira asked for a pause.")], at=NOW)
    address = url(acme, mapped, f"runs/{run.pk}/")

    def shown(query):
        return ada.get(f"{address}?{query}", headers={**HTMX, "HX-Target": "notes"}).content.decode().count("row-line")

    assert [shown(query) for query in ["", "page=2", "kind=waited", "text=item+7", "kind=nonsense", "text=nothing"]] == [
        50, 11, 1, 1, 50, 0,
    ]  # fmt: skip


def test_pausing_and_going_on(acme, ada, mapped):
    for method, status, words in [(ada.post, "paused", "Go on"), (ada.delete, "active", "Pause")]:
        page = method(url(acme, mapped, "pause/"), headers=HTMX).content.decode()
        mapped.refresh_from_db()
        assert mapped.status == status
        assert words in page


# Taking leave ---------------------------------------------------------------------------------------------------------


def test_disconnecting_forgets_the_token_at_once_and_may_keep_the_data(
    acme, ada, mapped, django_capture_on_commit_callbacks
):
    run = run_of(mapped, state=State.QUEUED)
    with django_capture_on_commit_callbacks() as later:
        assert ada.post(url(acme, mapped, "disconnection/"), {"data": "keep"}).status_code == 303
    mapped.refresh_from_db()
    run.refresh_from_db()
    assert (mapped.status, run.state, Credential.objects.count(), later) == ("off", State.CANCELLED, 0, [])
    response = ada.post(url(acme, mapped, "runs/"), {"mode": "full"}, headers=HTMX)
    assert "This connection is disconnected." in response.content.decode()
    ada.post(url(acme, mapped, "access/"), {"name": "Harbour", "account_email": "a@example.com", "token": "again"})
    mapped.refresh_from_db()
    assert mapped.status == "active"


def test_disconnecting_may_remove_everything_in_a_worker(acme, ada, mapped, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as later:
        ada.post(url(acme, mapped, "disconnection/"), {"data": "remove"})
    assert len(later) == 1
    with organization_scope(acme.organization.pk):
        assert Connection.objects.get().status == "off"


def test_disconnecting_asks_what_shall_become_of_the_data(acme, ada, mapped):
    assert ada.post(url(acme, mapped, "disconnection/"), {}, headers=HTMX).status_code == 422
    assert Credential.objects.count() == 1


# What needs attention -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (-1, "Its token expired on"),
        (0, "Its token expires today."),
        (1, "Its token expires tomorrow."),
        (14, "Its token expires in 14 days."),
        (15, "The first sync brings everything."),
    ],
)
def test_the_end_of_a_token_is_announced_two_weeks_before(acme, ada, mapped, days, sentence):
    Credential.objects.update(expires_on=timezone.localdate() + timedelta(days=days))
    assert sentence in ada.get(acme.path("connections/")).content.decode()


def test_a_failed_and_a_partial_run_say_so_in_the_list(acme, ada, mapped):
    run_of(mapped, state=State.FAILED, message="Jira answered nonsense.")
    assert "The last sync failed: Jira answered nonsense." in ada.get(acme.path("connections/")).content.decode()
    run_of(mapped, state=State.PARTIAL, at=timezone.now())
    Connection.objects.update(last_ok_at=timezone.now())
    assert "The last sync had to leave something out." in ada.get(acme.path("connections/")).content.decode()
