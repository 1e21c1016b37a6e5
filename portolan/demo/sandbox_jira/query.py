"""The part of JQL that is asked of the sandbox: comparisons joined by AND, OR, NOT and parentheses, and an order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portolan.demo.sandbox_jira.world import KINDS, STATUSES, Issue, Project

type Test = Callable[[Issue], bool]

DATE_FORMATS = ("%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M", "%Y/%m/%d", "%Y-%m-%d")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<sign>>=|<=|!=|=|>|<|~|\(|\)|,)"""
    r"""|(?P<word>[^\s()=<>!~,"']+))""",
    re.DOTALL,
)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class BadQuery(Exception):
    """The query is answered with 400 and these words."""


@dataclass(frozen=True)
class Token:
    kind: str
    value: str

    def is_word(self, *words: str) -> bool:
        return self.kind == "word" and self.value.lower() in words


@dataclass(frozen=True)
class Query:
    matches: Test
    orders: tuple[tuple[str, bool], ...]

    def sorted(self, issues: list[Issue]) -> list[Issue]:
        """This function will sort by the query's order, then by number."""
        found = sorted(issues, key=lambda issue: issue.number)
        for name, is_descending in reversed(self.orders):
            found.sort(key=ORDERS[name], reverse=is_descending)
        return found


ORDERS: dict[str, Callable[[Issue], Any]] = {
    "created": lambda issue: issue.created_at,
    "updated": lambda issue: issue.updated_at,
    "key": lambda issue: (issue.key.partition("-")[0], issue.number),
    "issuekey": lambda issue: (issue.key.partition("-")[0], issue.number),
    "id": lambda issue: int(issue.id),
}  # fmt: skip


def read(text: str, *, now: datetime, zone: ZoneInfo, projects: Iterable[Project]) -> Query:
    """This function will understand a query as Jira does for an account in `zone`; it raises BadQuery."""
    names = {project.id: _words(project.id, project.key, project.name) for project in projects}
    parser = _Parser(_tokens(text), now=now, zone=zone, projects=names)
    return parser.query()


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise BadQuery(f"Error in the JQL Query: unexpected text at position {at}.")
        kind = str(found.lastgroup)
        value = found[kind]
        tokens.append(Token(kind, unquoted(value) if kind == "text" else value))
        at = found.end()
    return tokens


def unquoted(text: str) -> str:
    """This function will read a quoted string with its escapes."""

    def unescape(found: re.Match[str]) -> str:
        if found[1]:
            return chr(int(found[1], 16))
        return ESCAPES.get(found[2], found[2])

    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|(.))", unescape, text[1:-1], flags=re.DOTALL)


