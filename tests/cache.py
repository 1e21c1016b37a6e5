"""Every test has the cache for itself: what one counts, such as sign-ups from an address, is no other's limit.

Workers and runs share one Redis, in which the queues live too, so nothing is flushed; the keys differ.
"""

import itertools
import secrets

import pytest

_run = secrets.token_hex(4)
_tests = itertools.count()
_test = 0


def key(name: str, prefix: str, version: int) -> str:
    """This function will name a cache key of the running test, in all its threads."""
    return f"{_run}:{_test}:{version}:{name}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    global _test
    _test = next(_tests)
