"""HTTPS with a certificate of `engram certificate`."""

import socket
import ssl
import stat
import subprocess
from typing import Iterator

import httpx
import httpx_sse
import pytest

import transcripts
from import_files import begin, lines, put, send
from server import BINARY, Server, eventually


@pytest.fixture
def secure(serve_tls, tmp_path) -> Server:
    certificate, key = tmp_path / "tls" / "certificate.pem", tmp_path / "tls" / "key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    server = serve_tls("--extractor", "paced", "--paced-delay", "50ms", "--paced-parts", "3")
    server.certificate = certificate
    return server


def test_clients_that_trust_the_certificate_are_served(secure):
    assert secure.greeting.startswith("Engram ") and "https://" in secure.greeting
    assert secure.api.get("/projects/").status_code == 200
    assert httpx.get(secure.origin.replace("127.0.0.1", "localhost") + "/health", verify=secure.trust).status_code == 200


def test_clients_that_do_not_trust_it_refuse(secure):
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{secure.origin}/health")
    assert secure.is_up()


def test_curl_with_cacert(secure):
    shown = subprocess.run(["curl", "--silent", "--fail", "--cacert", secure.certificate, f"{secure.origin}/health"], capture_output=True, text=True, timeout=20)
    assert shown.returncode == 0 and '"ok"' in shown.stdout


def test_a_stream_over_tls_shows_every_event(secure):
    with secure.stream(secure.remember()["task_id"]) as stream:
        events = list(stream.events())
    transcripts.check(events)
    assert events[-1].type == "completed"


def test_a_real_client_streams_over_tls_through_kill_9(secure):
    task = secure.remember()["task_id"]
    seen = []
    with secure.client(secure.owner_key) as client, pytest.raises(httpx.TransportError):
        with httpx_sse.connect_sse(client, "GET", f"/tasks/{task}/stream") as source:
            for event in source.iter_sse():
                seen.append(event)
                secure.process.kill()
    secure.kill()
    secure.start()
    with secure.client(secure.owner_key, headers={"Last-Event-ID": seen[-1].id}) as client:
        with httpx_sse.connect_sse(client, "GET", f"/tasks/{task}/stream") as source:
            assert [event.event for event in source.iter_sse()][-1] == "completed"


def test_an_import_over_tls_is_taken_whole_cut_or_refused(secure):
    body = lines(*range(400))
    assert send(secure, body).json()["accepted"] == 400
    begun = begin(secure)
    with pytest.raises(httpx.TransportError):
        put(secure, begun, cut_after(body[:30_000]))
    answer = eventually(lambda: (answer := put(secure, begun, body)).status_code != 409 and answer)
    assert (answer.status_code, answer.json()["unchanged"]) == (202, 400)
    assert secure.ending(begun["task_id"])["event"] == "completed"
    # What is not wanted is refused in its midst, with an answer that arrives.
    large = secure.home / "large.ndjson"
    with large.open("wb") as file:
        file.truncate(1 << 30)
    curl = ["curl", "-sS", "--cacert", secure.certificate, "-T", large, "-H", f"Authorization: Bearer {secure.owner_key}"]
    ended = subprocess.run(
        [*curl, "-H", "Content-Type: application/x-ndjson", secure.origin + begun["upload_url"]], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0 and "no more lines" in ended.stdout, ended.stderr


def cut_after(start: bytes) -> Iterator[bytes]:
    yield start
    raise httpx.WriteError("the client's line is cut")


def test_the_session_cookie_is_secure(secure):
    answer = secure.client().post("/auth/session", json={"key": secure.owner_key})
    assert "Secure" in answer.headers["set-cookie"]


def test_plain_http_on_a_tls_port_is_cut_off_and_harmless(secure):
    with socket.create_connection(("127.0.0.1", secure.port), timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b"200 OK" not in connection.makefile("rb").read()
    assert secure.is_up()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_is_refused(secure):
    context = ssl.create_default_context(cafile=secure.certificate)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, OSError)):
        with socket.create_connection(("127.0.0.1", secure.port), timeout=10) as connection:
            context.wrap_socket(connection, server_hostname="127.0.0.1")
    assert secure.is_up()


def test_a_certificate_is_not_overwritten_unless_asked(tmp_path):
    def make(*flags: str) -> subprocess.CompletedProcess:
        return subprocess.run([BINARY, "certificate", "--out", tmp_path, *flags], capture_output=True, text=True, timeout=30)

    assert make().returncode == 0
    before = (tmp_path / "certificate.pem").read_bytes()
    again = make()
    assert again.returncode == 1 and len(again.stderr.strip().splitlines()) == 1
    assert (tmp_path / "certificate.pem").read_bytes() == before
    assert make("--force", "--name", "engram.example.com", "--days", "2").returncode == 0
    shown = subprocess.run(["openssl", "x509", "-noout", "-text", "-in", tmp_path / "certificate.pem"], capture_output=True, text=True)
    if shown.returncode == 0:
        assert "DNS:engram.example.com" in shown.stdout
