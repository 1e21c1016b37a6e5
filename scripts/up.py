"""`make up`: servers, migrations, demonstration company, web, worker, beat, sandbox Jira; then the address.

python -m scripts.up                  run until Ctrl-C
python -m scripts.up --once           stop again as soon as everything was ready
python -m scripts.up --timings json   print the seconds of each part as one JSON line when everything is ready
"""

import argparse
import contextlib
import errno
import fcntl
import http.client
import json
import os
import socket
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from portolan.config import env
from scripts import fingerprint, servers
from scripts.refusal import Refusal, refused_by_disk
from scripts.supervisor import Child, Stopped, Supervisor

ROOT = Path(__file__).resolve().parent.parent
TURN_SECONDS, READY_SECONDS, OTHERS_SECONDS = 40, 90, 20
PORTS_TRIED = 50


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--once", action="store_true", help="stop as soon as everything was ready")
    parser.add_argument("--timings", choices=["json"], help="print the seconds of each part")
    asked = parser.parse_args()
    home = servers.home_of(ROOT)
    try:
        env.load(ROOT / ".env")
        with refused_by_disk(home):
            home.mkdir(parents=True, exist_ok=True)
            with (home / "up.lock").open("a+") as alone:
                be_the_only_one(alone)
                return run(alone, home, is_once=asked.once, prints_timings=asked.timings == "json")
    except (Refusal, env.Misconfigured) as refusal:
        print(f"portolan: {refusal}", file=sys.stderr)
    except KeyboardInterrupt:
        print("portolan: stopped before anything was started", file=sys.stderr)
    return 1


def run(alone: IO[str], home: Path, *, is_once: bool, prints_timings: bool) -> int:
    """This function will start everything, keep it running until somebody asks for the end, and end it in order."""
    watch = Stopwatch()
    addresses = servers.ensure(ROOT)
    watch.lap("servers")
    listening = listen(host=env.BIND.read(), port=env.PORT.read())
    address = f"http://localhost:{listening.getsockname()[1]}/"
    note(alone, address)
    environ = {**os.environ, **addresses.environment()}
    keeps = (alone.fileno(), *servers.descriptors(ROOT))
    with listening, Supervisor(environ=environ, keeps=keeps) as supervisor:
        status = 0
        try:
            if listening.getsockname()[1] != env.PORT.read():
                supervisor.say(f"port {env.PORT.read()} is used by somebody else, so this is {address}")
            prepared = prepare(supervisor, home, addresses.database_url)
            watch.lap("preparation", parts=prepared["seconds"])
            start_all(supervisor, listening, watch)
            greet(supervisor, address, prepared["logins"])
            if prints_timings:
                print(json.dumps(watch.seconds), flush=True)
            while not is_once:
                supervisor.turn()
                servers.revive(ROOT, say=supervisor.say)
        except Stopped:
            pass
        except Refusal as refusal:
            supervisor.say(str(refusal))
            status = 1
        supervisor.say("stopping")
    servers.stop(ROOT)
    supervisor.say("stopped; the data stays in .portolan/")
    return status


class Stopwatch:
    def __init__(self) -> None:
        self.began = self.last = time.perf_counter()
        self.seconds: dict[str, float] = {}

    def lap(self, part: str, *, parts: dict[str, float] | None = None) -> None:
        """This function will note the seconds since the last lap, and the parts they are made of where known."""
        now = time.perf_counter()
        self.seconds |= {part: round(now - self.last, 3), **(parts or {}), "total": round(now - self.began, 3)}
        self.last = now


def be_the_only_one(alone: IO[str]) -> None:
    """This function will make this the only supervisor of the checkout, once the remains of a killed one are gone."""
    until = time.monotonic() + TURN_SECONDS
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
            note(alone, "")
            return
        alone.seek(0)
        pid, _, address = alone.read().strip().partition(" ")
        # While the pid is dead, it is the guardian of a killed run that holds the lock, and it is about to finish.
        if pid.isdigit() and is_running(int(pid)):
            raise Refusal(
                f"Portolan already runs from this checkout{f' at {address}' if address else ''} (process {pid}); "
                "use it, or stop it with Ctrl-C where it runs."
            )
        if time.monotonic() > until:
            raise Refusal(f"The remains of an earlier run still hold {alone.name}; end them and try again.")
        time.sleep(0.05)


def note(alone: IO[str], address: str) -> None:
    alone.truncate(0)
    alone.write(f"{os.getpid()} {address}")
    alone.flush()


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def listen(*, host: str, port: int) -> socket.socket:
    """This function will open the web's socket on the wanted port, else on the next free one.

    The web process inherits it, so that no one can take the port in between and a restart of the web loses no visitor.
    """
    for candidate in range(port, min(port + PORTS_TRIED, 65536)):
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, candidate))
            listening.listen(256)
        except PermissionError as error:
            listening.close()
            raise Refusal(f"Port {candidate} needs root; set PORTOLAN_PORT to one above 1023.") from error
        except socket.gaierror as error:
            listening.close()
            raise Refusal(f"PORTOLAN_BIND={host} is no address of this machine; write 127.0.0.1 or 0.0.0.0.") from error
        except OSError as error:
            listening.close()
            if error.errno == errno.EADDRNOTAVAIL:
                raise Refusal(f"{host} is no address of this machine; write PORTOLAN_BIND=127.0.0.1.") from error
            continue
        return listening
    raise Refusal(f"No port from {port} to {candidate} is free; set PORTOLAN_PORT to one that is.")


