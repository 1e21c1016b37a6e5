"""What every test may ask for."""

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.database", "tests.cache", "tests.cast", "tests.browser"]

# A machine that does other work at the same time is no failure of a property.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests go first: the last worker at work should hold a short one."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
