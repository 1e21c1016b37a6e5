"""Which icons the vendored sprite carries."""

import re
from functools import cache

from django.conf import settings

SPRITE = "vendor/tabler/icons.svg"


@cache
def names() -> frozenset[str]:
    """Return the names that `{% icon %}` accepts; a new one is added to static/vendor/VENDORED.toml."""
    sprite = settings.ROOT / "static" / SPRITE
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read_text()))
