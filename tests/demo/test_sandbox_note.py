"""What the sandbox wrote down last time, by whatever version of it."""

from pathlib import Path

import pytest

from portolan.demo.sandbox import Note, Notebook


def test_what_was_written_is_read(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path / "sandbox_jira.json")
    note = Note("http://127.0.0.1:8730", "2026-11-02", "a word")
    notebook.write(note)
    assert notebook.read() == note


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '{"base_url": "http://127.0.0.1:8730"}',
        '{"base_url": "http://127.0.0.1:8730", "as_of": "2026-11-02"}',
        '{"base_url": "http://127.0.0.1:8730", "as_of": "2026-11-02", "build": "x", "later": 1}',
        '{"base_url": "http://127.0.0.1:8730", "as_of": "one day", "build": "x"}',
        '{"base_url": "http://127.0.0.1", "as_of": "2026-11-02", "build": "x"}',
        '{"base_url": 8730, "as_of": "2026-11-02", "build": "x"}',
        '{"base_url": "http://127.0.0.1:8730", "as_of": 20261102, "build": "x"}',
    ],
)
def test_a_note_of_another_version_or_a_broken_one_is_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sandbox_jira.json"
    path.write_text(text)
    assert Notebook(path).read() is None
