"""How long a second `make up` takes, by part, beside what Django's own start costs in the same minute.

python -m bench start
"""

import json
import os
import subprocess
import sys
import time

from bench import dock
from bench.dock import ROOT, Dock

PARTS = ("environment", "servers", "preparation", "first page")
LATER = ("worker", "others")
ROUNDS = 2


def main(harbour: Dock) -> bool:
    """This function will measure starts of this checkout; there is no limit to keep."""
    start()  # the first one may migrate, collect and plant
    rows = []
    for _ in range(ROUNDS):
        django = seconds_of([sys.executable, "-c", "import django; django.setup()"])
        took = {"environment": seconds_of(["scripts/in-environment", "true"]), **start()}
        to_page = sum(took[part] for part in PARTS)
        rows.append([django, *(took[part] for part in PARTS + LATER), to_page, to_page / django])
    columns = ["Django", *PARTS, *LATER, "start to first page", "ratio"]
    dock.table(columns, [[f"{value:.2f}" for value in row] for row in rows])
    return True


def start() -> dict[str, float]:
    """This function will start everything, stop it again, and return the seconds of each part."""
    command = [sys.executable, "-m", "scripts.up", "--once", "--timings", "json"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in said.stdout.splitlines() if line.startswith("{")]
    if not lines:
        sys.exit(f"Portolan did not start:\n{said.stdout}{said.stderr}")
    took: dict[str, float] = json.loads(lines[-1])
    return took


def seconds_of(command: list[str]) -> float:
    began = time.perf_counter()
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "portolan.config.settings"}
    subprocess.run(command, cwd=ROOT, env=environ, check=True)
    return time.perf_counter() - began
