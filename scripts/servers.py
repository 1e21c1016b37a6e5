"""The embedded PostgreSQL and Redis of one checkout, shared by everything that runs from it.

`make up` and `make test` each have a home of their own (`.portolan/` and `.portolan/test/`), so that neither
disturbs the other. In a home, one *keeper* process is the parent of both servers. Whoever uses them holds a shared
lock on `users.lock`; the keeper waits for the exclusive one and gets it when the last user is gone, however it went.
So a user killed with `kill -9` leaves nothing behind, and nobody counts processes.
"""

import argparse
import atexit
import dataclasses
import fcntl
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import IO

from scripts import embedded_postgres, embedded_redis, outside_servers
from scripts.refusal import Refusal, refused_by_disk

START_SECONDS = 180  # the first start runs initdb; crash recovery after a kill replays the log
STOP_SECONDS = 60
LONGEST_SOCKET = 103  # macOS allows 104 bytes with the closing zero, Linux 108
LONGEST_NAME = len("/.s.PGSQL.5432")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Addresses:
    database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """This function will name the variables by which every process of Portolan finds its servers."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


_users: dict[Path, IO[str]] = {}


def home_of(checkout: Path, *, for_tests: bool = False) -> Path:
    """This function will name the directory in which a checkout keeps its servers' data."""
    return checkout.resolve() / ".portolan" / ("test" if for_tests else "")


def ensure(checkout: Path, *, for_tests: bool = False, environ: Mapping[str, str] = os.environ) -> Addresses:
    """This function will start or adopt the servers of a checkout and keep them until `stop` or this process ends.

    `DATABASE_URL` and `REDIS_URL`, where set, are used as they are and nothing is embedded in their place; both are
    asked whether they answer. `for_tests` trades durability for speed and has data of its own.
    Raises Refusal, whose text is one sentence that says what to do.
    """
    database_url, redis_url = environ.get("DATABASE_URL", ""), environ.get("REDIS_URL", "")
    if not (database_url and redis_url):
        embedded = _embedded(home_of(checkout, for_tests=for_tests), for_tests=for_tests)
        database_url, redis_url = database_url or embedded.database_url, redis_url or embedded.redis_url
    if environ.get("DATABASE_URL"):
        outside_servers.check_database(database_url)
    if environ.get("REDIS_URL"):
        outside_servers.check_redis(redis_url)
    return Addresses(database_url=database_url, redis_url=redis_url)


def descriptors(checkout: Path, *, for_tests: bool = False) -> tuple[int, ...]:
    """This function will name the open files that keep the servers; a process that inherits them is a user too."""
    users = _users.get(home_of(checkout, for_tests=for_tests))
    return (users.fileno(),) if users else ()


def revive(checkout: Path, *, say: Callable[[str], None]) -> None:
    """This function will start servers again that died under their users; their addresses stay the same.

    Raises Refusal when they cannot, as on a full disk.
    """
    home = home_of(checkout)
    if home in _users and not is_kept(home):
        say("the embedded servers died; starting them again")
        _embedded(home, for_tests=False)


def stop(checkout: Path, *, for_tests: bool = False) -> None:
    """This function will stop using the servers, and wait for their end if nobody else uses them."""
    home = home_of(checkout, for_tests=for_tests)
    users = _users.pop(home, None)
    if users is None:
        return
    users.close()
    # The keeper removes `addresses.json` as its first act of stopping; if it stays, someone else is still there.
    for _ in range(100):
        if not is_kept(home):
            break
        time.sleep(0.02)
    else:
        return
    with (home / "keeper.lock").open("a") as keeper:
        _lock_within(keeper, seconds=STOP_SECONDS)


def _embedded(home: Path, *, for_tests: bool) -> Addresses:
    with refused_by_disk(home):
        home.mkdir(parents=True, exist_ok=True)
        users = _users.get(home) or (home / "users.lock").open("a")
    # A keeper that is stopping holds this lock: we wait for it to finish, then start afresh.
    _lock_within(users, seconds=STOP_SECONDS, shared=True)
    _users[home] = users
    atexit.register(users.close)  # whoever never calls `stop` still leaves tidily
    try:
        with refused_by_disk(home), (home / "starting.lock").open("a") as starting:
            _lock_within(starting, seconds=START_SECONDS)
            if not is_kept(home):
                _start_keeper(home, for_tests=for_tests)
            return Addresses(**json.loads((home / "addresses.json").read_text()))
    except BaseException:
        _users.pop(home).close()
        raise


