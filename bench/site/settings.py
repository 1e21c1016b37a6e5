"""The real settings, and beside the real pages one that does as little as a page can."""

from portolan.config.settings import *  # noqa: F403
from portolan.config.settings import MIDDLEWARE, STORAGES

ROOT_URLCONF = "bench.site.urls"
MIDDLEWARE = ["bench.site.pages.counted", *MIDDLEWARE]
# This checkout may have collected no static files; their names are a look into a table either way.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
