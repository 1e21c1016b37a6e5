"""Jira Cloud as it can misbehave: the sandbox's world, with faults on demand, a request log and the contract's checks.

    with jira.running(issues=120, lag=timedelta(seconds=60)) as stand_in:
        stand_in.fail("/search/jql", jira.Fault(status=429, headers={"Retry-After": "1847"}))
        jira_life.go_on(stand_in.world, dice, at=stand_in.world.now())
        ... stand_in.base_url, stand_in.world, stand_in.requests, stand_in.truth()

From a shell: `python -m tests.stand_ins.jira --port 4020 --issues 120 --ttl 600`, controlled by POST /__stand_in/{touch,
delete,move,hide,show,clock,lag,fail} and GET /__stand_in/{requests,truth}.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from portolan.demo.sandbox_jira import answers, server, world
from portolan.demo.sandbox_jira.answers import Jira, Request, Response
from portolan.demo.sandbox_jira.world import Issue, World
from tests.stand_ins import jira_contract, jira_life

UNTIL = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
"""When the seeded past ends. Everything a test does comes after it."""
# One status of a site in another language, as real sites have.
STATUS_NAMES = {"3": "进行中"}
LONG_HISTORY = "PROJ-40"
LONG_HISTORY_EVENTS = 230


@dataclass
class Fault:
    """How the next `times` matching requests go wrong. `mode` names what no status says: slow, cut, half, html,
    anonymous, same token, empty page, no token, headers (the usual answer with these), says (the usual with these
    members)."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    words: str = "Rate limit exceeded"
    said: dict[str, Any] = field(default_factory=dict)
    mode: str = ""
    seconds: float = 0.0
    times: int = 1
    match: str = ""


@dataclass(frozen=True)
class Seen:
    """One request, with the moment it came by a clock that only goes forward and by the stand-in's own."""

    monotonic: float
    at: datetime
    method: str
    path: str
    body: Any
    status: int


