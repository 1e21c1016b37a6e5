"""Connections, runs and work items over the API."""

from datetime import timedelta

import pytest

from portolan.integrations.domain import connections, mappings, runs
from portolan.integrations.models import Credential, ProjectMapping, RunNote, SyncRun, WorkItem
from portolan.tenancy.scope import organization_scope
from tests.cast import NOW, make_product
from tests.integrations import stage

TOKEN = "ATATT3xFfGF0-never-shown"


@pytest.fixture
def harbour(acme):
    return connections.connect(
        name="Harbour", base_url="https://harbour.atlassian.net", account_email="sync@example.com", token=TOKEN,
        by=acme.ada, at=NOW,
    )  # fmt: skip


@pytest.fixture
def mapped(harbour, acme):
    mappings.add(harbour, product=make_product("Chart"), project_external_id="10000", by=acme.ada, at=NOW)
    return harbour


def post(client, address, data):
    return client.post(f"/api/v1/{address}", data, content_type="application/json")


def test_a_connection_is_read_without_its_token_and_paused(acme, harbour, call):
    client = call(acme.ada)
    told = client.get("/api/v1/connections/").content.decode()
    assert "Harbour" in told
    assert [secret for secret in (TOKEN, Credential.objects.get().sealed) if secret in told] == []
    for is_paused, status in [(True, "paused"), (False, "active")]:
        answer = client.patch(
            f"/api/v1/connections/{harbour.pk}/", {"is_paused": is_paused}, content_type="application/json"
        )
        assert (answer.json()["status"], answer.json()["is_paused"]) == (status, is_paused)


def test_who_may_not_view_connections_reads_work_items_only(acme, mapped, call):
    client = call(acme.eve)
    closed = ["connections", "mappings", "runs", "run-notes", "level-choices", "field-choices"]
    for address, status in [*((address, 403) for address in closed), ("work-items", 200), ("transitions", 200)]:
        assert (address, client.get(f"/api/v1/{address}/").status_code) == (address, status)
    assert post(client, "runs/", {"connection": str(mapped.pk)}).status_code == 403


def test_mapping_a_part_and_leading_it_elsewhere(acme, harbour, call):
    client, chart, compass = call(acme.ada), make_product("Chart"), make_product("Compass")
    made = post(
        client, "mappings/", {"connection": str(harbour.pk), "project_external_id": "10000", "product": str(chart.pk)}
    )
    assert made.status_code == 201
    again = post(
        client, "mappings/", {"connection": str(harbour.pk), "project_external_id": "10000", "product": str(chart.pk)}
    )
    assert (again.status_code, "This part is mapped already." in again.content.decode()) == (400, True)
    address = f"/api/v1/mappings/{made.json()['id']}/"
    client.patch(address, {"product": str(compass.pk)}, content_type="application/json")
    assert ProjectMapping.objects.get().product == compass
    assert client.delete(address).status_code == 204
    assert not ProjectMapping.objects.exists()


def test_a_run_is_asked_for_cancelled_and_resumed(acme, mapped, call):
    client = call(acme.pete)
    first = post(client, "runs/", {"connection": str(mapped.pk), "mode": "full"})
    assert (first.status_code, first.json()["state"], first.json()["mode"]) == (201, "queued", "full")
    assert post(client, "runs/", {"connection": str(mapped.pk)}).json()["id"] == first.json()["id"]
    address = f"runs/{first.json()['id']}"
    assert post(client, f"{address}/cancellation/", {}).json()["state"] == "cancelled"
    assert post(client, f"{address}/resumption/", {}).json()["state"] == "queued"


def test_a_run_of_nothing_is_a_problem_with_a_sentence(acme, harbour, call):
    answer = post(call(acme.ada), "runs/", {"connection": str(harbour.pk)})
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert "Map a project to a product first" in answer.content.decode()


def test_notes_are_read_by_run_and_kind(acme, mapped, call):
    run = SyncRun.objects.create(connection=mapped, trigger="person", state="failed", requested_at=NOW, finished_at=NOW)
    runs.note(run, kind=RunNote.Kind.SKIPPED, words=[("1", "Too large.")], at=NOW)
    runs.note(run, kind=RunNote.Kind.WAITED, words=[("", "A pause.")], at=NOW)
    found = call(acme.ada).get("/api/v1/run-notes/", {"run": str(run.pk), "kind": "skipped"}).json()["results"]
    assert [note["words"] for note in found] == ["Too large."]


def test_work_items_are_filtered_and_tell_their_history(company, call):
    with stage.connected(company, issues=20) as harbour:
        assert harbour.tick().state == "succeeded"
        client = call(company.eve)
        with harbour.scope():
            bugs = WorkItem.objects.filter(level="bug").count()
            moved = WorkItem.objects.filter(transitions__isnull=False).order_by("id").first()
            changes = moved.transitions.count()
        latest = max(facts["updated_at"] for facts in harbour.truth().values())
        asked = {
            "level=bug": bugs,
            f"product={harbour.proj.pk}&page_size=200": len([f for f in harbour.truth().values() if f["project_id"] == "10000"]),
            f"updated_since={(latest + timedelta(seconds=1)).isoformat().replace('+', '%2B')}": 0,
            "is_deleted=true": 0,
            f"key={moved.key}": 1,
        }  # fmt: skip
        counted = {query: len(client.get(f"/api/v1/work-items/?{query}").json()["results"]) for query in asked}
        assert counted == asked
        assert client.get("/api/v1/work-items/?updated_since=soon").status_code == 400
        told = client.get(f"/api/v1/transitions/?item={moved.pk}").json()["results"]
        assert len(told) == changes
        with organization_scope(company.organization.pk):
            assert client.get(f"/api/v1/work-items/{moved.pk}/").json()["key"] == moved.key


@pytest.mark.parametrize("address", ["connections", "mappings", "runs"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_list_costs_the_same_however_long(acme, mapped, call, django_assert_num_queries, address, count):
    for number in range(1, count):
        connections.connect(
            name=f"Jira {number}", base_url="https://a.example.com", account_email="a@example.com", token="t",
            by=None, at=NOW,
        )  # fmt: skip
        mappings.add(mapped, product=make_product(f"P{number}"), project_external_id=str(number), by=None, at=NOW)
    for _ in range(count):
        SyncRun.objects.create(connection=mapped, trigger="person", state="failed", requested_at=NOW, finished_at=NOW)
    client = call(acme.ada)
    client.get("/api/v1/organization/")
    with django_assert_num_queries(4):
        assert len(client.get(f"/api/v1/{address}/").json()["results"]) == count
