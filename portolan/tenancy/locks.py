"""Locks that end with the transaction, for work of which only one may run at a time."""

import hashlib

from django.db import connection

from portolan.tenancy import scope


def claim(name: str) -> bool:
    """This function will try to take the current organization's lock of that name until the transaction ends.

    It answers at once: True when taken, False when another transaction holds it.
    """
    digest = hashlib.blake2b(f"{scope.current_organization_id()}:{name}".encode(), digest_size=8).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int.from_bytes(digest, "big", signed=True)])
        ((taken,),) = cursor.fetchall()
    return bool(taken)
