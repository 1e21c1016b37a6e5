"""What the web process loads before its first request."""

import json
import subprocess
import sys

LOAD = """
import json, os, sys
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
import portolan.config.wsgi
from django.urls import get_resolver
get_resolver().url_patterns
import portolan.config.api
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""
HEAVY = {"numpy", "plotly", "scipy", "sklearn", "pandas", "highspy", "pptx", "openpyxl"}


def test_the_web_process_starts_without_heavy_libraries():
    said = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    loaded = set(json.loads(said.stdout.splitlines()[-1]))
    assert "portolan" in loaded
    assert loaded & HEAVY == set()
