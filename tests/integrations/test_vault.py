from uuid import uuid4 as new_id

import pytest

from portolan.integrations import vault
from portolan.integrations.vault import CannotOpen, Vault, VaultError

SECRET = "a token with ✓ signs"


@pytest.fixture
def place():
    return {"organization_id": new_id(), "connection_id": new_id()}


def test_what_is_sealed_opens_again_and_never_looks_the_same(place):
    safe = Vault(keys=[vault.new_key()])
    once, again = safe.seal(SECRET, **place), safe.seal(SECRET, **place)
    assert once != again
    assert SECRET not in once
    assert safe.open(once, **place) == safe.open(again, **place) == SECRET


@pytest.mark.parametrize("moved", ["organization_id", "connection_id"])
def test_a_secret_copied_to_another_connection_does_not_open(place, moved):
    safe = Vault(keys=[vault.new_key()])
    sealed = safe.seal(SECRET, **place)
    with pytest.raises(CannotOpen):
        safe.open(sealed, **{**place, moved: new_id()})


def test_a_changed_text_does_not_open(place):
    safe = Vault(keys=[vault.new_key()])
    sealed = safe.seal(SECRET, **place)
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(CannotOpen):
        safe.open(changed, **place)


@pytest.mark.parametrize("text", ["", "v1", "v1..", "v1.abc.AAAA", "v2.abc.AAAA", "plain token", "v1.a.é"])
def test_what_was_never_sealed_does_not_open(place, text):
    with pytest.raises(CannotOpen):
        Vault(keys=[vault.new_key()]).open(text, **place)


def test_rotation_seals_with_the_newest_key_and_is_idempotent(place):
    old, new = vault.new_key(), vault.new_key()
    sealed = Vault(keys=[old]).seal(SECRET, **place)
    both = Vault(keys=[new, old])
    assert both.open(sealed, **place) == SECRET
    assert not both.is_current(sealed)
    rotated = both.rotate(sealed, **place)
    assert both.is_current(rotated)
    assert both.rotate(rotated, **place) == rotated
    assert Vault(keys=[new]).open(rotated, **place) == SECRET
    with pytest.raises(CannotOpen, match="does not hold"):
        Vault(keys=[old]).open(rotated, **place)


@pytest.mark.parametrize("keys", [[], ["short"], ["not base64 ✓"], [""]])
def test_keys_that_are_none_are_refused_without_being_repeated(keys):
    with pytest.raises(VaultError) as caught:
        Vault(keys=keys)
    assert not any(key and key in str(caught.value) for key in keys)
