"""A vendor that sends exactly the bytes it is told to, on a real socket: for everything below HTTP's good manners."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Vendor:
    """Plays one script of byte pieces per request, the last one for ever; `pause` seconds lie between pieces."""

    scripts: list[list[bytes]]
    pause: float = 0.0
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def answer(body: bytes = b"{}", *, status: str = "200 OK", headers: Iterable[tuple[str, str]] = ()) -> list[bytes]:
    """This function will write a well-formed answer in one piece."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers)]
    return ["\r\n".join([*lines, "", ""]).encode() + body]


@contextmanager
def running(*scripts: list[bytes], pause: float = 0.0) -> Iterator[Vendor]:
    """This function will serve the scripts for the length of a `with`."""
    vendor = Vendor(list(scripts), pause=pause)
    listening = socket.create_server(("127.0.0.1", 0))
    vendor.port = listening.getsockname()[1]
    open_sockets: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        try:
            while received := _request(connection):
                script = vendor.scripts[min(len(vendor.requests), len(vendor.scripts) - 1)]
                vendor.requests.append(received)
                for piece in script:
                    connection.sendall(piece)
                    time.sleep(vendor.pause)
                if b"Connection: close" in script[0]:
                    break
        except OSError:
            return  # the client hung up, or the test is over
        finally:
            connection.close()

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            vendor.connections += 1
            open_sockets.append(connection)
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield vendor
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        for connection in open_sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
