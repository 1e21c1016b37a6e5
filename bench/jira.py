"""A Jira Cloud that is never the bottleneck: its issues are text with holes, filled when they are asked for.

    python -m bench.jira --issues 50000        prints its address; ends with its standard input

It speaks what portolan/integrations/jira/client.py asks, and the paged search with whole bodies that a generic REST
reader asks. One project, one board, no faults: how Jira misbehaves is tests/stand_ins/jira.py's subject.
"""

import argparse
import random
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

PAGE = 100
"""Whole issues on one page of the search; ids come by 5,000, as from Jira."""
ROWS_OF_IDS = 5000
TEXTS = 97
"""Different bodies before the same text comes again under another id; a prime, so that no page looks like the last."""
DONE, ACTIVE, NEW = "10003", "10002", "10001"
CATEGORIES = {NEW: ("To Do", "new", 2), ACTIVE: ("In Progress", "indeterminate", 4), DONE: ("Done", "done", 3)}
POINTS, SPRINT, FLAG = "customfield_10016", "customfield_10020", "customfield_10021"
PROJECT = {"id": "10000", "key": "BULK", "name": "Bulk"}
ACCOUNT = "5b10ac8d82e05b22cc7d4ef5"
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
# fmt: off
WORDS = [
    "anchor", "ballast", "beacon", "bearing", "binnacle", "bollard", "bowsprit", "buoy", "capstan", "chart", "compass",
    "current", "deck", "draught", "fathom", "fender", "galley", "halyard", "harbour", "helm", "hull", "jetty", "keel",
    "lantern", "league", "log", "mast", "mooring", "oar", "pilot", "port", "quay", "reef", "rigging", "rudder", "sail",
    "sextant", "shoal", "sounding", "starboard", "stern", "strait", "swell", "tide", "tiller", "wake", "watch", "wharf",
]
# fmt: on


def bodies() -> list[list[bytes]]:
    """This function will write TEXTS different issues of about 5 KB and cut each where id and number belong."""
    dice = random.Random(1)  # noqa: S311 - the same bodies in every run
    return [orjson.dumps(_issue(dice)).split(b"@@") for _ in range(TEXTS)]


def _issue(dice: random.Random) -> dict[str, Any]:
    created = UNTIL - timedelta(days=dice.randrange(40, 1095), seconds=dice.randrange(86_400))
    started, finished = (
        created + timedelta(days=dice.randrange(1, 15)),
        created + timedelta(days=dice.randrange(16, 39)),
    )
    status = dice.choices([NEW, ACTIVE, DONE], [20, 10, 70])[0]
    histories = [_history("1", created, "Sprint", SPRINT, "", "37", dice)]
    if status != NEW:
        histories.insert(0, _history("2", started, "status", "status", NEW, ACTIVE, dice))
    if status == DONE:
        histories.insert(0, _history("3", finished, "status", "status", ACTIVE, DONE, dice))
    sentences = [" ".join(dice.choices(WORDS, k=12)) for _ in range(9)]
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": words}]} for words in sentences]
    return {
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": "@@",
        "self": "https://bulk.example/rest/api/3/issue/@@",
        "key": "BULK-@@",
        "fields": {
            "summary": " ".join(dice.choices(WORDS, k=7)),
            "created": _stamp(created),
            "updated": _stamp(max(finished, created) if status == DONE else started),
            "resolutiondate": _stamp(finished) if status == DONE else None,
            "duedate": None,
            "status": _status(status),
            "issuetype": {"id": "10001", "name": "Story", "subtask": False, "hierarchyLevel": 0, "avatarId": 10315},
            "project": {**PROJECT, "projectTypeKey": "software", "simplified": False},
            "priority": {"id": "3", "name": "Medium", "self": "https://bulk.example/rest/api/3/priority/3"},
            "assignee": _person(dice),
            "reporter": _person(dice),
            "labels": dice.sample(WORDS, 2),
            "components": [{"id": "20001", "name": dice.choice(WORDS)}],
            "fixVersions": [],
            "issuelinks": [],
            "votes": {"votes": 0, "hasVoted": False},
            "watches": {"watchCount": 1, "isWatching": False},
            "description": {"type": "doc", "version": 1, "content": paragraphs},
            POINTS: dice.choice([1.0, 2.0, 3.0, 5.0, 8.0, None]),
            SPRINT: [{"id": 37, "name": "Sprint 37", "state": "active", "boardId": 1}],
            **{f"customfield_{number}": None for number in range(10_030, 10_050)},
        },
        "changelog": {"startAt": 0, "maxResults": len(histories), "total": len(histories), "histories": histories},
    }


def _history(
    place: str, at: datetime, field: str, field_id: str, old: str, new: str, dice: random.Random
) -> dict[str, Any]:
    names = {key: name for key, (name, _, _) in CATEGORIES.items()} | {"37": "Sprint 37"}
    item = {"field": field, "fieldtype": "jira", "fieldId": field_id, "from": old, "fromString": names.get(old, "")}
    item |= {"to": new, "toString": names[new]}
    return {"id": f"@@{place}", "author": _person(dice), "created": _stamp(at), "items": [item]}