class _Parser:
    def __init__(self, tokens: list[Token], *, now: datetime, zone: ZoneInfo, projects: Mapping[str, set[str]]) -> None:
        self.tokens, self.at = tokens, 0
        self.now, self.zone, self.projects = now, zone, projects

    def query(self) -> Query:
        if not self.tokens or self.next_is("order"):
            raise BadQuery("Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
        matches = self.either()
        orders: list[tuple[str, bool]] = []
        if self.take_word("order"):
            self.need_word("by")
            orders.append(self.order())
            while self.take_sign(","):
                orders.append(self.order())
        if self.at < len(self.tokens):
            raise BadQuery(f"Error in the JQL Query: expecting AND or OR but got {self.tokens[self.at].value!r}.")
        if len(orders) > 7:
            raise BadQuery("The ORDER BY clause holds more than 7 fields.")
        return Query(matches, tuple(orders))

    def order(self) -> tuple[str, bool]:
        name = self.token().value.lower()
        if name not in ORDERS:
            raise BadQuery(f"Field '{name}' does not exist or cannot be ordered by.")
        if self.take_word("desc"):
            return name, True
        self.take_word("asc")
        return name, False

    def either(self) -> Test:
        tests = [self.both()]
        while self.take_word("or"):
            tests.append(self.both())
        return lambda issue: any(test(issue) for test in tests)

    def both(self) -> Test:
        tests = [self.one()]
        while self.take_word("and"):
            tests.append(self.one())
        return lambda issue: all(test(issue) for test in tests)

    def one(self) -> Test:
        if self.take_word("not"):
            test = self.one()
            return lambda issue: not test(issue)
        if self.take_sign("("):
            test = self.either()
            if not self.take_sign(")"):
                raise BadQuery("Error in the JQL Query: expecting ')'.")
            return test
        return self.comparison()

    def comparison(self) -> Test:
        name = self.token().value.lower()
        if name in ("updated", "created"):
            return self.moments(name)
        values = self.projects_of if name == "project" else VALUES.get(name)
        if values is None:
            raise BadQuery(f"Field '{name}' does not exist or you do not have permission to view it.")
        is_negative = bool(self.take_word("not"))
        if self.take_word("in"):
            wanted = self.list()
        elif self.take_word("is"):
            is_negative = bool(self.take_word("not"))
            if not self.take_word("empty", "null"):
                raise BadQuery("Error in the JQL Query: expecting EMPTY.")
            return lambda issue: bool(values(issue)) == is_negative
        else:
            sign = self.token()
            if sign.kind != "sign" or sign.value not in ("=", "!="):
                raise BadQuery(f"The operator {sign.value!r} is not supported by the '{name}' field.")
            is_negative = sign.value == "!="
            wanted = [self.token()]
        if name == "project":
            self.need_projects(wanted)
        words = {token.value.lower() for token in wanted}
        return lambda issue: bool(values(issue) & words) != is_negative

    def projects_of(self, issue: Issue) -> set[str]:
        return self.projects[issue.project_id]

    def need_projects(self, wanted: list[Token]) -> None:
        known = set().union(*self.projects.values())
        for token in wanted:
            if token.value.lower() not in known:
                raise BadQuery(f"The value '{token.value}' does not exist for the field 'project'.")

    def moments(self, name: str) -> Test:
        sign, bound = self.token().value, self.moment(name)
        compare = COMPARE.get(sign)
        if compare is None:
            raise BadQuery(f"The operator {sign!r} is not supported by the '{name}' field.")
        attribute = f"{name}_at"
        return lambda issue: compare(getattr(issue, attribute), bound)

    def moment(self, name: str) -> datetime:
        token = self.token()
        if token.kind == "word" and re.fullmatch(r"\d{12,}", token.value):
            return datetime.fromtimestamp(int(token.value) / 1000, UTC)
        if found := re.fullmatch(r"-(\d+)([mhdw])", token.value):
            return self.now - timedelta(**{UNITS[found[2]]: int(found[1])})
        for form in DATE_FORMATS:
            try:
                return datetime.strptime(token.value, form).replace(tzinfo=self.zone).astimezone(UTC)
            except ValueError:
                continue
        raise BadQuery(
            f"Date value '{token.value}' for field '{name}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )

    def list(self) -> list[Token]:
        if not self.take_sign("("):
            raise BadQuery("Error in the JQL Query: expecting '('.")
        values = [self.token()]
        while self.take_sign(","):
            values.append(self.token())
        if not self.take_sign(")"):
            raise BadQuery("Error in the JQL Query: expecting ')'.")
        return values

    def token(self) -> Token:
        if self.at >= len(self.tokens):
            raise BadQuery("Error in the JQL Query: it ends too early.")
        self.at += 1
        return self.tokens[self.at - 1]

    def next_is(self, *words: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].is_word(*words)

    def take_word(self, *words: str) -> bool:
        taken = self.next_is(*words)
        self.at += taken
        return taken

    def need_word(self, word: str) -> None:
        if not self.take_word(word):
            raise BadQuery(f"Error in the JQL Query: expecting {word.upper()}.")

    def take_sign(self, sign: str) -> bool:
        taken = self.at < len(self.tokens) and self.tokens[self.at] == Token("sign", sign)
        self.at += taken
        return taken


def _words(*values: str | None) -> set[str]:
    return {value.lower() for value in values if value}


COMPARE: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": lambda at, bound: at >= bound,
    ">": lambda at, bound: at > bound,
    "<=": lambda at, bound: at <= bound,
    "<": lambda at, bound: at < bound,
}
KEYS: Callable[[Issue], set[str]] = lambda issue: _words(issue.id, issue.key)  # noqa: E731
VALUES: dict[str, Callable[[Issue], set[str]]] = {
    "component": lambda issue: _words(*issue.components),
    "labels": lambda issue: _words(*issue.labels),
    "issuetype": lambda issue: _words(issue.kind_id, KINDS[issue.kind_id].name),
    "type": lambda issue: _words(issue.kind_id, KINDS[issue.kind_id].name),
    "status": lambda issue: _words(issue.status_id, STATUSES[issue.status_id].name),
    "statuscategory": lambda issue: _words(STATUSES[issue.status_id].category),
    "sprint": lambda issue: _words(*(str(number) for number in issue.sprint_ids)),
    "parent": lambda issue: _words(issue.parent_id),
    "assignee": lambda issue: _words(issue.assignee.account_id if issue.assignee else None),
    "key": KEYS,
    "issuekey": KEYS,
    "id": KEYS,
}
