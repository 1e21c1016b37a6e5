"""The real engine over issues recorded from live sites: what a vendor truly sends goes the whole way into our rows."""

import json

import pytest

from portolan.integrations.models import Transition
from tests.integrations.stage import Harbour
from tests.stand_ins.jira_contract import SHARED

RECORDED = SHARED / "payloads" / "jira"
# The key and the status category that each recording must keep on its way.
ISSUES = {
    "devlake_issue_EE-1.json": ("EE-1", "new"),
    "devlake_issue_EE-17.json": ("EE-17", "done"),
    "devlake_issue_K5-4.json": ("K5-4", "new"),
    "jirametrics_SP-10.json": ("SP-10", "done"),
    "jirametrics_SP-5.json": ("SP-5", "done"),
    "php_issue.json": ("TEST-1", "new"),
}


def recorded(name: str) -> dict:
    path = RECORDED / name
    if not path.exists():
        pytest.skip(f"{name} does not lie beside this checkout")
    return json.loads(path.read_text(encoding="utf-8"))


def test_recorded_issues_go_the_whole_way_into_items_and_histories(quay: Harbour) -> None:
    bodies = {str(10001 + place): recorded(name) for place, name in enumerate(ISSUES)}

    def replay(said: dict) -> None:
        for issue in said["issues"]:
            if body := bodies.get(issue["id"]):
                # Another site's project and clock would be out of scope here; all else is as it was recorded.
                ours = {name: issue["fields"][name] for name in ("project", "updated", "created")}
                issue.update(key=body["key"], fields={**body["fields"], **ours})
                issue["changelog"] = body.get("changelog") or {"histories": [], "total": 0, "maxResults": 0}

    quay.distort("/issue/bulkfetch", replay)
    run = quay.tick()
    assert (run.state, run.skipped) == ("succeeded", 0), run.message
    held = quay.store()
    for external_id, (key, category) in zip(bodies, ISSUES.values(), strict=True):
        assert (held[external_id]["key"], held[external_id]["status_category"]) == (key, category)
        assert held[external_id]["title"] == bodies[external_id]["fields"]["summary"]
    with quay.scope():
        told = Transition.objects.filter(item__key="EE-17", change="status").count()
    assert told > 0
    assert quay.tick().updated == 0
