"""Keys that stand in addresses, of an invitation or of a forgotten password: whoever reads a log finds none there."""

import logging
import re

_IN_ADDRESSES = re.compile(r"(/join/|/accounts/password/reset/key/|/accounts/confirm-email/)[^/?\s]+")


def left_out(text: str) -> str:
    """This function will return a text without the keys of the addresses in it."""
    return _IN_ADDRESSES.sub(r"\1[key]", text)


class LeftOut(logging.Filter):
    """Django logs the address of every request that it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(left_out(value) if isinstance(value, str) else value for value in record.args)
        return True
