"""Scopes and moments as JQL. Every query is bounded by a project or by the tenant's own restriction, and no value can
leave its quotes or its parentheses.

https://support.atlassian.com/jira-software-cloud/docs/what-is-advanced-search-in-jira-cloud/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portolan.integrations.provider import ProviderError, Scope, Slice

STABLE_ORDER = "ORDER BY created ASC, key ASC"
"""An edit moves an issue in the order of `updated` and lets paging skip its neighbour; `created` never changes."""

FOLD_OVERLAP = timedelta(hours=2)
"""Local literals name some minutes twice when clocks go back; two hours are more than any zone's repetition."""


class TimeStyle(StrEnum):
    EPOCH = "epoch"
    """Unquoted milliseconds: absolute, exact, undocumented; probed once per connection."""
    MINUTE = "minute"
    """"yyyy/MM/dd HH:mm" in the zone of the account that asks."""


def of(scope: Scope) -> str:
    """This function will write the scope as one restriction, without an order. It raises ProviderError for a scope that
    is empty or a query that is not a complete restriction."""
    if not scope.slices:
        raise ProviderError("Nothing is mapped yet, so there is nothing to ask for.")
    # Whole projects go into one list: a site may have a thousand.
    whole = dict.fromkeys(_project(piece.project) for piece in scope.slices if piece.project and _is_whole(piece))
    clauses = list(dict.fromkeys(_slice(piece) for piece in scope.slices if not _is_whole(piece)))
    if whole:
        clauses.insert(0, f"project in ({', '.join(whole)})" if len(whole) > 1 else f"project = {next(iter(whole))}")
    return clauses[0] if len(clauses) == 1 else " OR ".join(f"({clause})" for clause in clauses)


def changed(scope: Scope, *, since: datetime | None, style: TimeStyle, zone: str) -> str:
    """This function will ask for what changed at or after `since`, in the stable order. There is no upper bound: a
    ceiling starves issues that change faster than the index."""
    if since is None:
        return f"{of(scope)} {STABLE_ORDER}"
    return f"({of(scope)}) AND updated >= {moment(since, style=style, zone=zone)} {STABLE_ORDER}"


def everything(scope: Scope) -> str:
    """This function will ask for all of the scope, in the stable order."""
    return f"{of(scope)} {STABLE_ORDER}"


def moment(at: datetime, *, style: TimeStyle, zone: str) -> str:
    """This function will write a literal that Jira reads as `at` or somewhat earlier, never later. A literal of minutes
    is floored, and reaches FOLD_OVERLAP further back so that a repeated hour cannot hide anything."""
    if style is TimeStyle.EPOCH:
        return str(int(at.timestamp() * 1000 // 1))
    try:
        local = (at.astimezone(UTC) - FOLD_OVERLAP).astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ProviderError(f"The account's time zone {zone!r} is not one we know.") from error
    return quoted(local.strftime("%Y/%m/%d %H:%M"))


def quoted(value: str) -> str:
    """This function will write a value as a JQL string that reads back as exactly that value."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


def restriction(query: str) -> str:
    """This function will return a person's JQL without its ORDER BY, safe to stand inside parentheses. It raises
    ProviderError where quotes or parentheses do not close, or nothing restricts."""
    depth = 0
    end = len(query)
    for kind, at in _marks(query):
        if kind == "(":
            depth += 1
        elif kind == ")":
            depth -= 1
            if depth < 0:
                raise ProviderError("The JQL closes a parenthesis that was not opened.")
        elif kind == "order":
            if depth:
                raise ProviderError("The JQL holds an ORDER BY inside parentheses; leave the order out.")
            end = at
            break
    if depth:
        raise ProviderError("The JQL opens a parenthesis that is not closed.")
    kept = query[:end].strip()
    if not kept:
        raise ProviderError("The JQL restricts nothing; name a project, a component or another condition.")
    return kept


def _slice(piece: Slice) -> str:
    parts: list[str] = []
    if piece.project:
        parts.append(f"project = {_project(piece.project)}")
    if piece.components:
        if not piece.project:
            raise ProviderError("Components belong to a project; name it too.")
        parts.append(f"component in ({_list(piece.components)})")
    if piece.query.strip():
        parts.append(f"({restriction(piece.query)})")
    if not parts:
        raise ProviderError("A mapping names neither a project nor a query.")
    return " AND ".join(parts)


def _is_whole(piece: Slice) -> bool:
    return bool(piece.project) and not piece.components and not piece.query.strip()


def _project(name: str) -> str:
    """A bare number is read as an id, a quoted one also as a key or a name."""
    return name if name.isascii() and name.isdigit() else quoted(name)


def _list(values: Iterable[str]) -> str:
    return ", ".join(quoted(value) for value in values)


_TOKENS = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<open>["'])"""
    r"""|(?P<order>(?<![\w.\[\]-])order\s+by(?![\w.-]))"""
    r"""|(?P<paren>[()])""",
    re.IGNORECASE | re.DOTALL,
)


def _marks(query: str) -> Iterable[tuple[str, int]]:
    for found in _TOKENS.finditer(query):
        if found["open"]:
            raise ProviderError("The JQL opens a quotation mark that is not closed.")
        if found["paren"]:
            yield found["paren"], found.start()
        elif found["order"]:
            yield "order", found.start()
