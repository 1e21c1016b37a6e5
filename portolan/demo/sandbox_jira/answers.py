"""Jira Cloud's REST shapes over a World. Where the recorded sites are odd, so is this: notes stand at the oddity."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from portolan.demo.sandbox_jira import query, world
from portolan.demo.sandbox_jira.world import KINDS, STATUSES, Event, Issue, Sprint, Status, User, World

EMBEDDED_HISTORIES = 40
"""Jira embeds the newest histories only; the rest is asked for separately."""
ROWS_OF_IDS, ROWS, ROWS_OF_EVERYTHING = 5000, 100, 40
BULK_IDS, BULK_CHANGELOG_ISSUES, RECONCILE_IDS = 100, 1000, 50
AVATARS = {f"{size}x{size}": f"https://avatars.example/{size}.png" for size in (16, 24, 32, 48)}
CATEGORY_IDS = {"new": 2, "indeterminate": 4, "done": 3}
CATEGORY_NAMES = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}
REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline "
    "is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
NOT_SEEN = "Issue does not exist or you do not have permission to see it."
FLOAT = "com.atlassian.jira.plugin.system.customfieldtypes:float"
GREENHOPPER = "com.pyxis.greenhopper.jira:"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any

    def one(self, name: str, default: str = "") -> str:
        """This function will return a query parameter."""
        return self.query.get(name, [default])[0]


@dataclass(frozen=True)
class Response:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def of(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """This function will answer with JSON."""
    plain = {"Content-Type": "application/json;charset=UTF-8", **(headers or {})}
    return Response(status, orjson.dumps(value), plain)


def refusal(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """This function will answer with Jira's form of an error."""
    return of({"errorMessages": [words], "errors": {}}, status, headers)


