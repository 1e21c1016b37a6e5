"""One supervisor for the processes of `make up`: their lines with a prefix, their restarts, their end."""

import contextlib
import dataclasses
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import IO, Self

ROOT = Path(__file__).resolve().parent.parent
COLOURS = {"web": 36, "worker": 32, "beat": 35, "jira": 33}
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY_SECONDS = 60  # who ran this long starts again at once, with the first pause


class Stopped(Exception):
    """A person, or the end of `make`, asked us to stop."""


@dataclasses.dataclass(kw_only=True)
class Child:
    name: str
    command: list[str]
    descriptors: tuple[int, ...] = ()
    is_last_to_leave: bool = False  # who takes work from outside goes before who finishes it
    patience: float = 10
    ready_words: str = ""  # how the line ends by which the child says that it is ready; without them it always is
    is_ready: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    pause: float = FIRST_PAUSE
    again_at: float | None = None
    unfinished_line: bytes = b""

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    def __init__(self, *, environ: Mapping[str, str], keeps: tuple[int, ...] = ()) -> None:
        """This function will prepare a supervisor; the files in `keeps` stay open until its last child is gone."""
        self.environ = {**environ, "PYTHONUNBUFFERED": "1"}
        self.children: list[Child] = []
        self.is_coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.selector = selectors.DefaultSelector()
        self.parent = os.getppid()
        self.asked_to_stop = 0
        self.wake, woken = socket.socketpair()
        self.wake.setblocking(False)
        woken.setblocking(False)
        self._woken = woken
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        for word in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(word, self._note_stop)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # wakes the loop, nothing else
        self.selector.register(self.wake, selectors.EVENT_READ)
        self.guardian = subprocess.Popen(
            [sys.executable, "-S", "-m", "scripts.guardian"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=keeps,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop()

    def start(self, child: Child) -> None:
        child.process = subprocess.Popen(
            child.command,
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,  # the terminal's Ctrl-C reaches us alone, and we say who leaves first
            pass_fds=child.descriptors,
        )
        child.started_at, child.again_at, child.is_ready = time.monotonic(), None, not child.ready_words
        self._tell_guardian("+", child.process.pid)
        if child.process.stdout is not None:
            os.set_blocking(child.process.stdout.fileno(), False)
            self.selector.register(child.process.stdout, selectors.EVENT_READ, child)
        if child not in self.children:
            self.children.append(child)

    def run(self, child: Child) -> int:
        """This function will run a child to its end and return its status."""
        self.start(child)
        self.children.remove(child)
        try:
            while child.is_alive:
                self.turn(seconds=0.1)
        finally:
            status = self._end(child)
        return status

    def turn(self, *, seconds: float = 0.5) -> None:
        """This function will relay what was said and restart who died, for one turn; raises Stopped when asked to."""
        self._relay(seconds=seconds)
        # A `make` killed with -9 can forward nothing; who runs without make stays with init's adoption.
        if self.asked_to_stop or ("MAKELEVEL" in os.environ and os.getppid() != self.parent):
            raise Stopped
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._restart_later(child)
            if child.again_at is not None and time.monotonic() >= child.again_at:
                self.start(child)

    def stop(self) -> None:
        """This function will end every child in order and wait until none of their processes is left."""
        asked = self.asked_to_stop
        for is_last in (False, True):
            wave = [child for child in self.children if child.is_last_to_leave == is_last]
            for word in (signal.SIGTERM, signal.SIGQUIT):
                for child in wave:
                    if child.process is not None and child.is_alive:
                        child.process.send_signal(word)
                until = time.monotonic() + max((c.patience for c in wave), default=0)
                # A second Ctrl-C means now.
                while any(c.is_alive for c in wave) and time.monotonic() < until and self.asked_to_stop <= asked + 1:
                    self._relay(seconds=0.1)
            for child in wave:
                if child.process is not None:
                    self._end(child)
        self._relay(seconds=0)
        if self.guardian.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self.guardian.stdin.close()
        self.guardian.wait()

    def say(self, words: str, *, name: str = "portolan") -> None:
        prefix = f"{name:>8} │ "
        if self.is_coloured:
            prefix = f"\x1b[{COLOURS.get(name, 1)}m{prefix}\x1b[0m"
        try:
            print(prefix + words, flush=True)
        except BrokenPipeError:
            # Nobody reads any more (`make up | head`): stop, and let the rest of our words go nowhere.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            self.asked_to_stop += 1

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop += 1

    def _relay(self, *, seconds: float) -> None:
        for key, _ in self.selector.select(seconds):
            if key.data is None:
                self.wake.recv(4096)
            else:
                self._hear(key.data, key.fileobj)  # type: ignore[arg-type]

    def _hear(self, child: Child, stream: IO[bytes]) -> None:
        heard = stream.read(65536)
        if heard is None:
            return
        if not heard:
            self.selector.unregister(stream)
            stream.close()
            heard = b"\n" if child.unfinished_line else b""
        *lines, child.unfinished_line = (child.unfinished_line + heard).split(b"\n")
        for line in lines:
            text = line.decode(errors="replace").rstrip()
            if text:
                self.say(text, name=child.name)
            child.is_ready |= text.endswith(child.ready_words)

    def _end(self, child: Child) -> int:
        """This function will kill what is left of a child and its own children, and return its status."""
        if child.process is None:
            return 0
        process, child.process = child.process, None
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        status = process.wait()
        self._relay(seconds=0)  # its last words before ours
        self._tell_guardian("-", process.pid)
        return status

    def _restart_later(self, child: Child) -> None:
        status = self._end(child)
        if time.monotonic() - child.started_at > STEADY_SECONDS:
            child.pause = FIRST_PAUSE
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        self.say(f"{child.name} {how}; starting it again in {child.pause:.0f} s")
        child.again_at = time.monotonic() + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _tell_guardian(self, sign: str, pid: int) -> None:
        if self.guardian.stdin is None:
            return
        try:
            self.guardian.stdin.write(f"{sign}{pid}\n".encode())
            self.guardian.stdin.flush()
        except BrokenPipeError:
            self.say("the guardian was killed; a kill -9 of this process would now leave others behind")
            self.guardian.stdin = None
