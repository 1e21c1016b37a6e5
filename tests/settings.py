"""The settings of the tests: the real ones, on servers of their own."""

import os
from pathlib import Path

from scripts import servers

# Before the real settings are read. Every xdist worker adopts the same servers; the last one to leave stops them.
os.environ.update(servers.ensure(Path(__file__).resolve().parent.parent, for_tests=True).environment())
os.environ.setdefault("PORTOLAN_SECRET_KEY", "tests-only")
os.environ.setdefault("PORTOLAN_VAULT_KEYS", "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=")
os.environ["PORTOLAN_DEMO"] = "0"

from portolan.config.settings import *  # noqa: F403

# Hashing a password slowly protects people; here it would only cost minutes.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {**CACHES["default"], "KEY_FUNCTION": "tests.cache.key"}}  # noqa: F405
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Straight from the source tree: a checkout under test has collected nothing.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
