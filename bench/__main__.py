"""Measure what docs/benchmarks.md tells.

    python -m bench [PART…]        sync, overview, wall, start; all of them where none is named

Exit: 0 when every limit is kept, 1 when one is missed.
"""

import importlib
import sys
import time

from bench import dock

PARTS = ("sync", "overview", "wall", "start")
IN_ENGLISH = {"sync": "Sync", "overview": "Overview", "wall": "The wall", "start": "Start"}


def main(parts: list[str]) -> int:
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        sys.exit(f"There is no part {unknown[0]!r}; there are {', '.join(PARTS)}.")
    is_kept = True
    with dock.opened() as harbour, dock.prepared(harbour):
        for part in parts or PARTS:
            print(f"## {IN_ENGLISH[part]}\n", flush=True)
            began = time.perf_counter()
            is_kept &= importlib.import_module(f"bench.{part}").main(harbour)
            print(f"({time.perf_counter() - began:.0f} s)\n", flush=True)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