def _person(dice: random.Random) -> dict[str, Any]:
    name = dice.choice(WORDS)
    return {
        "self": f"https://bulk.example/rest/api/3/user?accountId={name}",
        "accountId": f"5b10ac8d82e05b22cc{name}",
        "displayName": name.title(),
        "active": True,
        "timeZone": "Europe/Lisbon",
        "accountType": "atlassian",
        "avatarUrls": {size: f"https://avatars.example/{name}/{size}.png" for size in ("48x48", "24x24")},
    }


def _status(status: str) -> dict[str, Any]:
    name, key, number = CATEGORIES[status]
    return {"id": status, "name": name, "statusCategory": {"id": number, "key": key, "name": name}}


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class Server(ThreadingHTTPServer):
    """Answers on loopback from what was written before it opened."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *, issues: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issues = issues
        self.texts = bodies()
        updated = [orjson.loads(b"0".join(text))["fields"]["updated"] for text in self.texts]
        rows = [b'{"id":"%%d","fields":{"updated":"%s"}}' % at.encode() for at in updated]
        self.rows = [rows[number % TEXTS] % (100_000 + number) for number in range(issues)]
        self.site = _site()

    def body(self, number: int) -> bytes:
        """This function will fill one issue's holes."""
        return (b"%d" % (100_000 + number)).join(self.texts[number % TEXTS])

    def answer(self, method: str, path: str, asked: dict[str, Any]) -> bytes | None:
        """This function will answer a request; None is a 404."""
        if path.endswith("/issue/bulkfetch"):
            numbers = [int(name) - 100_000 for name in asked["issueIdsOrKeys"]]
            return b'{"issues":[%s],"issueErrors":[]}' % b",".join(map(self.body, numbers))
        if path.endswith("/search/jql"):
            return self.search(asked)
        if path.endswith("/search/approximate-count"):
            # What the probe for epoch milliseconds asks about the year 2100 matches nothing.
            return b'{"count":%d}' % (0 if "4102444800000" in asked["jql"] else self.issues)
        return self.site.get(path)

    def search(self, asked: dict[str, Any]) -> bytes:
        """This function will answer one page. Whatever the query says, all issues match: a sync that asks what changed
        is told of everything, and has to find out by itself that nothing did."""
        is_whole = "*all" in asked.get("fields", ())
        most, write = (PAGE, self.body) if is_whole else (ROWS_OF_IDS, self.rows.__getitem__)
        first = int(asked.get("nextPageToken") or 0)
        last = min(first + min(int(asked.get("maxResults") or 50), most), self.issues)
        end = b'"isLast":true' if last == self.issues else b'"isLast":false,"nextPageToken":"%d"' % last
        return b'{"issues":[%s],%s}' % (b",".join(map(write, range(first, last))), end)


def _site() -> dict[str, bytes]:
    custom = "com.pyxis.greenhopper.jira:"
    one_page = {"startAt": 0, "maxResults": 50, "total": 1, "isLast": True}
    fields = [
        _field(POINTS, "Story point estimate", "number", custom + "jsw-story-points"),
        _field(SPRINT, "Sprint", "array", custom + "gh-sprint"),
        _field(FLAG, "Flagged", "array", "com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes"),
    ]
    estimation = {"type": "field", "field": {"fieldId": POINTS}}
    sprint = {"id": 37, "name": "Sprint 37", "state": "active", "startDate": "2026-10-20T00:00:00.000Z"}
    said: dict[str, Any] = {
        "/rest/api/3/serverInfo": {
            "baseUrl": "https://bulk.example",
            "version": "1001.0.0",
            "deploymentType": "Cloud",
            "serverTime": _stamp(UNTIL),
            "serverTitle": "Bulk",
        },
        "/rest/api/3/myself": {"accountId": ACCOUNT, "displayName": "Bench", "timeZone": "Europe/Lisbon"},
        "/rest/api/3/field": fields,
        "/rest/api/3/status": [_status(status) for status in CATEGORIES],
        "/rest/api/3/issuetype": [{"id": "10001", "name": "Story", "hierarchyLevel": 0, "avatarId": 10315}],
        "/rest/api/3/project/search": {**one_page, "values": [PROJECT]},
        "/rest/agile/1.0/board": {**one_page, "values": [{"id": 1, "name": "Bulk", "type": "scrum"}]},
        "/rest/agile/1.0/board/1/configuration": {"id": 1, "type": "scrum", "estimation": estimation},
        "/rest/agile/1.0/board/1/sprint": {**one_page, "values": [sprint]},
    }
    return {path: orjson.dumps(value) for path, value in said.items()}


def _field(name: str, words: str, kind: str, custom: str) -> dict[str, Any]:
    return {"id": name, "name": words, "custom": True, "schema": {"type": kind, "custom": custom}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        asked = orjson.loads(self.rfile.read(length)) if length else {}
        asked |= {name: values[-1] for name, values in parse_qs(parts.query).items()}
        body = self.server.answer(self.command, parts.path, asked)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("X-AAccountId", ACCOUNT)
        body = b'{"errorMessages":["Not found"]}' if body is None else body
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """This function will keep silent."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--issues", type=int, required=True)
    server = Server(issues=parser.parse_args().issues)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    sys.stdin.read()  # whoever started us has gone


if __name__ == "__main__":
    main()
