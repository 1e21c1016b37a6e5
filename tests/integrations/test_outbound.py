import dataclasses
import gzip
import logging
import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import orjson
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portolan.integrations import outbound
from portolan.integrations.addresses import ForbiddenAddress
from portolan.integrations.provider import AnswerTooLarge, ProviderError, Retry, Throttled
from tests.stand_ins import vendor

TOKEN = "s3cr3t-t0ken"
AUTHORIZATION = "Basic YWRhQGV4YW1wbGUuY29tOnMzY3IzdC10MGtlbg=="  # ada@example.com:s3cr3t-t0ken
# Patient, so that a busy machine is no silent vendor. Only the tests of our patience itself have little of it.
POLICY = outbound.Policy(allow_private=True, connect_seconds=10, read_seconds=20, total_seconds=30, max_bytes=1 << 20)
SOON_SILENT = dataclasses.replace(POLICY, read_seconds=0.2)
SOON_TOO_SLOW = dataclasses.replace(POLICY, total_seconds=0.4)


@contextmanager
def calling(base_url, policy=POLICY):
    with closing(
        outbound.Session(base_url=base_url, headers={"Authorization": AUTHORIZATION}, policy=policy)
    ) as session:
        yield session


def refusal_of(*script, pause=0.0, policy=POLICY):
    with (
        vendor.running(*script, pause=pause) as there,
        calling(there.base_url, policy) as session,
        pytest.raises(ProviderError) as caught,
    ):
        session.get("/rest/thing").json()
    return caught.value


def test_connections_are_kept_alive_and_say_who_calls():
    with vendor.running(vendor.answer(b'{"a": 1}')) as there, calling(there.base_url + "/ex/jira/1") as session:
        answers = [session.get("/x", {"q": "a b"}), session.post("/y", {"ids": ["1"]})]
    assert [answer.json() for answer in answers] == [{"a": 1}, {"a": 1}]
    assert there.connections == 1
    first, second = (request.decode() for request in there.requests)
    assert first.startswith("GET /ex/jira/1/x?q=a+b HTTP/1.1\r\n")
    assert second.startswith("POST /ex/jira/1/y HTTP/1.1\r\n")
    assert second.endswith('\r\n\r\n{"ids":["1"]}')
    assert "User-Agent: Portolan/" in first
    assert f"Host: 127.0.0.1:{there.port}\r\n" in first
    assert f"Authorization: {AUTHORIZATION}\r\n" in first


def test_compressed_answers_are_read():
    body = gzip.compress(orjson.dumps(list(range(1000))))
    script = vendor.answer(body, headers=[("Content-Encoding", "gzip")])
    with vendor.running(script) as there, calling(there.base_url) as session:
        assert session.get("/x").json() == list(range(1000))


def test_a_redirect_is_never_followed_and_names_where_it_led():
    for status in ("301 Moved", "302 Found", "307 Temporary", "308 Permanent"):
        error = refusal_of(vendor.answer(b"", status=status, headers=[("Location", "https://evil.example/?t=secret")]))
        assert error.message == "127.0.0.1 sends us on to evil.example; enter the address that answers itself."
        assert error.retry is Retry.NEVER


@pytest.mark.parametrize(
    ("status", "headers", "after"),
    [
        ("429 Too Many Requests", [("Retry-After", "1847")], 1847),
        ("429 Too Many Requests", [], 30),
        ("429 Too Many Requests", [("Retry-After", "nonsense")], 30),
        ("503 Service Unavailable", [("Retry-After", "7")], 7),
    ],
)
def test_a_vendor_that_asks_for_patience_gets_it_by_name(status, headers, after):
    headers = [*headers, ("RateLimit-Reason", "jira-burst-based")]
    error = refusal_of(vendor.answer(b"<html>", status=status, headers=headers))
    assert isinstance(error, Throttled)
    assert (error.after, error.reason, error.retry) == (after, "jira-burst-based", Retry.LATER)


def test_a_wait_given_as_a_date_is_understood():
    at = datetime.now(UTC) + timedelta(seconds=100)
    date = at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    error = refusal_of(vendor.answer(status="429 Too Many Requests", headers=[("Retry-After", date)]))
    assert 97 <= error.after <= 101


