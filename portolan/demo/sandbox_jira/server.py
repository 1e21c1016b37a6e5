"""The sandbox on a loopback port: `python -m portolan.demo.sandbox_jira.server --port 4020 --issues 600`."""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from portolan.demo.sandbox_jira import answers, life, world
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


def main(arguments: list[str] | None = None) -> None:
    """This function will serve a populated sandbox until it is stopped or its time is over."""
    parser = argparse.ArgumentParser(description="A sandbox Jira on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--issues", type=int, default=600)
    parser.add_argument("--until", type=datetime.fromisoformat, help="where its past ends; keep it from start to start")
    parser.add_argument("--pace", type=float, help="seconds after which somebody in it does something, again and again")
    parser.add_argument("--ttl", type=float, help="seconds after which it ends by itself")
    chosen = parser.parse_args(arguments)
    town = world.World()
    until = chosen.until or datetime.now(UTC) - timedelta(minutes=1)
    life.populate(town, issues=chosen.issues, until=until if until.tzinfo else until.replace(tzinfo=UTC))
    over = threading.Event()
    with Server(Jira(world=town), port=chosen.port) as server:
        sys.stdout.write(f"Sandbox Jira on {server.base_url}\n")
        sys.stdout.flush()
        if chosen.pace:
            threading.Thread(target=_live, args=(town, chosen.pace, over), daemon=True).start()
        if chosen.ttl:
            end = threading.Timer(chosen.ttl, server.shutdown)
            end.daemon = True
            end.start()
        # The supervisor ends its children by SIGTERM; they leave as from Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
        finally:
            over.set()


def _live(town: world.World, pace: float, over: threading.Event) -> None:
    dice = random.Random()  # noqa: S311 - a picture, not a secret
    while not over.wait(pace):
        with town.lock:
            life.go_on(town, dice, at=town.now())


if __name__ == "__main__":
    main()
