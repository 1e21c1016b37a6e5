"""Delete what this checkout keeps for itself: the local database, the queue, the keys. Asks first."""

import shutil
import sys
from pathlib import Path

from scripts import servers

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    home = servers.home_of(ROOT)
    if not home.exists():
        print(f"There is nothing to delete: {home} does not exist.")
        return 0
    if servers.is_kept(home) or servers.is_kept(servers.home_of(ROOT, for_tests=True)):
        print("Portolan is running from this checkout; stop it with Ctrl-C first.", file=sys.stderr)
        return 1
    print(f"This deletes {home}: the local database, the queue and the keys that encrypt credentials in it.")
    try:
        answer = input("Type `delete` to go on: ")
    except EOFError:
        answer = ""
    if answer.strip() != "delete":
        print("Nothing was deleted.")
        return 1
    shutil.rmtree(home)
    print("Deleted. `make up` starts afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