@pytest.mark.parametrize("status", ["500 Oops", "502 Bad Gateway", "503 Service Unavailable", "504 Timeout"])
def test_a_vendors_own_trouble_may_pass(status):
    error = refusal_of(vendor.answer(b"<html>", status=status))
    assert (type(error), error.retry, error.after) == (ProviderError, Retry.LATER, None)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (rb'{"a": "x\u0000y"}', {"a": "xy"}),
        (rb'{"a": ["\\u0000", "\\\u0000"]}', {"a": ["\\u0000", "\\"]}),
        (rb'{"a": "cut \ud83d"}', {"a": "cut ?"}),
        (rb'{"a": "whole \ud83d\ude00", "b\ude00": 1.5}', {"a": "whole \U0001f600", "b?": 1.5}),
    ],
)
def test_text_no_database_can_hold_is_mended_without_losing_the_rest(body, said):
    with vendor.running(vendor.answer(body)) as there, calling(there.base_url) as session:
        assert session.get("/x").json() == said


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (vendor.answer(b"<!DOCTYPE html><title>Log in</title>"), "a web page instead of data"),
        (vendor.answer(b'{"issues":[{"id":"1"'), "cut short or not JSON"),
        (vendor.answer(b""), "cut short or not JSON"),
        (vendor.answer(b'{"points": NaN}'), "cut short or not JSON"),
        (vendor.answer(b'{"a": "\xff"}'), "cut short or not JSON"),
        ([b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 500\r\n\r\n{"], "was cut short"),
        ([b"HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"], "was cut short"),
        ([b"Connection: close, and no HTTP at all\r\n\r\n"], "was cut short"),
        (vendor.answer(b"not gzip", headers=[("Content-Encoding", "gzip")]), "was cut short"),
    ],
)
def test_an_answer_that_is_not_whole_is_an_error_that_may_pass(script, sentence):
    error = refusal_of(script)
    assert sentence in error.message
    assert error.retry is Retry.LATER


def test_a_silent_vendor_is_left_in_time():
    error = refusal_of([b"HTTP/1.1 200 OK\r\n"], pause=1.0, policy=SOON_SILENT)
    assert (error.message, error.retry) == ("127.0.0.1 did not answer in time.", Retry.LATER)


def test_a_vendor_that_drips_is_left_in_time():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    error = refusal_of([head, *[b" "] * 50], pause=0.1, policy=SOON_TOO_SLOW)
    assert (error.message, error.retry) == ("127.0.0.1 answered too slowly.", Retry.LATER)


@pytest.mark.parametrize(
    "script",
    [
        vendor.answer(b" " * (2 << 20)),
        vendor.answer(gzip.compress(b" " * (64 << 20)), headers=[("Content-Encoding", "gzip")]),
    ],
    ids=["plain", "a small answer that unpacks to a large one"],
)
def test_an_answer_beyond_the_limit_is_abandoned(script):
    error = refusal_of(script)
    assert isinstance(error, AnswerTooLarge)
    assert error.message == "127.0.0.1 sent more than 1 MiB at once."


def test_an_abandoned_answer_does_not_begin_the_next():
    scripts = vendor.answer(b" " * (2 << 20)), vendor.answer(b'{"second": true}')
    with vendor.running(*scripts) as there, calling(there.base_url) as session:
        with pytest.raises(AnswerTooLarge):
            session.get("/first")
        assert session.get("/second").json() == {"second": True}
    assert there.connections == 2


def test_a_closed_door_may_open_later():
    with closing(socket.create_server(("127.0.0.1", 0))) as once:
        port = once.getsockname()[1]
    with calling(f"http://127.0.0.1:{port}") as session, pytest.raises(ProviderError) as caught:
        session.get("/x")
    assert (caught.value.message, caught.value.retry) == ("127.0.0.1 cannot be reached.", Retry.LATER)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1"])
def test_nothing_is_sent_to_a_private_address_unless_it_is_allowed(host):
    with (
        vendor.running(vendor.answer()) as there,
        calling(f"http://{host}:{there.port}", outbound.Policy()) as session,
        pytest.raises(ForbiddenAddress),
    ):
        session.get("/x")
    assert (there.connections, there.requests) == (0, [])


def test_the_address_that_was_checked_is_the_one_that_is_dialled(monkeypatch):
    """A resolver that would send the second question elsewhere is never asked a second time."""
    asked = []
    resolve = socket.getaddrinfo

    def rebinding(host, port, *args, **kwargs):
        asked.append(host)
        if host == "jira.example":
            answer = "127.0.0.1" if asked.count(host) == 1 else "10.9.9.9"
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port))]
        return resolve(host, port, *args, **kwargs)

    with vendor.running(vendor.answer()) as there:
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        with calling(f"http://jira.example:{there.port}") as session:
            session.get("/x")
        monkeypatch.undo()
    assert [host for host in asked if host == "jira.example"] == ["jira.example"]
    assert f"Host: jira.example:{there.port}\r\n".encode() in there.requests[0]


