"""The end of all children of a supervisor that was killed.

The supervisor writes `+PID` and `-PID` into our standard input for each process group it starts and ends. When that
input closes and groups are left, the supervisor died without stopping them, and we do. The locks we inherited stay
held until then, so that the next `make up` waits for us.
"""

import contextlib
import os
import signal
import sys
import time

PATIENCE_SECONDS = 8


def main() -> int:
    # Who ends the supervisor politely may signal its whole session; we go last.
    for polite in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(polite, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        pid = int(line[1:])
        if line[0] == "+":
            groups.add(pid)
        else:
            groups.discard(pid)
    until = time.monotonic() + PATIENCE_SECONDS
    tell(groups, signal.SIGTERM)
    while (groups := {group for group in groups if is_alive(group)}) and time.monotonic() < until:
        time.sleep(0.05)
    tell(groups, signal.SIGKILL)
    return 0


def tell(groups: set[int], word: signal.Signals) -> None:
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, word)


def is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
