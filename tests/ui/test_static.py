"""Our own files keep the promises that the content security policy and an offline installation need."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OURS = sorted(path for kind in ("css", "js") for path in (ROOT / "static" / kind).iterdir())


def test_vendored_files_are_what_the_manifest_says():
    ran = subprocess.run(
        [sys.executable, "scripts/vendor.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_has_inline_script_style_or_handler(template):
    source = template.read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", source) == []
    assert re.findall(r"<style\b|\sstyle=|\son[a-z]+=|\shx-on", source) == []


@pytest.mark.parametrize("template", sorted((ROOT / "templates" / "ui").glob("*.html")), ids=lambda path: path.name)
def test_shared_templates_open_with_what_they_need(template):
    assert template.read_text().startswith(("{#", "{% comment %}"))


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_our_files_load_nothing_from_elsewhere(path):
    assert re.findall(r"https?://|@import", path.read_text()) == []


# Tabler's names that we dress on purpose; any other common name would bring its look in through the back door.
SHARED = {"form-check-input", "form-control", "form-select", "icon", "skip-link"}


def classes(path):
    without_strings = re.sub(r"url\([^)]*\)|\"[^\"]*\"", "", path.read_text())
    return set(re.findall(r"\.([a-z][\w-]*)(?=[^{}]*\{)", without_strings))


def test_our_classes_do_not_collide_with_the_vendors():
    vendor = classes(ROOT / "static" / "vendor" / "tabler" / "tabler.css")
    ours = set().union(*(classes(path) for path in OURS if path.suffix == ".css"))
    assert ours & vendor == SHARED
