"""Jira Cloud over HTTP: raw in, raw out. Every answer is either complete or an error; none is silently partial."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote

from portolan.integrations import outbound
from portolan.integrations.jira import endpoints, fields, jql, mapping
from portolan.integrations.jira.jql import TimeStyle
from portolan.integrations.provider import (
    AnswerTooLarge,
    Bodies,
    Changed,
    CredentialsRefused,
    Discovery,
    FieldMap,
    FieldProposal,
    Identity,
    Level,
    Page,
    PageTokenRefused,
    ProviderError,
    RawBody,
    Reader,
    RemoteField,
    RemoteKind,
    RemoteProject,
    RemoteSprint,
    RemoteStatus,
    Retry,
    Scope,
    Slice,
)

BULK_IDS = 100
"""Most ids one bulkfetch takes, and one bulk changelog is asked for."""
SEARCH_ROWS = 5000
"""The most that search gives where only ids are asked; it answers with fewer as it likes."""
CHANGELOG_ROWS = 10_000
LONGEST_PASS_PAGES = 20_000
EMPTY_PAGES = 50
"""A page may be empty and not the last, but a vendor that sends this many in a row is walking in a circle."""
OFFSET_ROWS = 50
# Long lists that have endpoints of their own and would be cut here, and a date that changes by being looked at.
BODY_FIELDS = ["*all", "-comment", "-worklog", "-attachment", "-lastViewed"]
NO_SPRINTS = "does not support sprints"
GONE = ("does not exist", "do not have permission")


@dataclass(frozen=True, slots=True)
class ApiToken:
    """How a person's e-mail and API token are shown to Jira Cloud. OAuth and Data Center bring their own `headers`."""

    email: str
    token: str = field(repr=False)

    def headers(self) -> dict[str, str]:
        """This function will make the header that carries the token."""
        pair = b64encode(f"{self.email}:{self.token}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}


class Refused(ProviderError):
    """Jira understood and said no (4xx); `words` are its own."""

    def __init__(self, message: str, *, status: int, words: str) -> None:
        super().__init__(message)
        self.status = status
        self.words = words


class JiraCloud:
    """Implements provider.Provider. `time_style` is what an earlier probe found; None probes at the first need."""

    def __init__(
        self,
        *,
        base_url: str,
        credentials: ApiToken,
        policy: outbound.Policy,
        time_style: TimeStyle | None = None,
    ) -> None:
        self.base_url = base_url.strip().rstrip("/")
        self.time_style = time_style
        self._session = outbound.Session(base_url=self.base_url, headers=credentials.headers(), policy=policy)
        self._identity: Identity | None = None
        self._names_account = False
        self.is_near_limit = False

    def close(self) -> None:
        """This function will close the connections to Jira."""
        self._session.close()

    # Who and where ----------------------------------------------------------------------------------------------------

    def identity(self) -> Identity:
        """This function will say who we are at Jira; it asks once. Missing credentials make Jira answer as to an
        anonymous visitor, with success and no rows, so nothing else is asked before this."""
        if self._identity is None:
            answer = self._session.get(endpoints.MYSELF)
            self._refuse(answer)
            me = _object(answer.json(), "who we are")
            account = _text(me, "accountId", "who we are")
            header = unquote(answer.headers.get("X-AAccountId", ""))
            if header and header != account:
                raise CredentialsRefused("Jira took us for somebody else; enter e-mail and token again.")
            self._names_account = bool(header)
            self._identity = Identity(
                account_id=account,
                name=str(me.get("displayName") or account),
                zone=_text(me, "timeZone", "who we are"),
            )
        return self._identity

    def server_time(self) -> datetime:
        """This function will ask Jira for its clock, in UTC."""
        return mapping.moment(self._server_info().get("serverTime"), what="the server's time")

    def discover(self) -> Discovery:
        """This function will try the connection: identity, clock, visible projects and how much they hold."""
        identity = self.identity()
        info = self._server_info()
        if info.get("deploymentType") != "Cloud":
            raise ProviderError("This address is a Jira that is not Cloud; only Jira Cloud can be connected so far.")
        projects = tuple(self.projects())
        scope = Scope(tuple(Slice(project=project.external_id) for project in projects))
        return Discovery(
            identity=identity,
            site_name=str(info.get("serverTitle") or info.get("baseUrl") or self.base_url),
            version=str(info.get("version", "")),
            server_time=mapping.moment(info.get("serverTime"), what="the server's time"),
            projects=projects,
            item_count=self.approximate_count(scope=scope) if projects else 0,
        )

    # Vocabulary -------------------------------------------------------------------------------------------------------

    def projects(self) -> list[RemoteProject]:
        """This function will list the projects we can see."""
        return [mapping.project(raw) for raw in self._walk(endpoints.PROJECTS, {"orderBy": "key"})]

    def components(self, *, project_id: str) -> list[str]:
        """This function will list the names of a project's components."""
        raw = self._get(endpoints.COMPONENTS.format(project=quote(project_id, safe="")))
        return [_text(component, "name", "components") for component in _objects(raw, "components")]

    def kinds(self) -> list[RemoteKind]:
        """This function will list the types of issue, each with the level we propose."""
        return [mapping.kind(raw) for raw in _objects(self._get(endpoints.KINDS), "issue types")]

    def fields(self) -> list[RemoteField]:
        """This function will list the fields of issues."""
        return [mapping.field(raw) for raw in _objects(self._get(endpoints.FIELDS), "fields")]

    def statuses(self) -> list[RemoteStatus]:
        """This function will list the statuses with their categories; names repeat, ids do not."""
        return [mapping.status(raw) for raw in _objects(self._get(endpoints.STATUSES), "statuses")]

    def sprints(self, *, project_ids: Iterable[str]) -> list[RemoteSprint]:
        """This function will list every sprint of the projects' boards once, with all boards that show it."""
        found: dict[str, RemoteSprint] = {}
        for board in self._boards(project_ids):
            try:
                for raw in self._walk(endpoints.BOARD_SPRINTS.format(board=board), {}):
                    sprint = mapping.sprint(raw, board_id=board)
                    found[sprint.external_id] = mapping.on_boards(found.get(sprint.external_id), sprint)
            except Refused as refusal:
                if refusal.status != 400 or NO_SPRINTS not in refusal.words:
                    raise
        return list(found.values())

    def propose_fields(self, *, project_ids: Iterable[str]) -> FieldProposal:
        """This function will propose which fields hold points, sprint, epic link and flag, with reasons."""
        estimates: dict[str, list[str]] = {}
        for project in project_ids:
            for board in self._boards([project]):
                path = endpoints.BOARD_CONFIGURATION.format(board=board)
                estimate = fields.estimation_field(_object(self._get(path), "a board"))
                if estimate:
                    estimates.setdefault(project, []).append(estimate)
        return fields.propose(self.fields(), board_estimates=estimates)

    # The passes -------------------------------------------------------------------------------------------------------

    def changed_ids(
        self, *, scope: Scope, since: datetime | None, page_token: str | None = None
    ) -> Iterator[Page[Changed]]:
        """This function will page through what changed at or after `since`; see provider.Provider."""
        identity = self.identity()
        if since is not None and self.time_style is None:
            self.time_style = self.probe_time_style(scope=scope)
        query = jql.changed(scope, since=since, style=self.time_style or TimeStyle.MINUTE, zone=identity.zone)
        for page in self._search(query, ["updated"], page_token):
            yield Page([mapping.changed(raw) for raw in page.rows], page.next_page_token)

    def census(self, *, scope: Scope, page_token: str | None = None) -> Iterator[Page[str]]:
        """This function will page through the ids of everything in scope."""
        for page in self._search(jql.everything(scope), ["id"], page_token):
            yield Page([_text(raw, "id", "an issue") for raw in page.rows], page.next_page_token)

    def approximate_count(self, *, scope: Scope) -> int:
        """This function will ask how many issues the scope holds; cheap, and a few seconds behind."""
        return self._count(jql.of(scope))

    def probe_time_style(self, *, scope: Scope) -> TimeStyle:
        """This function will find out whether this Jira reads epoch milliseconds: a moment long past must match what
        the scope holds and one far ahead nothing. Anything else means the literal of minutes."""
        bounds = f"({jql.of(scope)}) AND updated >= "
        try:
            ahead = self._count(bounds + "4102444800000")
            past = self._count(bounds + "946684800000")
        except Refused as refusal:
            if refusal.status != 400:
                raise
            return TimeStyle.MINUTE
        is_read = ahead == 0 and (past > 0 or self._count(jql.of(scope)) == 0)
        return TimeStyle.EPOCH if is_read else TimeStyle.MINUTE

    def bodies(self, *, ids: Sequence[str]) -> Bodies:
        """This function will fetch issues with their whole histories; it raises ValueError above 100 ids. Bodies too
        large to come together are asked for in halves, and one too large alone is reported in `refused`."""
        if len(ids) > BULK_IDS:
            raise ValueError(f"{len(ids)} ids asked for, at most {BULK_IDS} are answered at once")
        if not ids:
            return Bodies(found=[], missing=[])
        try:
            return self._bulk_fetch(ids)
        except AnswerTooLarge as error:
            if len(ids) == 1:
                return Bodies(found=[], missing=[], refused={ids[0]: error.message})
            half = len(ids) // 2
            first, second = self.bodies(ids=ids[:half]), self.bodies(ids=ids[half:])
            return Bodies(
                found=[*first.found, *second.found],
                missing=[*first.missing, *second.missing],
                refused={**first.refused, **second.refused},
                cut=[*first.cut, *second.cut],
            )

    def changelogs(self, *, ids: Sequence[str]) -> dict[str, list[RawBody]]:
        """This function will fetch whole histories in bulk, oldest first, by issue id."""
        # No filter by fieldIds: a change of parent carries none and would be lost.
        logs: dict[str, dict[str, RawBody]] = {issue: {} for issue in ids}
        payload: dict[str, Any] = {"issueIdsOrKeys": list(ids), "maxResults": CHANGELOG_ROWS}
        seen: set[str] = set()
        while True:
            answer = _object(self._post(endpoints.BULK_CHANGELOG, payload), "histories")
            for log in _objects(answer.get("issueChangeLogs"), "histories"):
                kept = logs.setdefault(_text(log, "issueId", "histories"), {})
                for history in _objects(log.get("changeHistories"), "histories"):
                    kept[_text(history, "id", "histories")] = history
            token = _next(answer, seen)
            if token is None:
                return {issue: list(kept.values()) for issue, kept in logs.items()}
            payload["nextPageToken"] = token

    def reader(self, *, fields: FieldMap, levels: Mapping[str, Level], statuses: Iterable[RemoteStatus]) -> Reader:
        """This function will make the pure reader for these choices; see provider.Provider."""
        return mapping.reader(fields=fields, levels=levels, statuses=statuses, site_url=self.base_url)

    # Parts ------------------------------------------------------------------------------------------------------------

    def _bulk_fetch(self, ids: Sequence[str]) -> Bodies:
        answer = _object(
            self._post(
                endpoints.BULK_FETCH,
                {"issueIdsOrKeys": list(ids), "fields": BODY_FIELDS, "expand": ["changelog"]},
            ),
            "issues",
        )
        found = {_text(raw, "id", "an issue"): raw for raw in _objects(answer.get("issues"), "issues")}
        refused: dict[str, str] = {}
        for error in _objects(answer.get("issueErrors") or [], "issues"):
            issue, words = str(error.get("id", "")), str(error.get("errorMessage", ""))
            # Jira lists passing trouble here as well; only these words say that the issue is gone for us.
            if not any(sign in words for sign in GONE):
                refused[issue] = self._session.redacted(words) or "Jira could not return it."
        cut = self._complete(found)
        return Bodies(
            found=list(found.values()),
            missing=[issue for issue in ids if issue not in found and issue not in refused],
            refused=refused,
            cut=cut,
        )

    def _complete(self, found: Mapping[str, RawBody]) -> list[str]:
        """Replaces embedded histories that Jira cut (at 40 or 100, by its own account) and names what stays short."""
        short = [issue for issue, raw in found.items() if mapping.missing_histories(raw)]
        if not short:
            return []
        for issue, histories in self.changelogs(ids=short).items():
            if issue in found:
                mapping.add_histories(found[issue], histories)
        still = [issue for issue in short if mapping.missing_histories(found[issue])]
        for issue in still:  # the two addresses can disagree, one empty and one not
            path = endpoints.CHANGELOG.format(issue=quote(issue, safe=""))
            mapping.add_histories(found[issue], list(self._walk(path, {})))
        return [issue for issue in still if mapping.missing_histories(found[issue])]

    def _search(self, query: str, names: list[str], page_token: str | None) -> Iterator[Page[RawBody]]:
        self.identity()
        seen = {page_token} if page_token else set()
        empty = 0
        for _ in range(LONGEST_PASS_PAGES):
            payload: dict[str, Any] = {"jql": query, "fields": names, "maxResults": SEARCH_ROWS}
            if page_token:
                payload["nextPageToken"] = page_token
            try:
                answer = _object(self._post(endpoints.SEARCH, payload), "search results")
            except Refused as refusal:
                if refusal.status == 400 and page_token and "token" in refusal.words.lower():
                    raise PageTokenRefused(
                        "Jira no longer honours the page we stopped at.", retry=Retry.LATER
                    ) from refusal
                raise
            rows = _objects(answer.get("issues"), "search results")
            page_token = None if answer.get("isLast") is True else _next(answer, seen)
            if page_token is None and answer.get("isLast") is False:
                raise ProviderError("Jira says there are more pages but not where.", retry=Retry.LATER)
            empty = 0 if rows else empty + 1
            if empty > EMPTY_PAGES:
                raise ProviderError(f"Jira sent {empty} empty pages in a row.", retry=Retry.LATER)
            yield Page(rows, page_token)
            if page_token is None:
                return
        raise ProviderError(f"The search did not end within {LONGEST_PASS_PAGES} pages.")

    def _count(self, query: str) -> int:
        self.identity()
        count = _object(self._post(endpoints.COUNT, {"jql": query}), "a count").get("count")
        if not isinstance(count, int):
            raise ProviderError("Jira answered a count without a number.", retry=Retry.LATER)
        return count

    def _boards(self, project_ids: Iterable[str]) -> list[str]:
        boards: dict[str, None] = {}
        for project in project_ids:
            for raw in self._walk(endpoints.BOARDS, {"projectKeyOrId": project}):
                boards[str(raw.get("id"))] = None
        return list(boards)

    def _walk(self, path: str, query: Mapping[str, str | int]) -> Iterator[RawBody]:
        """Pages by offset. The length of a page is the vendor's to choose, so the next offset is what we received."""
        start = 0
        for _ in range(LONGEST_PASS_PAGES):
            answer = _object(self._get(path, {**query, "startAt": start, "maxResults": OFFSET_ROWS}), "a list")
            values = _objects(answer.get("values"), "a list")
            yield from values
            start += len(values)
            total = answer.get("total")
            if answer.get("isLast") is True or (answer.get("isLast") is None and total is not None and start >= total):
                return
            if not values:
                raise ProviderError("Jira says there is more but sends nothing.", retry=Retry.LATER)
        raise ProviderError(f"A list did not end within {LONGEST_PASS_PAGES} pages.")

    def _server_info(self) -> RawBody:
        self.identity()
        return _object(self._get(endpoints.SERVER_INFO), "the server")

    def _get(self, path: str, query: Mapping[str, str | int] | None = None) -> Any:
        self.identity()
        return self._understood(path, self._session.get(path, query))

    def _post(self, path: str, payload: Mapping[str, Any]) -> Any:
        self.identity()
        return self._understood(path, self._session.post(path, payload))

    def _understood(self, path: str, answer: outbound.Answer) -> Any:
        self.is_near_limit = answer.headers.get("X-RateLimit-NearLimit", "").lower() == "true"
        self._refuse(answer)
        said = answer.json()  # first: a proxy's page names nobody either, and may pass
        account = unquote(answer.headers.get("X-AAccountId", ""))
        is_said = account or (self._names_account and path.startswith("/rest/api/"))
        if is_said and self._identity and account != self._identity.account_id:
            raise CredentialsRefused("Jira answered as to an anonymous visitor; enter e-mail and token again.")
        return said

    def _refuse(self, answer: outbound.Answer) -> None:
        status = answer.status
        if status < 400:
            return
        if status == 401:
            raise CredentialsRefused("Jira refuses the e-mail and token. The token may have expired or been revoked.")
        if status in (408, 409, 425):
            raise ProviderError(f"Jira could not answer just now (HTTP {status}).", retry=Retry.LATER)
        words = self._session.redacted(_words(answer))
        sentence = {
            403: "The account may not do this in Jira.",
            404: "Jira does not know this address, or the account may not see it.",
            410: "Jira has removed this part of its interface; Portolan has to be updated.",
        }.get(status, "Jira refuses the request.")
        raise Refused(f"{sentence} {words}".strip(), status=status, words=words)


def _words(answer: outbound.Answer) -> str:
    """Jira's own sentences about a refusal, at most 500 characters; empty where it answered with something else."""
    try:
        said = answer.json()
    except ProviderError:
        return ""
    if not isinstance(said, dict):
        return ""
    messages = said.get("errorMessages")
    errors = said.get("errors")
    words = [str(message) for message in messages] if isinstance(messages, list) else []
    words += [str(message) for message in errors.values()] if isinstance(errors, dict) else []
    return " ".join(words or [str(said.get("message") or "")])[:500]


def _next(answer: RawBody, seen: set[str]) -> str | None:
    """The token of the next page; a token met before would be walked in a circle for ever."""
    token = answer.get("nextPageToken")
    if not token:
        return None
    if not isinstance(token, str) or token in seen:
        raise ProviderError("Jira repeats a page of results; the pass cannot go on.", retry=Retry.LATER)
    seen.add(token)
    return token


def _object(value: Any, what: str) -> RawBody:
    if not isinstance(value, dict):
        raise ProviderError(f"Jira answered {what} in a form we do not know.", retry=Retry.LATER)
    return value


def _objects(value: Any, what: str) -> list[RawBody]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise ProviderError(f"Jira answered {what} in a form we do not know.", retry=Retry.LATER)
    return value


def _text(raw: RawBody, name: str, what: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value:
        raise ProviderError(f"Jira answered {what} without {name}.", retry=Retry.LATER)
    return value
