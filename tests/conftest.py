"""What every test may ask for."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.database", "tests.cast", "tests.browser"]

# A machine that does other work at the same time is no failure of a property.
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")
