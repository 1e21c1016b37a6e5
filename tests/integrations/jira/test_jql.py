from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portolan.demo.sandbox_jira import query as sandbox
from portolan.integrations.jira import jql
from portolan.integrations.jira.jql import TimeStyle
from portolan.integrations.provider import ProviderError, Scope, Slice

ORDER = " ORDER BY created ASC, key ASC"
ZONES = ["UTC", "America/Los_Angeles", "Asia/Kolkata", "Europe/Warsaw", "Australia/Lord_Howe", "Pacific/Apia"]


@pytest.mark.parametrize(
    ("slices", "written"),
    [
        ([Slice(project="10000")], "project = 10000"),
        ([Slice(project="PROJ")], 'project = "PROJ"'),
        ([Slice(project="10000", components=("Billing", 'The "old" one'))],
         'project = 10000 AND component in ("Billing", "The \\"old\\" one")'),
        ([Slice(query="labels = x OR labels = y")], "(labels = x OR labels = y)"),
        ([Slice(query="labels = x ORDER BY created DESC")], "(labels = x)"),
        ([Slice(project="10000", query="labels = x or labels = y")], "project = 10000 AND (labels = x or labels = y)"),
        ([Slice(project="10000"), Slice(project="OPS")], 'project in (10000, "OPS")'),
        ([Slice(query="labels = x"), Slice(project="1"), Slice(project="2", query="labels = y"), Slice(project="3")],
         "(project in (1, 3)) OR ((labels = x)) OR (project = 2 AND (labels = y))"),
        ([Slice(project="10000"), Slice(project="10000")], "project = 10000"),
        ([Slice(query='summary ~ "order by me)"')], '(summary ~ "order by me)")'),
        ([Slice(query="summary ~ 'it\\'s ('")], "(summary ~ 'it\\'s (')"),
        ([Slice(query="reorder by-pass = 1")], "(reorder by-pass = 1)"),
    ],
)  # fmt: skip
def test_a_scope_is_written_as_one_restriction(slices, written):
    assert jql.of(Scope(tuple(slices))) == written


@pytest.mark.parametrize(
    ("piece", "sentence"),
    [
        (Slice(), "names neither a project nor a query"),
        (Slice(components=("Billing",)), "Components belong to a project"),
        (Slice(query="labels = x) OR (project = SECRET"), "closes a parenthesis"),
        (Slice(query="(labels = x"), "not closed"),
        (Slice(query='labels = "x'), "quotation mark"),
        (Slice(query="labels = 'x"), "quotation mark"),
        (Slice(query="order by created"), "restricts nothing"),
        (Slice(query="(labels = x order by created)"), "ORDER BY inside parentheses"),
    ],
)
def test_a_restriction_that_is_not_whole_is_refused_in_words(piece, sentence):
    with pytest.raises(ProviderError, match=sentence):
        jql.of(Scope((piece,)))


def test_an_empty_scope_asks_for_nothing_rather_than_everything():
    with pytest.raises(ProviderError, match="Nothing is mapped"):
        jql.of(Scope(()))


@given(st.text())
@example('"; \\')
@example("\\u0022 OR project = SECRET")
@example("line\nbreak\u2028")
def test_a_quoted_value_reads_back_as_itself(value):
    assert sandbox.unquoted(jql.quoted(value)) == value
    assert sandbox._tokens(jql.quoted(value)) == [sandbox.Token("text", value)]


@given(st.text(alphabet="()'\"\\ aAND=ORDERBY", max_size=40))
def test_no_query_leaves_the_parentheses_it_is_put_into(text):
    try:
        inside = jql.restriction(text)
    except ProviderError:
        return
    depth = 0
    for token in sandbox._tokens(inside):
        depth += (token.kind, token.value) == ("sign", "(")
        depth -= (token.kind, token.value) == ("sign", ")")
        assert depth >= 0
    assert depth == 0


def test_what_changed_is_asked_without_an_upper_bound_and_in_a_stable_order():
    scope = Scope((Slice(project="10000"), Slice(query="labels = x")))
    since = datetime(2026, 1, 5, 10, 0, 0, 123_456, tzinfo=UTC)
    both = "(project = 10000) OR ((labels = x))"
    assert jql.changed(scope, since=None, style=TimeStyle.EPOCH, zone="UTC") == both + ORDER
    assert (
        jql.changed(scope, since=since, style=TimeStyle.EPOCH, zone="UTC")
        == f"({both}) AND updated >= 1767607200123" + ORDER
    )
    assert (
        jql.changed(scope, since=since, style=TimeStyle.MINUTE, zone="America/Los_Angeles")
        == f'({both}) AND updated >= "2026/01/05 00:00"' + ORDER
    )


MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@given(MOMENTS, st.sampled_from(ZONES))
@example(datetime(2026, 11, 1, 8, 30, tzinfo=UTC), "America/Los_Angeles")
@example(datetime(2026, 11, 1, 9, 30, tzinfo=UTC), "America/Los_Angeles")
@example(datetime(2026, 3, 8, 10, 30, tzinfo=UTC), "America/Los_Angeles")
@example(datetime(2026, 10, 25, 1, 15, tzinfo=UTC), "Europe/Warsaw")
def test_a_literal_of_minutes_never_names_a_later_moment_however_its_hour_is_read(since, zone):
    literal = jql.moment(since, style=TimeStyle.MINUTE, zone=zone)
    local = datetime.strptime(literal, '"%Y/%m/%d %H:%M"').replace(tzinfo=ZoneInfo(zone))
    readings = [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    assert all(since - timedelta(hours=4) <= reading <= since for reading in readings)


@given(MOMENTS)
def test_a_literal_of_milliseconds_is_the_moment_or_less_than_one_before(since):
    literal = int(jql.moment(since, style=TimeStyle.EPOCH, zone="UTC"))
    assert 0 <= since.timestamp() * 1000 - literal < 1.001


def test_an_unknown_zone_is_said():
    with pytest.raises(ProviderError, match="Mars/Olympus"):
        jql.moment(datetime(2026, 1, 1, tzinfo=UTC), style=TimeStyle.MINUTE, zone="Mars/Olympus")