def test_a_certificate_nobody_vouches_for_is_refused_and_the_name_was_asked_for(monkeypatch, tmp_path):
    asked_names = []
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: resolve("127.0.0.1" if host == "jira.example" else host, *rest, **more),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path / "own.pem"))
    context.sni_callback = lambda _, name, __: asked_names.append(name)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def greet():
            connection, _ = listening.accept()
            with connection, pytest.raises(ssl.SSLError):
                context.wrap_socket(connection, server_side=True)

        greeter = threading.Thread(target=greet)
        greeter.start()
        address = f"https://jira.example:{listening.getsockname()[1]}"
        with calling(address) as session, pytest.raises(ProviderError) as caught:
            session.get("/x")
        greeter.join(timeout=5)
    assert (caught.value.message, caught.value.retry) == (
        "The certificate of jira.example cannot be trusted.",
        Retry.NEVER,
    )
    assert asked_names == ["jira.example"]


def certificate(path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "jira.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM
    secret = key.private_bytes(form, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + signed.public_bytes(form))
    return path


@pytest.mark.parametrize(
    ("base_url", "sentence"),
    [
        ("", "begins with https"),
        ("jira.example.com", "begins with https"),
        ("ftp://jira.example.com", "begins with https"),
        ("file:///etc/passwd", "begins with https"),
        ("https://", "names a host"),
        ("https://ada:pw@jira.example.com", "fields of their own"),
        ("https://@jira.example.com", "fields of their own"),
        ("https://jira.example.com/?x=1", "without"),
        ("https://jira.example.com/#x", "without"),
        ("https://jira.example.com/a b", "without"),
        ("https://good.example\\@evil.example", "(own|without)"),
        ("https://jira.example.com:port", "not an address"),
        ("https://[::1", "not an address"),
    ],
)
def test_a_base_address_that_is_none_is_refused_in_words(base_url, sentence):
    with pytest.raises(ProviderError, match=sentence) as caught:
        outbound.Session(base_url=base_url, headers={}, policy=POLICY)
    assert "pw" not in caught.value.message


def test_no_secret_reaches_a_log_or_a_message(caplog):
    """Every way a call can end is walked with logging wide open, also that of the library below."""
    caplog.set_level(logging.DEBUG)
    echo = orjson.dumps({"errorMessages": [f"bad header {AUTHORIZATION} for {TOKEN}"]})
    scripts = [
        vendor.answer(b"{}", headers=[("Set-Cookie", "session=c00kie")]),
        vendor.answer(echo, status="400 Bad Request"),
        vendor.answer(b"", status="302 Found", headers=[("Location", f"https://x.example/?token={TOKEN}")]),
        vendor.answer(b"", status="500 Oops"),
        [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{"],
        vendor.answer(b"", status="429 Too Many Requests", headers=[("Set-Cookie", "session=c00kie")]),
    ]
    said = []
    with vendor.running(*scripts) as there, calling(there.base_url) as session:
        for _ in scripts:
            try:
                said.append(session.redacted(session.get("/x", {"access_token": TOKEN, "n": 1}).body.decode()))
            except ProviderError as error:
                cause = error.__cause__
                said += [str(error), repr(error), str(cause), repr(cause)]
    said += [record.getMessage() for record in caplog.records] + [repr(session), repr(session.__dict__.get("_policy"))]
    assert len(there.requests) == len(scripts)
    assert any("GET 127.0.0.1/x -> 200" in line for line in said)
    assert any(record.name.startswith("urllib3") for record in caplog.records)
    for secret in (TOKEN, AUTHORIZATION, AUTHORIZATION.partition(" ")[2], "c00kie"):
        assert not [line for line in said if secret in line]


def test_a_session_that_was_asked_to_wait_sends_nothing_before_its_time(monkeypatch):
    """Threads share a session: one of them must not send what another was just told not to."""
    throttled = vendor.answer(b"", status="429 Too Many Requests", headers=[("Retry-After", "600")])
    with vendor.running(throttled, vendor.answer(b"{}")) as there, calling(there.base_url) as session:
        for _ in range(3):
            with pytest.raises(Throttled) as caught:
                session.get("/x")
            assert 500 < caught.value.after <= 600
        assert len(there.requests) == 1
        usual = time.monotonic
        monkeypatch.setattr(outbound.time, "monotonic", lambda: usual() + 601)
        assert session.get("/x").status == 200
