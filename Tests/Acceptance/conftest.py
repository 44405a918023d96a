"""Fixtures: the server, fresh for a test or shared by a file's tests."""

from __future__ import annotations

import json
import ssl
import subprocess
from pathlib import Path
from typing import Callable, Iterator

import pytest

from server import BINARY, Server

# Words that the log of a server in good order never holds, whatever its clients do.
CRASH_WORDS = ("Fatal error", "*** Signal", "Crash", "for a reason that was not foreseen")


def pytest_report_header() -> str:
    return f"engram: {BINARY}"


@pytest.fixture(scope="session", autouse=True)
def state_of_clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Journals of `engram ingest` go to a temporary place, and no key of the caller's is used by accident."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        for name in ("ENGRAM_SERVER", "ENGRAM_KEY", "ENGRAM_FAILPOINT", "ENGRAM_POISON", "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.delenv(name, raising=False)
        yield


class Started:
    """Starts servers, and at the end sees each of them off in good order."""

    def __init__(self, home: Path):
        self._home = home
        self._servers: list[Server] = []

    def __call__(self, *flags: str, start: bool = True, **options: object) -> Server:
        server = Server(self._home / f"server-{len(self._servers)}", *flags, **options)
        self._servers.append(server)
        return server.start() if start else server

    def end(self) -> None:
        faults = []
        for server in self._servers:
            if server.process is not None:
                try:
                    server.stop()
                except BaseException as error:
                    if server.process is not None:
                        server.process.kill()
                    faults.append(str(error))
            if server.log_file.exists():
                faults += [line for line in server.log().splitlines() if any(word in line for word in CRASH_WORDS)]
        assert not faults, "\n".join(faults)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """`serve(*flags)` starts a server of this test's own; it is stopped by SIGTERM at the end and must exit with 0."""
    started = Started(tmp_path)
    yield started
    started.end()


@pytest.fixture
def serve_tls(serve: Callable[..., Server], tmp_path: Path) -> Callable[..., Server]:
    """The same over HTTPS, with a certificate of `engram certificate`, which the server's clients here trust."""
    folder = tmp_path / "tls"
    subprocess.run([BINARY, "certificate", "--out", folder], check=True, capture_output=True)

    def start(*flags: str, start: bool = True, **options: object) -> Server:
        files = ("--tls-certificate", str(folder / "certificate.pem"), "--tls-key", str(folder / "key.pem"))
        server = serve(*flags, *files, start=False, scheme="https", **options)
        server.trust = ssl.create_default_context(cafile=folder / "certificate.pem")
        server.tls_flags = files
        return server.start() if start else server

    return start


@pytest.fixture(params=["plain", "TLS"])
def serve_either(request: pytest.FixtureRequest) -> Callable[..., Server]:
    """`serve` and `serve_tls`, one after the other."""
    return request.getfixturevalue("serve" if request.param == "plain" else "serve_tls")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with default flags for all tests of a file; each test makes a project of its own."""
    started = Started(tmp_path_factory.mktemp("shared"))
    yield started()
    started.end()


@pytest.fixture
def project(server: Server) -> str:
    """A fresh project on the shared server."""
    return server.new_project()


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Ten memories as NDJSON."""
    file = tmp_path / "notes.ndjson"
    file.write_text("".join(json.dumps({"content": f"Note {n}: Ada met Charles in London."}) + "\n" for n in range(10)))
    return file
