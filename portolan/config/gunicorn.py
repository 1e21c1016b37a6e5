"""How gunicorn serves Portolan, under `make up` and in the image alike."""

from typing import Any

from gunicorn import glogging

from portolan.config import keys


class Logger(glogging.Logger):  # type: ignore[misc]
    """Writes addresses without the keys in them."""

    def atoms(self, *told: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(*told)
        return {**found, "U": keys.left_out(found["U"])}


logger_class = Logger
wsgi_app = "portolan.config.wsgi"
# Threads suit pages that wait for the database; preloading starts Django once for all processes.
worker_class = "gthread"
workers = 2
threads = 4
preload_app = True
control_socket_disable = True
loglevel = "warning"
accesslog = "-"
# Method, path without query (a query may carry what was searched for), status, milliseconds.
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
