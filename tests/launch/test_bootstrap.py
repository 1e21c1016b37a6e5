"""The way from a bare machine to the locked environment."""

import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from tests.launch.conftest import ROOT, outside_environ

PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
# Says its version, makes an environment of one link, and installs nothing: what the bootstrap asks of uv.
UV = textwrap.dedent(
    f"""\
    #!/bin/sh
    echo "$@" >> "$UV_HEARD"
    case "$1" in
        --version) echo "uv 9.9.9" ;;
        venv) mkdir -p .venv/bin && ln -s {PYTHON} .venv/bin/python ;;
    esac
    """
)


@pytest.fixture
def bare(tmp_path):
    """A checkout with an empty lock on a machine whose home and PATH we fill ourselves."""
    (tmp_path / "checkout" / "requirements").mkdir(parents=True)
    (tmp_path / "checkout" / "requirements" / "dev.txt").write_text("")
    shutil.copytree(ROOT / "scripts", tmp_path / "checkout" / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("home", "shims", "programs"):
        (tmp_path / name).mkdir()
    for name in ("sh", "dirname", "mkdir", "ln"):
        (tmp_path / "programs" / name).symlink_to(shutil.which(name))
    return tmp_path


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def environ_of(machine: Path, **more: str) -> dict[str, str]:
    return {
        **outside_environ(),
        "PATH": f"{machine / 'shims'}{os.pathsep}{machine / 'programs'}",
        "HOME": str(machine / "home"),
        "PYENV_ROOT": str(machine / "home" / ".pyenv"),
        "UV_HEARD": str(machine / "heard"),
        **more,
    }


def run(machine: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "scripts/in-environment", *command],
        cwd=machine / "checkout", env=environ_of(machine, **environ), capture_output=True, text=True, check=False,
    )  # fmt: skip


def heard(machine: Path) -> list[str]:
    """This function will name the things uv was asked to do, without the questions for its version."""
    return [line.split()[0] for line in (machine / "heard").read_text().splitlines() if line != "--version"]


def test_shims_that_only_fail_are_passed_over(bare):
    for name in ("python3.13", "python3", "uv"):
        program(bare / "shims" / name, f"#!/bin/sh\necho 'pyenv: {name}: command not found' >&2\nexit 127\n")
    program(bare / "programs" / "uv", UV)
    (bare / "programs" / "python3").symlink_to(PYTHON)
    done = run(bare, "python", "-c", "print('in the environment')")
    assert (done.returncode, done.stdout) == (0, "in the environment\n"), done.stderr
    assert heard(bare) == ["venv", "pip"]


def test_the_environment_is_installed_again_only_when_the_lock_has_changed(bare):
    program(bare / "programs" / "uv", UV)
    (bare / "programs" / "python3").symlink_to(PYTHON)
    assert [run(bare, "python", "-c", "").returncode for _ in range(2)] == [0, 0]
    assert heard(bare) == ["venv", "pip"]
    (bare / "checkout" / "requirements" / "dev.txt").write_text("# changed\n")
    assert run(bare, "python", "-c", "").returncode == 0
    assert heard(bare) == ["venv", "pip", "pip"]


def test_two_starts_at_once_install_once(bare):
    program(bare / "programs" / "uv", UV)
    (bare / "programs" / "python3").symlink_to(PYTHON)
    both = [
        subprocess.Popen(
            ["sh", "scripts/in-environment", "python", "-c", ""], cwd=bare / "checkout", env=environ_of(bare)
        )
        for _ in range(2)
    ]
    assert [one.wait(timeout=60) for one in both] == [0, 0]
    assert heard(bare) == ["venv", "pip"]


def test_the_lock_is_installed_by_its_hashes(bare):
    program(bare / "programs" / "uv", UV)
    (bare / "programs" / "python3").symlink_to(PYTHON)
    run(bare, "python", "-c", "")
    sync = next(line for line in (bare / "heard").read_text().splitlines() if line.startswith("pip"))
    assert sync == (
        f"pip sync --quiet --require-hashes --python {bare}/checkout/.venv/bin/python "
        f"{bare}/checkout/requirements/dev.txt"
    )


@pytest.mark.slow
def test_without_uv_it_is_installed_into_the_checkout_by_pip(bare):
    if subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode:
        pytest.skip("this Python has no pip to install with")
    (bare / "programs" / "python3").symlink_to(PYTHON)
    wheels = bare / "wheels"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "uv-9.9.9-py3-none-any.whl", "w") as wheel:
        runnable = zipfile.ZipInfo("uv-9.9.9.data/scripts/uv")
        runnable.external_attr = 0o100755 << 16
        wheel.writestr(runnable, UV)
        wheel.writestr("uv-9.9.9.dist-info/METADATA", "Metadata-Version: 2.1\nName: uv\nVersion: 9.9.9\n")
        wheel.writestr("uv-9.9.9.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("uv-9.9.9.dist-info/RECORD", "")
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "PIP_CONFIG_FILE": os.devnull}
    done = run(bare, "python", "-c", "print('in the environment')", **offline)
    assert (done.returncode, done.stdout) == (0, "in the environment\n"), done.stderr
    assert (bare / "checkout" / ".tools" / "uv" / "bin" / "uv").exists()


def test_a_machine_without_python_gets_a_sentence(bare):
    if any(Path(place).exists() for place in ("/usr/bin/python3.11", "/usr/bin/python3", "/usr/local/bin/python3")):
        script = (bare / "checkout" / "scripts" / "in-environment").read_text()
        program(bare / "checkout" / "scripts" / "in-environment", script.replace(" /usr/local/bin /usr/bin", ""))
    done = run(bare, "python")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "Portolan needs a Python 3.11 or newer to start from, and found none on PATH or in ~/.pyenv; install one.\n"
    )


def test_a_failed_installation_says_that_it_can_be_tried_again(bare):
    program(
        bare / "programs" / "uv", UV.replace("esac", "    pip) echo 'no route to the registry' >&2; exit 2 ;;\nesac")
    )
    (bare / "programs" / "python3").symlink_to(PYTHON)
    done = run(bare, "python")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == [
        "no route to the registry",
        "portolan: could not install the locked packages; the reason is in the lines above, "
        "and `make` can simply be run again.",
    ]
    assert not (bare / "checkout" / ".venv" / "installed-lock.sha256").exists()


def test_a_command_that_does_not_exist_is_named(bare):
    program(bare / "programs" / "uv", UV)
    (bare / "programs" / "python3").symlink_to(PYTHON)
    done = run(bare, "pytset")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1,
        "portolan: there is no command 'pytset' in .venv or on PATH.",
    )
