"""`make up` and its end, on real processes in two checkouts."""

import json
import os
import signal
import socket
import subprocess
import urllib.request

import psycopg
import pytest

from tests.launch.conftest import Up, processes_of, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.path.exists("/proc/self"), reason="processes are counted in /proc"),
]


@pytest.fixture(scope="module")
def wanted_port():
    """A port that somebody else uses for as long as these tests run."""
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        yield occupant.getsockname()[1]


@pytest.fixture(scope="module")
def both(new_checkout, wanted_port):
    """Two checkouts that were started at the same time and want the same port."""
    runs = [Up(new_checkout(), PORTOLAN_PORT=str(wanted_port)) for _ in range(2)]
    yield runs
    for run in runs:
        if run.process.poll() is None:
            run.process.terminate()
            run.process.wait(timeout=60)


@pytest.fixture(scope="module")
def here(both):
    assert both[0].says("Ctrl-C stops everything"), both[0].text
    return both[0]


@pytest.fixture(scope="module")
def there(both):
    assert both[1].says("Ctrl-C stops everything"), both[1].text
    return both[1]


def page(address: str, *, path: str = "") -> int:
    with urllib.request.urlopen(address + path, timeout=30) as answer:
        return answer.status


def database_of(run: Up) -> psycopg.Connection:
    addresses = json.loads((run.checkout / ".portolan" / "addresses.json").read_text())
    return psycopg.connect(addresses["database_url"])


def web_processes(run: Up) -> list[int]:
    return [pid for pid, told in processes_of(run.checkout).items() if "gunicorn" in told]


def test_the_address_is_printed_when_the_first_page_has_been_answered(here):
    assert page(here.address) == 200


def test_a_used_port_moves_to_the_next_free_one_and_says_so(here, wanted_port):
    port = int(here.address.rstrip("/").rpartition(":")[2])
    assert port > wanted_port
    assert f"port {wanted_port} is used by somebody else, so this is {here.address}" in here.text


def test_two_checkouts_run_side_by_side(here, there):
    assert here.address != there.address
    assert (page(here.address, path="healthz"), page(there.address, path="healthz")) == (200, 200)
    with database_of(here) as one, database_of(there) as other:
        assert one.info.host != other.info.host


def test_the_application_is_no_superuser_and_cannot_bypass_row_level_security(here):
    with database_of(here) as database:
        role = database.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
        owner = database.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert role == ("portolan", False, False, False, False)
    assert owner == ("portolan",)


def test_generated_keys_are_private(here):
    keys = [here.checkout / ".portolan" / name for name in ("secret_key", "vault_key")]
    assert [key.stat().st_mode & 0o777 for key in keys] == [0o600, 0o600]


def test_a_second_start_of_the_same_checkout_names_the_address_of_the_first(here):
    second = Up(here.checkout)
    assert second.process.wait(timeout=60) == 1
    assert wait_until(lambda: here.address in second.text, seconds=5)
    assert second.text.startswith("portolan: Portolan already runs from this checkout at")
    assert "Traceback" not in second.text


def test_a_process_that_dies_is_started_again_on_the_same_port(here):
    before = set(web_processes(here))
    os.kill(min(before), signal.SIGKILL)
    assert here.says("web was killed by signal 9; starting it again in 1 s")
    assert wait_until(lambda: set(web_processes(here)) - before)
    assert page(here.address, path="healthz") == 200
    assert not before & set(web_processes(here))


def test_servers_that_die_are_started_again_under_the_same_addresses(here):
    with database_of(here) as database:
        address = database.info.dsn
    postmaster = int((here.checkout / ".portolan" / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(postmaster, signal.SIGKILL)
    assert here.says("the embedded servers died; starting them again")
    assert wait_until((here.checkout / ".portolan" / "addresses.json").exists)
    with database_of(here) as database:
        assert database.info.dsn == address
    assert page(here.address) == 200


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_finds_the_data(there):
    with database_of(there) as database:
        database.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(there.process.pid, signal.SIGKILL)
    there.process.wait()

    # At once, while the remains are still leaving: the next start waits for them.
    again = Up(there.checkout, PORTOLAN_PORT=there.address.rstrip("/").rpartition(":")[2])
    try:
        assert again.says("Ctrl-C stops everything"), again.text
        assert again.address == there.address
        assert len(web_processes(again)) == len(set(web_processes(again))) == 3
        with database_of(again) as database:
            assert database.execute("SELECT answer FROM kept").fetchone() == (42,)
        os.kill(again.process.pid, signal.SIGKILL)
    finally:
        again.process.kill()
        again.process.wait()
    assert wait_until(lambda: processes_of(there.checkout) == {}, seconds=30), processes_of(there.checkout)


def test_ctrl_c_stops_everything_in_order_and_leaves_no_process(here):
    assert here.ctrl_c() == 0
    assert processes_of(here.checkout) == {}
    assert here.text.splitlines()[-1].endswith("stopped; the data stays in .portolan/")
    assert "Traceback" not in here.text
    assert not (here.checkout / ".portolan" / "addresses.json").exists()


def test_an_address_of_another_machine_is_refused_in_a_sentence(new_checkout):
    checkout = new_checkout()
    told = subprocess.run(
        [checkout / ".venv/bin/python", "-c", "from scripts import up; up.listen(host='203.0.113.7', port=8000)"],
        cwd=checkout, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "203.0.113.7 is no address of this machine; write PORTOLAN_BIND=127.0.0.1." in told.stderr