class Jira:
    """Answers requests about one world."""

    def __init__(self, *, world: World, base_url: str = "http://127.0.0.1") -> None:
        self.world = world
        self.base_url = base_url
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Response]]] = [
            (method, re.compile(pattern), answer)
            for method, pattern, answer in (
                ("GET", r"/rest/api/3/serverInfo", self.server_info),
                ("GET", r"/rest/api/3/myself", self.myself),
                ("GET", r"/rest/api/3/field", self.fields),
                ("GET", r"/rest/api/3/status", self.statuses),
                ("GET", r"/rest/api/3/issuetype", self.kinds),
                ("GET", r"/rest/api/3/project/search", self.projects),
                ("GET", r"/rest/api/3/project/([\w-]+)/components", self.components),
                ("GET", r"/rest/api/3/search", self.old_search),
                ("POST", r"/rest/api/3/search", self.old_search),
                ("POST", r"/rest/api/3/search/jql", self.search),
                ("POST", r"/rest/api/3/search/approximate-count", self.count),
                ("POST", r"/rest/api/3/issue/bulkfetch", self.bulk_fetch),
                ("POST", r"/rest/api/3/changelog/bulkfetch", self.bulk_changelog),
                ("GET", r"/rest/api/3/issue/([\w-]+)", self.issue),
                ("GET", r"/rest/api/3/issue/([\w-]+)/changelog", self.changelog),
                ("GET", r"/rest/agile/1.0/board", self.boards),
                ("GET", r"/rest/agile/1.0/board/(\d+)/configuration", self.board_configuration),
                ("GET", r"/rest/agile/1.0/board/(\d+)/sprint", self.board_sprints),
                ("GET", r"/browse/([\w-]+)", self.browse),
            )
        ]

    def answer(self, request: Request) -> Response:
        """This function will answer a request as the sync account sees the world."""
        for method, pattern, answer in self._routes:
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                if request.path.startswith("/browse/"):
                    return answer(request, *found.groups())
                if not request.headers.get("Authorization", "").startswith(("Basic ", "Bearer ")):
                    return refusal(401, "Client must be authenticated to access this resource.")
                try:
                    with self.world.lock:
                        answered = answer(request, *found.groups())
                except query.BadQuery as error:
                    answered = refusal(400, str(error))
                # Percent-encoded, as Jira sends it.
                account = world.SYNC_ACCOUNT.account_id.replace(":", "%3A")
                return Response(answered.status, answered.body, {**answered.headers, "X-AAccountId": account})
        return refusal(404, f"null for uri: {request.path}")

    # Who and where ----------------------------------------------------------------------------------------------------

    def server_info(self, request: Request) -> Response:
        now = self.stamp(self.world.now())
        return of(
            {
                "baseUrl": self.base_url,
                "version": "1001.0.0-SNAPSHOT",
                "versionNumbers": [1001, 0, 0],
                "deploymentType": "Cloud",
                "serverTime": now,
                "serverTitle": self.world.site.title,
                "scmInfo": self.world.site.build,
                "serverTimeZone": str(self.world.site_zone),
            }
        )

    def myself(self, request: Request) -> Response:
        me = self.user(world.SYNC_ACCOUNT)
        return of({**(me or {}), "timeZone": str(self.world.account_zone), "locale": "en_US"})

    # Vocabulary -------------------------------------------------------------------------------------------------------

    def fields(self, request: Request) -> Response:
        names = {"summary": "Summary", world.SPRINT_FIELD: "Sprint", **self.world.site.field_names}
        scoped = {"scope": {"type": "PROJECT", "project": {"id": next(iter(self.world.site.projects))}}}
        return of(
            [
                _field("summary", names["summary"], type="string", system="summary"),
                _field("status", "Status", type="status", system="status"),
                _field(
                    world.POINTS_FIELD,
                    "Story point estimate",
                    type="number",
                    custom=GREENHOPPER + "jsw-story-points",
                ),
                _field(world.POINTS_TWIN, "Story Points", type="number", custom=FLOAT),
                {**_field(world.POINTS_SCOPED, "Story Points", type="number", custom=FLOAT), **scoped},
                _field(
                    world.SPRINT_FIELD,
                    names[world.SPRINT_FIELD],
                    type="array",
                    items="json",
                    custom=GREENHOPPER + "gh-sprint",
                ),
                _field(world.EPIC_LINK_FIELD, "Epic Link", type="any", custom=GREENHOPPER + "gh-epic-link"),
                _field(
                    world.FLAG_FIELD,
                    "Flagged",
                    type="array",
                    items="option",
                    custom="com.atlassian.jira.plugin.system.customfieldtypes:multicheckboxes",
                ),
            ]
        )

    def statuses(self, request: Request) -> Response:
        known = [status for status in STATUSES.values() if status.project_id in (None, *self.world.site.projects)]
        return of([self.status(status) for status in known])

    def kinds(self, request: Request) -> Response:
        return of([_kind(kind) for kind in KINDS.values()])

    def projects(self, request: Request) -> Response:
        return self.offset_page(request, [_project(project) for project in self.world.site.projects.values()])

    def components(self, request: Request, project: str) -> Response:
        projects = self.world.site.projects
        found = projects.get(project) or next((entry for entry in projects.values() if entry.key == project), None)
        if not found:
            return refusal(404, f"No project could be found with key '{project}'.")
        return of([{"id": str(20000 + at), "name": name} for at, name in enumerate(found.components)])

    def boards(self, request: Request) -> Response:
        wanted = request.one("projectKeyOrId")
        rows = [
            {"id": board.id, "name": board.name, "type": board.kind, "location": {"projectId": int(board.project_id)}}
            for board in self.world.site.boards.values()
            if not wanted or wanted in (board.project_id, self.world.site.projects[board.project_id].key)
        ]
        return self.offset_page(request, rows)

    def board_configuration(self, request: Request, number: str) -> Response:
        board = self.world.site.boards.get(int(number))
        if board is None:
            return refusal(404, "Board not found.")
        estimation = {"type": "field", "field": {"fieldId": world.POINTS_FIELD, "displayName": "Story point estimate"}}
        plain = {"id": board.id, "name": board.name, "type": board.kind, "columnConfig": {"columns": []}}
        return of({**plain, "estimation": estimation} if board.kind == "scrum" else plain)

    def board_sprints(self, request: Request, number: str) -> Response:
        board = self.world.site.boards.get(int(number))
        if board is None:
            return refusal(404, "Board not found.")
        if board.kind != "scrum":
            return refusal(400, "The board does not support sprints")
        rows = [_sprint(sprint) for sprint in self.world.sprints.values() if board.id in sprint.board_ids]
        return self.offset_page(request, rows)

    # Search -----------------------------------------------------------------------------------------------------------

    def old_search(self, request: Request) -> Response:
        return refusal(410, REMOVED)

    def search(self, request: Request) -> Response:
        body = request.body or {}
        jql = str(body.get("jql") or "")
        names = body.get("fields") or ["id"]
        reconcile = frozenset(str(name) for name in body.get("reconcileIssues") or ())
        if len(reconcile) > RECONCILE_IDS:
            return refusal(400, f"reconcileIssues accepts max {RECONCILE_IDS} ids")
        found = self.matching(jql, reconcile)
        # The token is a place in the live result, so that rows that leave meanwhile shift the rest. Jira does not say
        # whether its own is kinder.
        start = _place(body.get("nextPageToken"), jql)
        ceiling = ROWS_OF_IDS if set(names) <= {"id", "key"} else ROWS_OF_EVERYTHING if "*all" in names else ROWS
        page = found[start : start + min(int(body.get("maxResults") or 50), ceiling)]
        expand = str(body.get("expand") or "").split(",")
        answer: dict[str, Any] = {
            "issues": [self.issue_body(issue, names, expand) for issue in page],
            "isLast": start + len(page) >= len(found),
        }
        if not answer["isLast"]:
            answer["nextPageToken"] = token(start + len(page), jql)
        return of(answer)

    def count(self, request: Request) -> Response:
        return of({"count": len(self.matching(str((request.body or {}).get("jql") or "")))})

    def matching(self, jql: str, reconcile: frozenset[str] = frozenset()) -> list[Issue]:
        wanted = query.read(
            jql, now=self.world.now(), zone=self.world.account_zone, projects=self.world.site.projects.values()
        )
        return wanted.sorted([issue for issue in self.world.indexed(reconcile) if wanted.matches(issue)])

    # Issues -----------------------------------------------------------------------------------------------------------

    def bulk_fetch(self, request: Request) -> Response:
        body = request.body or {}
        asked = [str(name) for name in body.get("issueIdsOrKeys") or ()]
        if len(asked) > BULK_IDS:
            return refusal(400, f"issueIdsOrKeys must not exceed {BULK_IDS}")
        found = {issue.id: issue for name in asked if (issue := self.world.find(name))}
        rows = sorted(found.values(), key=lambda issue: int(issue.id))
        names, expand = body.get("fields") or ["*navigable"], body.get("expand") or []
        return of(
            {
                "issues": [self.issue_body(issue, names, expand) for issue in rows],
                "issueErrors": [{"id": name, "errorMessage": NOT_SEEN} for name in asked if not self.world.find(name)],
            }
        )

    def issue(self, request: Request, name: str) -> Response:
        found = self.world.find(name)
        if not found:
            return refusal(404, NOT_SEEN)
        names = request.one("fields").split(",") if request.one("fields") else ["*all"]
        return of(self.issue_body(found, names, request.one("expand").split(",")))

    def bulk_changelog(self, request: Request) -> Response:
        body = request.body or {}
        asked = [str(name) for name in body.get("issueIdsOrKeys") or ()]
        if not 1 <= len(asked) <= BULK_CHANGELOG_ISSUES:
            return refusal(400, f"issueIdsOrKeys holds 1 to {BULK_CHANGELOG_ISSUES} issues")
        wanted = set(body.get("fieldIds") or ())
        issues = {issue.id: issue for name in asked if (issue := self.world.find(name))}
        events = [
            (event, name)
            for name, issue in issues.items()
            for event in issue.history
            if not wanted or any(item.get("fieldId") in wanted for item in event.items)
        ]
        events.sort(key=lambda pair: (pair[0].at, int(pair[1]), int(pair[0].id)))
        start, rows = int(body.get("nextPageToken") or 0), min(int(body.get("maxResults") or 1000), 10_000)
        logs: dict[str, list[Any]] = {}
        for event, name in events[start : start + rows]:
            # Moments are numbers here and texts elsewhere.
            history = {**self.history(event), "created": int(event.at.timestamp() * 1000)}
            logs.setdefault(name, []).append(history)
        answer: dict[str, Any] = {
            "issueChangeLogs": [{"issueId": name, "changeHistories": histories} for name, histories in logs.items()]
        }
        if start + rows < len(events):
            answer["nextPageToken"] = str(start + rows)
        return of(answer)

    def changelog(self, request: Request, name: str) -> Response:
        found = self.world.find(name)
        if not found:
            return refusal(404, NOT_SEEN)
        return self.offset_page(request, [self.history(event) for event in _oldest_first(found.history)])

    def browse(self, request: Request, key: str) -> Response:
        """The page behind a link to an issue, which a person may follow from the demo."""
        found = self.world.find(key)
        if not found:
            return Response(404, b"There is no such issue in the sandbox.", {"Content-Type": "text/plain"})
        words = f"{found.key}  {found.title}\n{STATUSES[found.status_id].name}\n\nThis is Portolan's sandbox Jira."
        return Response(200, words.encode(), {"Content-Type": "text/plain; charset=utf-8"})

    # Shapes -----------------------------------------------------------------------------------------------------------

    def issue_body(self, issue: Issue, names: list[str], expand: Iterable[str]) -> dict[str, Any]:
        body: dict[str, Any] = {
            "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
            "id": issue.id,
            "key": issue.key,
            "self": f"{self.base_url}/rest/api/3/issue/{issue.id}",
        }
        if names != ["id"]:
            body["fields"] = _chosen(self.issue_fields(issue), names)
        if "changelog" in expand:
            newest = _oldest_first(issue.history)[::-1][:EMBEDDED_HISTORIES]
            body["changelog"] = {
                "startAt": 0,
                "maxResults": len(newest),
                "total": len(issue.history),
                "histories": [self.history(event) for event in newest],
            }
        return body

    def issue_fields(self, issue: Issue) -> dict[str, Any]:
        project, number = self.world.site.projects[issue.project_id], int(issue.id)
        values: dict[str, Any] = {
            "summary": issue.title,
            "created": self.stamp(issue.created_at),
            "updated": self.stamp(issue.updated_at),
            "status": self.status(STATUSES[issue.status_id]),
            "issuetype": _kind(KINDS[issue.kind_id]),
            "project": {**_project(project), "simplified": True},
            "assignee": self.user(issue.assignee),
            "labels": list(issue.labels),
            "components": [{"id": str(20000 + at), "name": name} for at, name in enumerate(issue.components)],
            "resolution": {"id": "10000", "name": "Done"} if issue.resolved_at else None,
            "resolutiondate": self.stamp(issue.resolved_at) if issue.resolved_at else None,
            "duedate": issue.due_on,
            "description": _document(issue.title) if number % 7 else None,
            world.POINTS_FIELD: issue.points,
            world.POINTS_TWIN: None,
            world.SPRINT_FIELD: [_sprint(self.world.sprints[at]) for at in issue.sprint_ids] or None,
            world.FLAG_FIELD: [{"id": "10019", "value": "Impediment"}] if issue.is_flagged else None,
        }
        if number % 11 == 0 and not issue.due_on:
            del values["duedate"]  # a field without a value may simply be absent
        parent = self.world.issues.get(issue.parent_id or "")
        if parent:
            kind = {"issuetype": _kind(KINDS[parent.kind_id]), "summary": parent.title}
            values["parent"] = {"id": parent.id, "key": parent.key, "fields": kind}
        elif issue.parent_id:
            values["parent"] = {"id": issue.parent_id}
        return values

    def history(self, event: Event) -> dict[str, Any]:
        author = self.user(event.author)
        return {"id": event.id, "author": author, "created": self.stamp(event.at), "items": list(event.items)}

    def user(self, user: User | None) -> dict[str, Any] | None:
        if user is None:
            return None
        return {
            "accountId": user.account_id,
            "displayName": user.name,
            "active": user.is_active,
            "accountType": "unknown" if user.account_id == "unknown" else "atlassian",
            "avatarUrls": AVATARS,
        }

    def status(self, status: Status) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "id": status.id,
            "name": self.world.status_name(status),
            "self": f"{self.base_url}/rest/api/3/status/{status.id}",
            "statusCategory": {
                "id": CATEGORY_IDS[status.category],
                "key": status.category,
                "name": CATEGORY_NAMES[status.category],
            },
        }
        if status.project_id:
            answer["scope"] = {"type": "PROJECT", "project": {"id": status.project_id}}
        return answer

    def stamp(self, at: datetime) -> str:
        """Moments are written in the site's zone, which is not the account's, and without a colon in the offset."""
        local = at.astimezone(self.world.site_zone)
        return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond // 1000:03d}{local:%z}"

    def offset_page(self, request: Request, rows: list[Any]) -> Response:
        start, most = int(request.one("startAt", "0")), min(int(request.one("maxResults", "50")), 100)
        page = rows[start : start + most]
        plain = {"self": request.path, "startAt": start, "maxResults": most, "total": len(rows)}
        return of({**plain, "isLast": start + len(page) >= len(rows), "values": page})