class StandIn(server.Server):
    def __init__(self, *, jira: Jira, port: int = 0, contract: Path | None = None) -> None:
        super().__init__(jira, port=port)
        self.world: World = jira.world
        self.requests: list[Seen] = []
        self.faults: list[Fault] = []
        self._contract = jira_contract.load(contract) if contract else None

    # What a test does -------------------------------------------------------------------------------------------------

    def fail(self, match: str, fault: Fault) -> None:
        """This function will let requests whose path contains `match` go wrong as the fault says."""
        with self.world.lock:
            self.faults.append(replace(fault, match=match))

    def heal(self) -> None:
        """This function will forget all faults."""
        with self.world.lock:
            self.faults.clear()

    def issue(self, id_or_key: str) -> Issue:
        """This function will find an issue, also one that the sync account may not see."""
        issues = self.world.issues
        by_key = {entry.key: entry for entry in issues.values()}
        return issues.get(id_or_key) or by_key[id_or_key]

    def touch(self, id_or_key: str, *, at: datetime | None = None) -> Issue:
        """This function will rename an issue, so that it counts as updated."""
        issue = self.issue(id_or_key)
        self.world.rename(issue, f"{issue.title.partition(' · ')[0]} · {len(issue.history)}", at=at or self.world.now())
        return issue

    def truth(self) -> dict[str, dict[str, Any]]:
        """This function will say what a perfect copy holds, by issue id: only what the sync account may see."""
        with self.world.lock:
            return {
                issue.id: {
                    "key": issue.key,
                    "title": issue.title,
                    "project_id": issue.project_id,
                    "status_id": issue.status_id,
                    "status_category": world.STATUSES[issue.status_id].category,
                    "points": issue.points,
                    "parent_id": issue.parent_id,
                    "assignee_id": issue.assignee.account_id if issue.assignee else None,
                    "sprint_ids": [str(number) for number in issue.sprint_ids],
                    "updated_at": issue.updated_at,
                    "histories": len(issue.history),
                }
                for issue in self.world.issues.values()
                if not issue.is_hidden
            }

    # What happens -----------------------------------------------------------------------------------------------------

    def respond(self, request: Request) -> Response:
        if request.path.startswith("/__stand_in/"):
            return self._control(request.path.removeprefix("/__stand_in/"), request.body or {})
        fault = self._due(request.path)
        if fault and fault.mode == "slow":
            time.sleep(fault.seconds)  # outside the lock: the others are not slow
            fault = None
        response = self._faulty(request, fault) if fault else self._checked(request)
        seen = Seen(
            monotonic=time.monotonic(),
            at=self.world.now(),
            method=request.method,
            path=request.path,
            body=request.body,
            status=response.status,
        )
        with self.world.lock:
            self.requests.append(seen)
        return response

    def _due(self, path: str) -> Fault | None:
        with self.world.lock:
            for fault in self.faults:
                if fault.times > 0 and fault.match in path:
                    fault.times -= 1
                    return fault
        return None

    def _checked(self, request: Request) -> Response:
        if "revoked" in request.headers.get("Authorization", ""):
            return answers.refusal(401, "Unauthorized; scope does not match")
        wrong = self._contract(request) if self._contract else ""
        if wrong:
            return answers.refusal(400, f"CONTRACT {wrong}")
        return self.jira.answer(request)

    def _faulty(self, request: Request, fault: Fault) -> Response:
        if fault.mode == "same token":
            first = {name: value for name, value in request.body.items() if name != "nextPageToken"}
            request = replace(request, body=first)
        usual = self._checked(request)
        half = usual.body[: len(usual.body) // 2]
        if fault.mode == "cut":  # the connection ends before the announced length
            length = {"Content-Length": str(len(usual.body)), "Connection": "close"}
            return Response(200, half, {**usual.headers, **length})
        if fault.mode == "half":  # complete HTTP around half a document
            return Response(200, half, usual.headers)
        if fault.mode == "html":
            page = b"<!DOCTYPE html><title>Oops</title><p>We are working on it"
            return Response(fault.status, page, {"Content-Type": "text/html", **fault.headers})
        if fault.mode == "headers":
            return Response(usual.status, usual.body, {**usual.headers, **fault.headers})
        if fault.mode == "anonymous":  # success, no rows, and no account named
            return answers.of({"issues": [], "issueErrors": [], "isLast": True, "values": [], "count": 0})
        if fault.mode:
            said = json.loads(usual.body)
            if fault.mode == "same token":
                said |= {"nextPageToken": "again-and-again", "isLast": False}
            elif fault.mode == "empty page":
                said |= {"issues": [], "nextPageToken": answers.token(0, request.body["jql"]), "isLast": False}
            elif fault.mode == "says":
                said |= fault.said
            elif fault.mode == "no token":
                said.pop("nextPageToken", None)
                said["isLast"] = False
            else:
                raise ValueError(f"no fault is called {fault.mode!r}")
            return Response(200, json.dumps(said).encode(), usual.headers)
        return answers.refusal(fault.status, fault.words, fault.headers)

    def _control(self, what: str, body: dict[str, Any]) -> Response:
        with self.world.lock:
            if what == "requests":
                return answers.of([{**vars(seen), "at": seen.at.isoformat()} for seen in self.requests])
            if what == "truth":
                told = {name: {**facts, "updated_at": str(facts["updated_at"])} for name, facts in self.truth().items()}
                return answers.of(told)
            if what == "clock":
                self.world.offset = timedelta(seconds=body["offset_seconds"])
            elif what == "lag":
                self.world.lag = timedelta(seconds=body["seconds"])
            elif what == "fail":
                self.fail(body.pop("match"), Fault(**body))
            elif what == "touch":
                self.touch(body["id"])
            elif what == "delete":
                self.world.delete(self.issue(body["id"]))
            elif what == "move":
                self.world.move(self.issue(body["id"]), body["project_id"], at=self.world.now())
            elif what in ("hide", "show"):
                self.world.hide(self.issue(body["id"]), what == "hide")
            else:
                return answers.refusal(404, f"no control is called {what!r}")
        return answers.of({"ok": True})


def in_seconds(seconds: float) -> str:
    """This function will write an HTTP-date so many seconds ahead."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def build(
    *,
    issues: int = 120,
    seed: int = 7,
    lag: timedelta = timedelta(0),
    account_zone: str = "Asia/Kolkata",
    site_zone: str = "America/Los_Angeles",
    port: int = 0,
    contract: Path | None = None,
) -> StandIn:
    """This function will build a stand-in whose world holds what parsers trip over: several updates in one minute, a
    history of 230 events, localised statuses, deleted users."""
    town = World(account_zone=account_zone, site_zone=site_zone, status_names=STATUS_NAMES)
    jira_life.populate(town, issues=issues, until=UNTIL, seed=seed)
    for at, issue in enumerate(list(town.issues.values())):
        if issue.key == LONG_HISTORY:
            for step in range(LONG_HISTORY_EVENTS - len(issue.history)):
                status = world.IN_PROGRESS if step % 2 else world.TO_DO
                town.move_to(issue, status, at=UNTIL + timedelta(seconds=step), by=world.USERS[step % 4])
        elif at % 2:
            minute = UNTIL + timedelta(minutes=at // 6, milliseconds=137 * at)
            town.rename(issue, f"{issue.title} — ✓ naïve\u200b", at=minute)
    town.lag = lag
    return StandIn(jira=Jira(world=town), port=port, contract=contract)


@contextmanager
def running(**choices: Any) -> Iterator[StandIn]:
    """This function will run `build(**choices)` for the length of a `with`."""
    stand_in = build(**choices)
    with server.running(stand_in):
        yield stand_in


def main() -> None:
    parser = argparse.ArgumentParser(description="A Jira on 127.0.0.1 that can misbehave.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--issues", type=int, default=120)
    parser.add_argument("--lag", type=float, default=0.0, help="seconds by which the search index is late")
    parser.add_argument("--account-zone", default="Asia/Kolkata", help="zone in which JQL literals are read")
    parser.add_argument("--contract", type=Path, help="an OpenAPI document to check requests against")
    parser.add_argument("--ttl", type=float, default=3600.0, help="ends by itself, so that none is left behind")
    chosen = parser.parse_args()
    stand_in = build(
        port=chosen.port,
        issues=chosen.issues,
        lag=timedelta(seconds=chosen.lag),
        account_zone=chosen.account_zone,
        contract=chosen.contract,
    )
    with stand_in:
        print(f"Jira stand-in on {stand_in.base_url}", flush=True)
        end = threading.Timer(chosen.ttl, stand_in.shutdown)
        end.daemon = True
        end.start()
        stand_in.serve_forever()


if __name__ == "__main__":
    main()
