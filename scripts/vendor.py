#!/usr/bin/env python3
"""Fetch the front-end files named in static/vendor/VENDORED.toml, or prove that the committed ones are those.

    scripts/vendor.py            fetch with the npm client, shape, verify, write
    scripts/vendor.py --check    compare what is committed with the recorded sha256 (offline; part of `make lint`)
    scripts/vendor.py --pin      fetch and record the sha256 of what came (after changing a version)

Needs nothing but Python 3.11; fetching also needs `npm`, which asks whatever registry it is configured for.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
MANIFEST = VENDOR / "VENDORED.toml"

# The manifest storage of collectstatic follows this comment and fails when the map is not there.
SOURCE_MAP = re.compile(rb"(?m)^\s*(?://[#@]|/\*[#@])\s*sourceMappingURL=.*?(?:\*/)?\s*$")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="verify the committed files, touching no network")
    mode.add_argument("--pin", action="store_true", help="fetch and record the sha256 of what came")
    arguments = parser.parse_args()
    entries = tomllib.loads(MANIFEST.read_text())["file"]
    complaints = check(entries) if arguments.check else fetch(entries, pin=arguments.pin)
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


def check(entries: list[dict]) -> list[str]:
    """Return one sentence for each committed file that is missing, altered or not in the manifest."""
    complaints = []
    for entry in entries:
        target = VENDOR / entry["target"]
        if not target.is_file():
            complaints.append(f"{entry['target']} is missing: run scripts/vendor.py.")
        elif digest(target.read_bytes()) != entry["sha256"]:
            complaints.append(f"{entry['target']} is not {entry['package']} {entry['version']}: run scripts/vendor.py.")
    known = {entry["target"] for entry in entries} | {MANIFEST.name}
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    return complaints + [f"{stray} is in static/vendor but not in VENDORED.toml." for stray in sorted(present - known)]


def fetch(entries: list[dict], *, pin: bool) -> list[str]:
    """Write every file of the manifest; return one sentence for each whose sha256 is not the recorded one."""
    complaints = []
    with tempfile.TemporaryDirectory() as directory:
        packages: dict[str, Path] = {}
        for entry in entries:
            name = f"{entry['package']}@{entry['version']}"
            if name not in packages:
                packages[name] = unpack(name, into=Path(directory) / str(len(packages)))
            content = SHAPES[entry.get("shape", "plain")](packages[name] / entry["source"], entry)
            if pin:
                record(entry["target"], digest(content))
            elif digest(content) != entry["sha256"]:
                complaints.append(f"{entry['target']} from {name} has sha256 {digest(content)}, not the recorded one.")
                continue
            target = VENDOR / entry["target"]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return complaints


def unpack(name: str, *, into: Path) -> Path:
    """Fetch one package with the npm client, which verifies its integrity, and return the unpacked folder."""
    into.mkdir()
    subprocess.run(["npm", "pack", name, "--silent"], cwd=into, check=True, stdout=subprocess.DEVNULL)
    (archive,) = into.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
    return into / "package"


def plain(source: Path, entry: dict) -> bytes:
    return SOURCE_MAP.sub(b"", source.read_bytes())


def css_layer(source: Path, entry: dict) -> bytes:
    # `@charset` must be the first bytes of a sheet, so it cannot stay inside the layer; the server says UTF-8.
    body = plain(source, entry).decode().replace('@charset "UTF-8";', "", 1)
    return f"@layer vendor {{\n{body.strip()}\n}}\n".encode()


def icon_sprite(source: Path, entry: dict) -> bytes:
    symbols = []
    for name in entry["icons"]:
        svg = (source / f"{name}.svg").read_text()
        strokes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*?/>", svg)
        drawn = "".join(stroke for stroke in strokes if 'stroke="none"' not in stroke)
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>')
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()


def plotly_css(source: Path, entry: dict) -> bytes:
    """Return the style sheet that the bundle carries as an object of selectors, X standing for the plot."""
    literal = re.search(r'\{("X,X div":.*?)\}', source.read_text(), re.DOTALL)
    if literal is None:
        raise SystemExit("This Plotly bundle keeps its styles elsewhere: adapt plotly_css() in scripts/vendor.py.")
    pair = r"""(?P<a>"[^"]*"|'[^']*'):(?P<b>"[^"]*"|'[^']*')"""
    rules = []
    for match in re.finditer(pair, literal[1]):
        selector = match["a"][1:-1].replace("X", ".js-plotly-plot .plotly").replace("Y", ".plotly-notifier")
        rules.append(f"{selector} {{ {match['b'][1:-1]} }}")
    return ("@layer vendor {\n" + "\n".join(rules) + "\n}\n").encode()


SHAPES = {"plain": plain, "css-layer": css_layer, "icon-sprite": icon_sprite, "plotly-css": plotly_css}


def record(target: str, sha256: str) -> None:
    entry = re.compile(rf'(target = "{re.escape(target)}".*?sha256 = ")[0-9a-f]*(")', re.DOTALL)
    MANIFEST.write_text(entry.sub(rf"\g<1>{sha256}\g<2>", MANIFEST.read_text(), count=1))


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