def is_kept(home: Path) -> bool:
    """This function will say whether a keeper lives and has its servers up."""
    try:
        with (home / "keeper.lock").open("r") as keeper:
            fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return (home / "addresses.json").exists()
    return False


def _start_keeper(home: Path, *, for_tests: bool) -> None:
    # Its own session: the terminal's Ctrl-C must reach the servers last, after those who use them. It says one line
    # and lets go of its standard output, which is what ends our waiting.
    with (home / "keeper.log").open("w") as log:
        answer = subprocess.run(
            [sys.executable, "-m", "scripts.servers", "keep", str(home), *(["--for-tests"] if for_tests else [])],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            check=False,
            start_new_session=True,
        ).stdout.strip()
    if answer == "ready":
        return
    raise Refusal(answer or f"The keeper of the embedded servers died at once; read {home / 'keeper.log'}.")


def _lock_within(file: IO[str], *, seconds: float, shared: bool = False) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise Refusal(
                    f"Another process has held {file.name} for {seconds:.0f} seconds; "
                    "find it with `ps`, end it, and try again."
                ) from None
            time.sleep(0.02)


# The keeper's side. ------------------------------------------------------------------------------------------------


def keep(home: Path, *, for_tests: bool) -> None:
    """This function will run both servers as children until the last user of this home is gone."""
    with (home / "keeper.lock").open("a") as alone, (home / "users.lock").open("a") as users:
        fcntl.flock(alone, fcntl.LOCK_EX)
        # Only the end of the last user ends the servers; a polite `kill` of the keeper counts as everybody's end.
        signal.signal(signal.SIGTERM, _leave)
        (home / "addresses.json").unlink(missing_ok=True)
        sockets = socket_directory(home)
        postgres = embedded_postgres.Server(data=home / "postgres", sockets=sockets, is_durable=not for_tests)
        redis = embedded_redis.Server(data=home / "redis", sockets=sockets, is_durable=not for_tests)
        try:
            redis.start()
            postgres.start()
            addresses = Addresses(database_url=postgres.url, redis_url=redis.url)
            (home / "addresses.new").write_text(json.dumps(dataclasses.asdict(addresses)))
            (home / "addresses.new").rename(home / "addresses.json")
            print("ready", flush=True)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # our starter hears no more and goes on
            _wait_for_last_user(users, postgres, redis)
        except SystemExit:
            pass
        finally:
            (home / "addresses.json").unlink(missing_ok=True)
            redis.stop()
            postgres.stop()
            _remove_if_empty(sockets)


def _wait_for_last_user(users: IO[str], *servers: "embedded_postgres.Server | embedded_redis.Server") -> None:
    while True:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if not all(server.is_running() for server in servers):
                return  # without one of its servers a home is no use: the next user gets a new keeper
            time.sleep(0.1)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def socket_directory(home: Path) -> Path:
    """This function will choose where the sockets live: at home, or in a short place when home's path is too long."""
    near = home / "run"
    if len(os.fsencode(near)) + LONGEST_NAME <= LONGEST_SOCKET:
        chosen = near
    else:
        base = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # noqa: S108 — ownership and mode are checked below
        chosen = Path(base) / f"portolan-{hashlib.sha256(os.fsencode(home)).hexdigest()[:12]}"
    chosen.mkdir(mode=0o700, exist_ok=True)
    if chosen.is_symlink() or chosen.stat().st_uid not in {os.geteuid(), *embedded_postgres.server_accounts()}:
        raise Refusal(f"{chosen} belongs to somebody else; set XDG_RUNTIME_DIR to a directory of yours and try again.")
    chosen.chmod(0o700)
    return chosen


def _remove_if_empty(directory: Path) -> None:
    if directory.exists() and not any(directory.iterdir()):
        directory.rmdir()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("action", choices=["keep"])
    parser.add_argument("home", type=Path)
    parser.add_argument("--for-tests", action="store_true")
    asked = parser.parse_args()
    # The keeper is nobody's child: it outlives its starter, who would otherwise have to wait for it.
    if os.fork():
        return 0
    try:
        with refused_by_disk(asked.home):
            keep(asked.home, for_tests=asked.for_tests)
    except Refusal as refusal:
        print(refusal, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
