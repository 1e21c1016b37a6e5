"""Checkouts of their own: copies of this one that share its environment, with servers, ports and data of their own."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_COPIED = shutil.ignore_patterns(".*_cache", ".git", ".venv", ".tools", ".portolan", "__pycache__", "staticfiles")


def outside_environ(**more: str) -> dict[str, str]:
    """This function will return the environment of a person's shell: nothing in it comes from this test run."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not re.match(r"PORTOLAN_|DATABASE_URL|REDIS_URL|DJANGO_|PYTEST_|PYTHON|MAKE|VIRTUAL_ENV", name)
    }
    return kept | more


def processes_of(directory: Path) -> dict[int, str]:
    """This function will list the processes that run in, or were told of, a directory."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = os.readlink(process / "cwd")
        except OSError:
            continue  # it ended while we looked
        if told and (str(directory) in told or Path(place).is_relative_to(directory)):
            found[int(process.name)] = told
    return found


def wait_until(question: Callable[[], bool], *, seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while not question():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


class Up:
    """A running `python -m scripts.up`, with what it printed so far."""

    def __init__(self, checkout: Path, **environ: str) -> None:
        self.checkout, self.lines = checkout, []
        self.process = subprocess.Popen(
            [checkout / ".venv" / "bin" / "python", "-m", "scripts.up"],
            cwd=checkout,
            env=outside_environ(PORTOLAN_DEMO="0", **environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def says(self, words: str, *, seconds: float = 120) -> bool:
        return wait_until(lambda: words in self.text or self.process.poll() is not None, seconds=seconds) and (
            words in self.text
        )

    @property
    def text(self) -> str:
        return "".join(self.lines)

    @property
    def address(self) -> str:
        said = re.search(r"ready at (http://\S+)", self.text)
        assert said, self.text
        return said[1]

    def ctrl_c(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def _read(self) -> None:
        with self.process.stdout as said:
            for line in said:
                self.lines.append(line)


@pytest.fixture(scope="module")
def new_checkout(tmp_path_factory) -> Callable[[], Path]:
    def new() -> Path:
        place = tmp_path_factory.mktemp("checkout") / "portolan"
        shutil.copytree(ROOT, place, ignore=NOT_COPIED)
        (place / ".venv").symlink_to(sys.prefix)
        return place

    return new
