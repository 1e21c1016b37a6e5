"""What the Makefile, continuous integration and the environment file promise."""

import os
import re
import subprocess
import textwrap

import pytest

from portolan.config import env
from tests.launch.conftest import ROOT, outside_environ

MAKEFILE = (ROOT / "Makefile").read_text()


def test_make_alone_lists_every_target():
    listed = subprocess.run(
        ["make"], cwd=ROOT, env=outside_environ(), capture_output=True, text=True, check=True
    ).stdout
    targets = re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.MULTILINE)
    assert [line.split()[1] for line in listed.splitlines()] == targets
    assert set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()) == set(targets)


def test_no_target_calls_what_is_not_there():
    modules = re.findall(r"python -m scripts\.(\w+)", MAKEFILE)
    files = re.findall(r"python (\S+\.py)", MAKEFILE)
    missing = [path for path in [f"scripts/{name}.py" for name in modules] + files if not (ROOT / path).exists()]
    assert (bool(modules), bool(files), missing) == (True, True, [])


def test_continuous_integration_calls_exactly_lint_and_test():
    script = (ROOT / ".ci" / "run").read_text()
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert re.findall(r"^.*\bmake\b.*$", script, re.MULTILINE) == [
        "make lint </dev/null",
        "PORTOLAN_REQUIRE_BROWSER=1 make test </dev/null",
    ]


def explained() -> dict[str, tuple[str, str]]:
    """This function will read `.env.example`: name -> (what stands above it, the value shown)."""
    blocks = (ROOT / ".env.example").read_text().strip().split("\n\n")[1:]
    found = {}
    for block in blocks:
        *meaning, assignment = block.splitlines()
        name, _, value = assignment.removeprefix("#").partition("=")
        found[name] = (" ".join(line.removeprefix("# ") for line in meaning), value)
    return found


def shown(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(value) if isinstance(value, tuple) else str(value)


def test_the_environment_file_explains_every_variable_in_the_words_of_the_code():
    assert explained() == {name: (v.meaning, shown(v.default)) for name, v in env.VARIABLES.items()}


def test_every_value_shown_is_one_that_can_be_read():
    assert {name: env.VARIABLES[name].read({name: value}) for name, (_, value) in explained().items()} == {
        name: variable.default for name, variable in env.VARIABLES.items()
    }


def test_nothing_else_in_the_house_reads_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "portolan").rglob("*.py"))
        if re.search(r"os\.(environ\b(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|getenv)", path.read_text())
    ]
    assert readers == ["portolan/config/env.py"]


def test_what_is_set_outside_wins_over_the_environment_file(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_PORT", "9000")
    monkeypatch.setenv("PORTOLAN_BIND", "")
    monkeypatch.delenv("PORTOLAN_BIND")
    file = tmp_path / ".env"
    file.write_text("# ours\nPORTOLAN_PORT=7000\n\nPORTOLAN_BIND = '0.0.0.0'\n")
    env.load(file)
    assert (env.PORT.read(), env.BIND.read()) == (9000, "0.0.0.0")


@pytest.mark.parametrize("line", ["PORTOLAN_PROT=8001", "just words"])
def test_a_line_that_is_no_variable_is_named_with_its_number(tmp_path, line):
    file = tmp_path / ".env"
    file.write_text(f"# ours\n{line}\n")
    with pytest.raises(env.Misconfigured) as refused:
        env.load(file)
    name = line.partition("=")[0]
    assert str(refused.value) == f".env, line 2: {name!r} is no variable; .env.example explains them all."


def test_no_lock_names_a_registry():
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert {lock.name for lock in locks} >= {"base.txt", "dev.txt"}
    named = [f"{lock.name}: {line}" for lock in locks for line in lock.read_text().splitlines() if "://" in line]
    assert named == []


def test_every_locked_package_is_hashed():
    for lock in ("base.txt", "dev.txt"):
        entries = re.split(r"\n(?=\S)", textwrap.dedent((ROOT / "requirements" / lock).read_text()))
        packages = [entry for entry in entries if "==" in entry.splitlines()[0]]
        assert len(packages) > 20
        assert [entry for entry in packages if "--hash=sha256:" not in entry] == []
