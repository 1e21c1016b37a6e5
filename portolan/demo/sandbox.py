"""The sandbox as a neighbour: where it answers, since when it plays, and starting one where none runs.

What has to survive a restart lies in the checkout's state directory: `sandbox_jira.json` (address, and the day on which
its history ends) and `sandbox_jira.journal` (what has happened since). The address is written there before anybody is
told of it, and `settings.SANDBOX_ADDRESSES` reads it: it is the only private address a connection may lead to.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from portolan.demo import playback

READY_SECONDS = 30
# Calm ports, below the range from which systems hand out their own.
FIRST_PORT, PORTS_TRIED = 8730, 50


class NotRunning(RuntimeError):
    """The sandbox did not start; the message says what it said."""


@dataclass(frozen=True)
class Note:
    base_url: str
    as_of: str
    build: str
    """A word that no other sandbox says of itself."""

    @property
    def is_answered(self) -> bool:
        """Whether this very sandbox, and nobody who has taken its port since, answers at the address."""
        asked = urllib.request.Request(f"{self.base_url}/rest/api/3/serverInfo")  # noqa: S310 - our own loopback
        asked.add_header("Authorization", "Basic c2FuZGJveA==")
        try:
            with urllib.request.urlopen(asked, timeout=2) as said:  # noqa: S310
                return bool(json.load(said)["scmInfo"] == self.build)
        except (OSError, ValueError, KeyError):
            return False

    @property
    def port(self) -> int:
        return int(self.base_url.rpartition(":")[2])


class Notebook:
    """What the sandbox writes down for its neighbours and for its next start."""

    def __init__(self, path: Path | str | None = None) -> None:
        self.path = Path(path or settings.SANDBOX_JIRA_NOTE)
        self.journal = playback.Journal(self.path.with_suffix(".journal"))

    def read(self) -> Note | None:
        """This function will return what the last sandbox wrote down, or None where none has, or none of this version:
        a note that cannot be read, or says other things than ours, would stop every later start."""
        try:
            note = Note(**json.loads(self.path.read_text()))
            return note if note.port and date.fromisoformat(note.as_of) and isinstance(note.build, str) else None
        except (OSError, ValueError, TypeError, AttributeError):
            return None

    def write(self, note: Note) -> None:
        """This function will write down where the sandbox answers and when its history ends, all at once."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(asdict(note)))
        fresh.replace(self.path)

    def forget(self) -> None:
        """This function will let the next sandbox begin a new history."""
        self.path.unlink(missing_ok=True)
        self.journal.path.unlink(missing_ok=True)


class Neighbour:
    """The sandbox that somebody else runs, or one of our own that may still be on its way up."""

    def __init__(self, process: subprocess.Popen[str] | None = None) -> None:
        self.process = process

    def base_url(self) -> str:
        """This function will return its address as soon as it answers; it raises NotRunning when it never does."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and (self.process is None or self.process.poll() is None):
            note = Notebook().read()
            if note and note.is_answered:
                return note.base_url
            time.sleep(0.05)
        said = ""
        if self.process:
            self.process.terminate()
            said = self.process.communicate()[0].strip()[-500:]
        raise NotRunning(f"The sandbox Jira did not start. {said}")


@contextmanager
def running(*, as_of: date, is_new: bool = False) -> Iterator[Neighbour]:
    """This function will find the running sandbox; where none runs, one runs for the length of the `with`, with a new
    history if that is asked for."""
    notebook = Notebook()
    note = notebook.read()
    if note and note.is_answered:
        yield Neighbour()
        return
    if is_new:
        notebook.forget()
    command = [
        *(sys.executable, str(settings.ROOT / "manage.py"), "sandbox_jira"),
        *("--as-of", as_of.isoformat(), "--note", str(notebook.path)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603
    try:
        yield Neighbour(process)
    finally:
        process.terminate()
        process.communicate(timeout=10)
