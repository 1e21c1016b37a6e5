"""The sandbox on a loopback port."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from portolan.demo.sandbox_jira import answers
from portolan.demo.sandbox_jira.answers import Jira, Request, Response


class Server(ThreadingHTTPServer):
    """Serves one Jira to this machine only. Its lifetime is a `with running(...)`."""

    daemon_threads = True
    # A burst of a test's workers must not be refused by a short queue.
    request_queue_size = 64

    def __init__(self, jira: Jira, *, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.jira = jira
        self.base_url = jira.base_url = f"http://127.0.0.1:{self.server_address[1]}"

    def respond(self, request: Request) -> Response:
        """This function will answer a request; a stand-in overrides it to misbehave."""
        return self.jira.answer(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """This function will let a client hang up without a word; anything else is reported as usual."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        sent = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        asked = parse_qs(parts.query, keep_blank_values=True)
        try:
            body = json.loads(sent) if sent else None
        except ValueError:
            self._send(answers.refusal(400, "Invalid request payload. Refer to the REST API documentation."))
            return
        headers = {name.title(): value for name, value in self.headers.items()}
        self._send(self.server.respond(Request(self.command, unquote(parts.path), asked, headers, body)))

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """This function will keep silent: the sandbox shares a terminal with the application."""

    def _send(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if "Content-Length" not in response.headers:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        self.wfile.write(response.body)


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """This function will serve from a thread for the length of a `with`, and leave nothing behind."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