def prepare(supervisor: Supervisor, home: Path, database_url: str) -> dict[str, Any]:
    """This function will migrate, collect static files and plant the demonstration company, in a process of its own.

    Where nothing has changed since the last time, none is needed and Django's start is saved. Returns the seconds of
    each part and the logins of the demonstration company.
    """
    switches = (env.DEMO.read(), env.DEBUG.read())
    mark, told = home / "prepared.sha256", home / "prepared.json"
    if mark.exists() and mark.read_text() == fingerprint.of_preparation(database_url, switches=switches):
        return {**json.loads(told.read_text()), "seconds": {}}
    status = supervisor.run(Child(name="prepare", command=[sys.executable, "-m", "scripts.prepare", str(told)]))
    if status:
        raise Refusal(f"The preparation ended with status {status}; the lines above say why.")
    mark.write_text(fingerprint.of_preparation(database_url, switches=switches))
    prepared: dict[str, Any] = json.loads(told.read_text())
    return prepared


def start_all(supervisor: Supervisor, listening: socket.socket, watch: Stopwatch) -> None:
    """This function will start every process and return when a page was answered and the worker takes work."""
    web, worker, *others = children(listening)
    supervisor.start(web)
    supervisor.start(worker)
    page = FirstPage(*listening.getsockname()[:2])
    until_ready(supervisor, web, page.is_answered)
    if page.status >= 500:
        raise Refusal(f"The first page answered {page.status}; the lines above say why.")
    watch.lap("first page")
    for child in others:
        supervisor.start(child)  # now, because on two cores they would only have delayed the first page
    until_ready(supervisor, worker)
    watch.lap("worker")
    # Portolan works without them: who is late or dies is started again and speaks for itself.
    wait(supervisor, lambda: all(child.is_ready or child.again_at for child in others), seconds=OTHERS_SECONDS)
    watch.lap("others")


def children(listening: socket.socket) -> Iterator[Child]:
    """This function will say how each process is started: first the web, then the worker, then who is less urgent."""
    # Root in a container is warned by Celery of pickled messages; ours are JSON.
    calm = "ignore:You're running the worker with superuser privileges"
    celery = [sys.executable, "-W", calm, "-m", "celery", "--quiet", "-A", "portolan.config"]
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:portolan.config.gunicorn"]
    schedule = servers.home_of(ROOT) / "beat-schedule"
    yield Child(
        name="web", command=[*gunicorn, "--bind", f"fd://{listening.fileno()}"], descriptors=(listening.fileno(),)
    )
    yield Child(
        name="worker",
        # Who waits for the others' greetings starts a second later; there is one worker here.
        command=[*celery, "worker", "--loglevel", "info", "--concurrency", "2", "--without-mingle", "--without-gossip"],
        is_last_to_leave=True,
        ready_words=" ready.",
    )
    yield Child(
        name="beat", command=[*celery, "beat", "--loglevel", "warning", "--schedule", str(schedule), "--pidfile="]
    )
    if env.DEMO.read():
        yield Child(name="jira", command=[sys.executable, "manage.py", "sandbox_jira"], ready_words="ready.")


def until_ready(supervisor: Supervisor, child: Child, is_ready: Callable[[], bool] | None = None) -> None:
    """This function will wait until a child says that it is ready, or something else says so for it."""
    is_ready = is_ready or (lambda: child.is_ready)
    wait(supervisor, lambda: is_ready() or child.again_at is not None, seconds=READY_SECONDS)
    if child.again_at is not None:
        raise Refusal(f"The {child.name} process died before it was ready; the lines above say why.")
    if not is_ready():
        raise Refusal(f"The {child.name} was not ready within {READY_SECONDS} seconds; the lines above say why.")


def wait(supervisor: Supervisor, is_over: Callable[[], object], *, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not is_over() and time.monotonic() < until:
        supervisor.turn(seconds=0.02)


class FirstPage:
    """Asks for the front page, in a thread: the socket takes the question long before the web can answer."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port, self.status = "127.0.0.1" if host == "0.0.0.0" else host, port, 0  # noqa: S104
        threading.Thread(target=self._ask, daemon=True).start()

    def is_answered(self) -> bool:
        return self.status > 0

    def _ask(self) -> None:
        path = "/"
        with contextlib.suppress(OSError, http.client.HTTPException):  # the web died; its supervisor says so
            for _ in range(5):
                line = http.client.HTTPConnection(self.host, self.port, timeout=READY_SECONDS)
                line.request("GET", path, headers={"Host": f"localhost:{self.port}"})
                answer = line.getresponse()
                answer.read()
                line.close()
                if answer.status not in {301, 302}:
                    self.status = answer.status
                    return
                path = urllib.parse.urlsplit(answer.headers["Location"]).path
            self.status = answer.status


def greet(supervisor: Supervisor, address: str, logins: list[list[str]]) -> None:
    supervisor.say("")
    supervisor.say(f"Portolan is ready at {address}")
    if logins:
        widest = max(len(email) for email, _, _ in logins)
        supervisor.say("Sign in to the demonstration company as")
        for email, password, role in logins:
            supervisor.say(f"  {email:<{widest}}  {password}  {role}")
    supervisor.say("Ctrl-C stops everything.")


if __name__ == "__main__":
    sys.exit(main())
