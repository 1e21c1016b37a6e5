"""Make the locked environment in `.venv` and run a command in it. Standard library only; any Python from 3.11 on.

    bootstrap.py COMMAND ARGUMENT…    run it in the environment
    bootstrap.py --lock               compile requirements/*.in into hashed lock files

Registries are the business of uv's and pip's own configuration: no address is written here or into a lock.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS, VENV = ROOT / ".tools", ROOT / ".venv"
LOCK = ROOT / "requirements" / "dev.txt"
PYTHONS = ((3, 13), (3, 12), (3, 14))  # the favourite first; newer ones may lack wheels
OLDEST_UV = (0, 5)


class CannotPrepare(Exception):
    """The environment cannot be made; the text is one sentence that says what to do."""


def main(arguments: list[str]) -> int:
    try:
        TOOLS.mkdir(exist_ok=True)
        if arguments == ["--lock"]:
            compile_locks()
        else:
            prepare_environment()
            become(arguments)
    except CannotPrepare as refusal:
        print(f"portolan: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"portolan: {error.filename or ROOT} cannot be written ({error.strerror}); "
            "free space there or give yourself the right to write, and try again.",
            file=sys.stderr,
        )
        return 1
    return 0


def become(command: list[str]) -> None:
    """This function will replace this process by the command, so that signals reach it and nothing stands between."""
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    os.environ["VIRTUAL_ENV"] = str(VENV)
    for foreign in ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__"):
        os.environ.pop(foreign, None)
    os.chdir(ROOT)
    sys.stdout.flush()
    try:
        os.execvp(command[0], command)  # noqa: S606 — no shell is the point
    except FileNotFoundError as error:
        raise CannotPrepare(f"there is no command {command[0]!r} in .venv or on PATH.") from error


def prepare_environment() -> None:
    """This function will bring `.venv` to exactly what the lock says; at once when it already is."""
    if is_current():
        return
    # Two commands at once (`make up` here, `make test` there) must not both write the environment.
    with (TOOLS / "environment.lock").open("a") as alone:
        fcntl.flock(alone, fcntl.LOCK_EX)
        if is_current():
            return
        uv = find_uv() or install_uv()
        if not is_modern(VENV / "bin" / "python"):
            found = find_python()
            python = found or ".".join(map(str, PYTHONS[0]))  # uv downloads what is named by number
            run(
                [uv, "venv", "--quiet", "--clear", "--no-project", "--python", python, VENV],
                doing="make .venv"
                if found
                else "download a Python (install 3.12, 3.13 or 3.14 yourself if it never can)",
            )
        say("installing the locked packages into .venv")
        run(
            [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", VENV / "bin" / "python", LOCK],
            doing="install the locked packages",
        )
        stamp().write_text(lock_digest())


def is_current() -> bool:
    try:
        return stamp().read_text() == lock_digest() and (VENV / "bin" / "python").exists()
    except FileNotFoundError:
        return False


def stamp() -> Path:
    return VENV / "installed-lock.sha256"


def lock_digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def compile_locks() -> None:
    """This function will write the hashed lock files; without addresses, for every platform, from Python 3.12 on."""
    uv = find_uv() or install_uv()
    for source in ("requirements/base.in", "requirements/dev.in", "requirements/bench.in"):
        target = source.removesuffix(".in") + ".txt"
        run(
            [
                *(uv, "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-emit-index-url"),
                *("--python-version", ".".join(map(str, min(PYTHONS))), source, "-o", target),
            ],
            doing=f"compile {source}",
        )
        say(f"wrote {target}")


# uv ----------------------------------------------------------------------------------------------------------------


def find_uv() -> str | None:
    """This function will find a uv that runs and is new enough; a name on PATH may be a shim that only fails."""
    places = [TOOLS / "uv" / "bin", *path_directories(), Path.home() / ".local" / "bin", *pyenv_directories()]
    for directory in places:
        uv = directory / "uv"
        said = answer([uv, "--version"]) if os.access(uv, os.X_OK) else ""
        number = re.match(r"uv (\d+)\.(\d+)", said)
        if number and (int(number[1]), int(number[2])) >= OLDEST_UV:
            return str(uv)
    return None


def install_uv() -> str:
    """This function will install uv into `.tools/uv` by pip; Debian's Python may lack pip or venv, seldom both."""
    say("installing uv into .tools")
    home = TOOLS / "uv"
    shutil.rmtree(home, ignore_errors=True)
    # Root is warned of the system's packages, and we touch none.
    environ = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    pip = ["-m", "pip", "install", "--quiet", "uv"]
    for python in dict.fromkeys([sys.executable, *all_pythons()]):
        if answer([python, "-m", "pip", "--version"]):
            ways = [[python, *pip, "--target", home]]
        else:
            ways = [[python, "-m", "venv", home], [home / "bin" / "python", *pip]]
        if all(subprocess.run([*map(str, way)], env=environ, check=False).returncode == 0 for way in ways):
            return str(home / "bin" / "uv")
        shutil.rmtree(home, ignore_errors=True)
    raise CannotPrepare(
        "uv is not installed and no Python here could install it; see the lines above, "
        "then install uv (or python3-pip) yourself and try again."
    )


# Python ------------------------------------------------------------------------------------------------------------


def find_python() -> str | None:
    """This function will find the interpreter of the favourite version, else of the next best."""
    found: dict[tuple[int, int] | None, Path] = {}
    for path in all_pythons():
        found.setdefault(version_of(path), path)
    return next((str(found[version]) for version in PYTHONS if version in found), None)


def all_pythons() -> Iterator[Path]:
    """This function will name every interpreter on this machine, the installed ones before PATH's shims."""
    names = ("python3.13", "python3.12", "python3.14", "python3", "python")
    for directory in (*pyenv_directories(), *path_directories()):
        if directory == VENV / "bin":
            continue
        for name in names:
            if os.access(directory / name, os.X_OK):
                yield directory / name


def version_of(python: Path) -> tuple[int, int] | None:
    said = answer([python, "-c", "import sys, venv, ssl; print(*sys.version_info[:2])"])
    major, _, minor = said.partition(" ")
    return (int(major), int(minor)) if minor.isdigit() else None


def is_modern(python: Path) -> bool:
    version = version_of(python) if python.exists() else None
    return version in PYTHONS


# Asking ------------------------------------------------------------------------------------------------------------


def path_directories() -> list[Path]:
    return [Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry]


def pyenv_directories() -> list[Path]:
    home = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    return sorted(home.glob("versions/*/bin"), reverse=True)


def answer(command: list[object]) -> str:
    """This function will run a command and return what it printed; nothing when it fails or hangs."""
    try:
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def run(command: list[object], *, doing: str) -> None:
    if subprocess.run([str(word) for word in command], cwd=ROOT, check=False).returncode:
        raise CannotPrepare(f"could not {doing}; the reason is in the lines above, and `make` can simply be run again.")


def say(words: str) -> None:
    print(f"portolan: {words}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
