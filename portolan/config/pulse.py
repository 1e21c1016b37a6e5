"""The health check of the image: asks the web process next door whether it answers."""

import http.client
import sys

from portolan.config import env


def main() -> int:
    # The site answers only under its names, and behind TLS only to a proxy that says so.
    host = env.HOSTS.read()[0].replace("*", "").lstrip(".") or "localhost"
    line = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    try:
        line.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return 0 if line.getresponse().status == 200 else 1
    except OSError:
        return 1
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(main())
