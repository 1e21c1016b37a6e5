"""How long a second `make up` takes, by part, beside what Django's own start costs in the same minute.

python -m scripts.bench_start [RUNS]
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("environment", "servers", "preparation", "first page", "worker", "others")


def main() -> int:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    start()  # the first one may migrate, collect and plant
    print(f"{'django':>12}" + "".join(f"{part:>12}" for part in PARTS) + f"{'to page':>12}{'ratio':>8}{'load':>7}")
    for _ in range(runs):
        django = seconds_of([sys.executable, "-c", "import django; django.setup()"])
        took = {"environment": seconds_of(["scripts/in-environment", "true"]), **start()}
        to_page = sum(took[part] for part in ("environment", "servers", "preparation", "first page"))
        cells = "".join(f"{took[part]:>12.2f}" for part in PARTS)
        print(f"{django:>12.2f}{cells}{to_page:>12.2f}{to_page / django:>8.1f}{os.getloadavg()[0]:>7.1f}", flush=True)
    return 0


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


if __name__ == "__main__":
    sys.exit(main())
