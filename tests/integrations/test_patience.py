from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portolan.integrations import patience

NOW = datetime(2026, 3, 2, 9, 58, 30, tzinfo=UTC)


def date_in(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "2"}, 2),
        ({"Retry-After": "1847"}, 1847),
        ({"Retry-After": " 3.5 "}, 3.5),
        ({"Retry-After": "0"}, patience.SHORTEST_SECONDS),
        ({"Retry-After": date_in(120)}, 120),
        ({"Retry-After": date_in(-120)}, patience.SHORTEST_SECONDS),
        ({"Retry-After": date_in(120).replace("GMT", "-0000")}, 120),
        ({}, patience.UNSAID_SECONDS),
        ({"Retry-After": ""}, patience.UNSAID_SECONDS),
        ({"Retry-After": "soon"}, patience.UNSAID_SECONDS),
        ({"Retry-After": "-5"}, patience.UNSAID_SECONDS),
        ({"Retry-After": "nan"}, patience.UNSAID_SECONDS),
        ({"Retry-After": "1_000"}, patience.UNSAID_SECONDS),
        ({"Retry-After": "inf"}, patience.UNSAID_SECONDS),
        ({"Retry-After": "9" * 30}, patience.LONGEST_SECONDS),
        ({"X-RateLimit-Reset": "2026-03-02T10:00Z"}, 90),
        ({"X-RateLimit-Reset": "2026-03-02T10:00:00Z"}, 90),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"X-RateLimit-Reset": str(int(NOW.timestamp() * 1000) + 90_000)}, 90),
        ({"X-RateLimit-Reset": "later"}, patience.UNSAID_SECONDS),
        # A quota is a hard wall until its reset; a burst is over when Retry-After says so.
        (
            {
                "Retry-After": "5",
                "X-RateLimit-Reset": "2026-03-02T10:00Z",
                "RateLimit-Reason": "jira-quota-tenant-based",
            },
            90,
        ),
        ({"Retry-After": "5", "X-RateLimit-Reset": "2026-03-02T10:00Z", "RateLimit-Reason": "jira-burst-based"}, 5),
        ({"Retry-After": "200", "X-RateLimit-Reset": "2026-03-02T10:00Z", "RateLimit-Reason": "jira-quota-x"}, 200),
    ],
)
def test_the_wait_a_vendor_names_is_understood_in_every_spelling(headers, seconds):
    assert patience.seconds(headers, now=NOW) == pytest.approx(seconds)


def test_a_date_is_compared_with_the_vendors_own_clock():
    headers = {"Date": date_in(-3600), "Retry-After": date_in(-3600 + 40)}
    assert patience.seconds(headers, now=NOW) == 40


@given(st.dictionaries(st.sampled_from(["Retry-After", "X-RateLimit-Reset", "Date", "RateLimit-Reason"]), st.text()))
def test_no_header_breaks_the_reading_and_every_wait_is_bounded(headers):
    assert patience.SHORTEST_SECONDS <= patience.seconds(headers, now=NOW) <= patience.LONGEST_SECONDS


@given(st.floats(min_value=1, max_value=86_400))
def test_a_wait_in_seconds_is_never_shortened(seconds):
    assert patience.seconds({"Retry-After": repr(seconds)}, now=NOW) == seconds
