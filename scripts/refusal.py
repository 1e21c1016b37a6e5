"""What a person reads instead of a traceback: one sentence that says what to do."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path


class Refusal(Exception):
    """Portolan cannot start; the text is one sentence that says what to do."""


@contextlib.contextmanager
def refused_by_disk(home: Path) -> Iterator[None]:
    """This function will turn what a disk refuses into a sentence; other errors pass unchanged."""
    try:
        yield
    except OSError as error:
        place = error.filename or home
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Refusal(f"The disk that holds {home} is full; free some space and try again.") from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}:
            raise Refusal(
                f"{place} cannot be written ({error.strerror}); "
                "give yourself the right to write there, or move the checkout to a directory of yours."
            ) from error
        raise