def _field(name: str, words: str, **schema: str) -> dict[str, Any]:
    return {
        "id": name,
        "key": name,
        "name": words,
        "custom": name.startswith("customfield_"),
        "navigable": True,
        "orderable": True,
        "searchable": True,
        "clauseNames": [name],
        "schema": schema,
    }


def _kind(kind: world.Kind) -> dict[str, Any]:
    return {
        "id": kind.id,
        "name": kind.name,
        "untranslatedName": kind.name,
        "subtask": kind.level < 0,
        "hierarchyLevel": kind.level,
        "avatarId": kind.avatar_id,
    }


def _project(project: world.Project) -> dict[str, Any]:
    return {"id": project.id, "key": project.key, "name": project.name, "avatarUrls": AVATARS}


def _sprint(sprint: Sprint) -> dict[str, Any]:
    dates = {"startDate": sprint.starts_at, "endDate": sprint.ends_at, "completeDate": sprint.completed_at}
    return {
        "id": sprint.id,
        "state": sprint.state,
        "name": sprint.name,
        "originBoardId": sprint.board_ids[0],
        **{name: at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") for name, at in dates.items() if at},
    }


def _document(words: str) -> dict[str, Any]:
    return {
        "type": "doc",
        "version": 1,
        "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": words}]},
            {"type": "nodeOfTomorrow", "attrs": {"a": 1}},
        ],
    }


def _chosen(values: dict[str, Any], names: list[str]) -> dict[str, Any]:
    if "*all" in names or "*navigable" in names:
        return {name: value for name, value in values.items() if f"-{name}" not in names}
    return {name: value for name, value in values.items() if name in names}


def _oldest_first(history: list[Event]) -> list[Event]:
    return sorted(history, key=lambda event: (event.at, int(event.id)))


def token(start: int, jql: str) -> str:
    """This function will make the token of a page."""
    return base64.urlsafe_b64encode(json.dumps([start, jql]).encode()).decode()


def _place(token: Any, jql: str) -> int:
    if not token:
        return 0
    try:
        start, asked = json.loads(base64.urlsafe_b64decode(token))
    except ValueError as error:
        raise query.BadQuery("The provided next page token is invalid or expired.") from error
    if asked != jql:
        raise query.BadQuery("The provided next page token does not belong to this query.")
    return int(start)
