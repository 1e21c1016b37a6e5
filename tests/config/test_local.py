"""What a checkout keeps for itself: keys that two processes agree on, and the one address that demo mode lets out."""

import os
import threading
from pathlib import Path

import pytest

from portolan.config import local


@pytest.mark.parametrize("make", [local.secret, local.vault_key])
def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path, make) -> None:
    path = tmp_path / "state" / "key"
    first = make(path)
    assert len(first) >= 43
    assert make(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["key"]


def test_processes_that_start_at_once_keep_one_key_and_none_reads_an_empty_file(tmp_path: Path) -> None:
    told, together = list[str](), threading.Barrier(8)

    def start(path: Path) -> None:
        together.wait()
        told.append(local.secret(path))

    for attempt in range(25):
        path = tmp_path / str(attempt)
        starting = [threading.Thread(target=start, args=[path]) for _ in range(8)]
        for one in starting:
            one.start()
        for one in starting:
            one.join()
        assert set(told) == {path.read_text()}
        assert len(told[0]) == 64
        told.clear()


def test_a_key_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*names: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", killed)
    with pytest.raises(KeyboardInterrupt):
        local.secret(tmp_path / "key")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"base_url": 8730}'])
def test_a_note_that_is_none_of_ours_lets_no_address_out(tmp_path: Path, text: str) -> None:
    note = tmp_path / "sandbox_jira.json"
    note.write_text(text)
    assert "http://127.0.0.1:8730" not in local.SandboxAddresses(note)
    note.write_text('{"base_url": "http://127.0.0.1:8730"}')
    assert "http://127.0.0.1:8730" in local.SandboxAddresses(note)
