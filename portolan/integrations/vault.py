"""Tenants' credentials at rest: AES-256-GCM, bound to the connection they belong to, with keys that can be rotated.

A sealed text is `v1.<key id>.<base64 of nonce + ciphertext>`. The key id is a fingerprint of the key, so that opening
never guesses and rotation knows what is left to do. The context (organization and connection) is authenticated but not
stored: a ciphertext copied into another tenant's row does not open there.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12


class VaultError(Exception):
    """A key or a sealed text is not what it should be. The message holds neither."""


class CannotOpen(VaultError):
    """The text was sealed with a key we do not hold, for another connection, or was changed since."""


class Vault:
    """Seals with the first key, opens with any of them."""

    def __init__(self, *, keys: Sequence[str]) -> None:
        if not keys:
            raise VaultError("There is no key to encrypt credentials with.")
        self._ciphers = {_fingerprint(key): AESGCM(key) for key in map(_key, keys)}
        self._newest = next(iter(self._ciphers))

    def seal(self, secret: str, *, organization_id: UUID, connection_id: UUID) -> str:
        """This function will encrypt a secret so that it opens for this connection only."""
        nonce = os.urandom(NONCE_BYTES)
        context = _context(self._newest, organization_id, connection_id)
        sealed = self._ciphers[self._newest].encrypt(nonce, secret.encode(), context)
        return f"{VERSION}.{self._newest}.{urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *, organization_id: UUID, connection_id: UUID) -> str:
        """This function will decrypt what was sealed for this connection; it raises CannotOpen."""
        key_id, content = _parts(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise CannotOpen("It was sealed with a key that this installation does not hold any more.")
        context = _context(key_id, organization_id, connection_id)
        try:
            return cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], context).decode()
        except InvalidTag as error:
            raise CannotOpen("It was sealed for another connection or has been changed.") from error

    def is_current(self, sealed: str) -> bool:
        """This function will say whether the text is sealed with the newest key already."""
        return _parts(sealed)[0] == self._newest

    def rotate(self, sealed: str, *, organization_id: UUID, connection_id: UUID) -> str:
        """This function will return the text sealed with the newest key; unchanged where it is so already."""
        if self.is_current(sealed):
            return sealed
        secret = self.open(sealed, organization_id=organization_id, connection_id=connection_id)
        return self.seal(secret, organization_id=organization_id, connection_id=connection_id)


def new_key() -> str:
    """This function will make a key for the environment."""
    return urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def _key(text: str) -> bytes:
    try:
        key = urlsafe_b64decode(text)
    except (NotBase64, ValueError) as error:
        raise VaultError("A key for credentials is not base64.") from error
    if len(key) != KEY_BYTES:
        raise VaultError(f"A key for credentials holds {KEY_BYTES} bytes in base64.")
    return key


def _fingerprint(key: bytes) -> str:
    return sha256(b"portolan vault key" + key).hexdigest()[:12]


def _context(key_id: str, organization_id: UUID, connection_id: UUID) -> bytes:
    return b"portolan credential\0" + key_id.encode() + organization_id.bytes + connection_id.bytes


def _parts(sealed: str) -> tuple[str, bytes]:
    version, _, rest = sealed.partition(".")
    key_id, _, content = rest.partition(".")
    try:
        nonce_and_text = urlsafe_b64decode(content)
    except (NotBase64, ValueError) as error:
        raise CannotOpen("It is not a sealed text.") from error
    if version != VERSION or len(nonce_and_text) <= NONCE_BYTES:
        raise CannotOpen("It is not a sealed text.")
    return key_id, nonce_and_text
