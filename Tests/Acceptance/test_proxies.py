"""Through nginx, HAProxy and Caddy as docs/proxies.md configures them: streams unbuffered and resumed, uploads, TLS, sessions."""

import http.client
import json
import signal
import subprocess
from contextlib import ExitStack

import pytest

import transcripts
from events import EventStreamParser
from import_files import LINES, line, lines, total
from proxies import NAMES, Proxy, program
from server import BASE, eventually

PACED = ("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "5")
HELD = ("--extractor", "paced", "--paced-delay", "10m")


def installed(name: str) -> None:
    if program(name) is None:
        pytest.skip(f"{name} is not installed: 'make test' as root installs it, or apt-get install {name}")


@pytest.fixture(params=NAMES)
def behind(request, serve, tmp_path):
    """`behind(*flags)` starts a server, and a proxy in front of it."""
    installed(request.param)
    with ExitStack() as stack:

        def start(*flags: str, **options: str) -> Proxy:
            proxy = Proxy(request.param, serve(*flags), tmp_path / request.param)
            stack.callback(proxy.stop)
            return proxy.start(**options)

        yield start


def test_what_happens_arrives_before_anything_else_happens(behind, tmp_path):
    """Three times the task stands still until the test, which has seen what there was to see, sets it going."""
    file = tmp_path / "engram.json"
    file.write_text('{"workers": 0}')
    proxy = behind("--config", str(file), *HELD)
    with proxy.client() as client:
        memory = client.post("/memories/", json={"project_id": "default", "content": "Ada met Charles."}).json()
        with proxy.stream(memory["task_id"]) as stream:
            seen = [stream.next()]
            assert seen[0].json["stage"] == "pending"
            file.write_text('{"workers": 1}')
            proxy.server.process.send_signal(signal.SIGHUP)
            for event in stream.events():
                seen.append(event)
                if event.json["stage"] == "extract":
                    break
            assert client.post(f"/tasks/{memory['task_id']}/cancel").status_code == 200
            seen += stream.events()  # To the body's proper end: one that breaks off raises.
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert "content-encoding" not in stream.headers
    transcripts.check(seen)
    assert transcripts.stages(seen)[:4] == ["pending", "start", "load_schema", "extract"]
    assert seen[-1].type == "cancelled"


def test_every_stage_arrives_and_the_stream_ends(behind):
    proxy = behind(*PACED)
    with proxy.client() as client:
        memory = client.post("/memories/", json={"project_id": "default", "content": "Ada met Charles."}).json()
    with proxy.stream(memory["task_id"]) as stream:
        events = list(stream.events())
        assert stream.parser.empty_blocks == 0
    transcripts.check(events)
    assert events[-1].type == "completed"
    with proxy.stream(memory["task_id"], events[-1].id) as stream:
        assert stream.status == 204


def test_a_stream_is_resumed_through_kill_9_and_a_browser_never_hears_that_the_server_is_away(behind):
    proxy = behind("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "20")
    task = proxy.server.remember()["task_id"]
    seen = []
    with proxy.stream(task) as stream:
        for event in stream.events():
            seen.append(event)
            if event.json["stage"] == "extract":
                break
    proxy.server.kill()
    with proxy.stream(task, seen[-1].id) as stream:
        assert stream.status == 200 and stream.headers["content-type"].startswith("text/event-stream")
        assert list(stream.events()) == [] and stream.parser.empty_blocks == 0
        assert 2000 <= stream.parser.retry < 4000
    with proxy.client() as client:
        assert client.get(f"/tasks/{task}").status_code in (502, 503), "only streams are told that all is well"
    proxy.server.start()
    with proxy.stream(task, seen[-1].id) as stream:
        seen += stream.events()
    transcripts.check(seen)
    assert seen[-1].type == "completed"
    assert len({event.epoch_version[0] for event in seen}) == 2


def test_a_shutdown_ends_streams_properly_and_says_when_to_come_back(behind):
    proxy = behind("--grace", "100ms", *HELD)
    task = proxy.server.remember()["task_id"]
    streams = [proxy.stream(task) for _ in range(20)]
    for stream in streams:
        stream.next()
    proxy.server.process.send_signal(signal.SIGTERM)
    retries = set()
    for stream in streams:
        list(stream.events())
        assert stream.raw.count(b"retry:") == 2
        retries.add(stream.parser.retry)
        stream.close()
    proxy.server.stop()
    assert len(retries) > 10, "each has a time of its own"


def test_problems_come_as_they_are(behind):
    proxy = behind("--workers", "0")
    with proxy.stream("01890a5d-ac96-774b-bcce-b302099a8057") as stream:
        assert stream.status == 404 and stream.problem()["status"] == 404
    task = proxy.server.remember()["task_id"]
    with proxy.client("ms_sk_wrong") as client:
        assert client.get(f"/tasks/{task}/stream").status_code == 401


def test_an_import_of_many_megabytes_is_taken(behind):
    proxy = behind("--workers", "0")
    body = "".join(line(number, "Ada met Charles. " * 6000) for number in range(60)).encode()
    assert len(body) > 6_000_000
    with proxy.client() as client:
        answer = client.post("/projects/default/imports", content=body, headers=LINES)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 60)


def test_an_imports_lines_are_stored_while_the_upload_lasts_and_kept_when_it_is_cut(behind):
    proxy = behind("--workers", "0")
    with proxy.client() as client:
        begun = client.post("/projects/default/imports", json={}).json()
    upload = http.client.HTTPSConnection("localhost", proxy.port, timeout=30, context=proxy.trust)
    upload.putrequest("PUT", begun["upload_url"])
    for name, value in {**LINES, "Authorization": f"Bearer {proxy.server.owner_key}", "Transfer-Encoding": "chunked"}.items():
        upload.putheader(name, value)
    upload.endheaders()
    first = lines(*range(300))
    upload.send(f"{len(first):x}\r\n".encode() + first + b"\r\n")
    # The rest of the body is not sent before the first lines are there.
    eventually(lambda: total(proxy.server) >= 200, within=20, what="the first lines")
    upload.close()

    def again():
        with proxy.client() as client:
            answer = client.put(begun["upload_url"].removeprefix(BASE), content=lines(*range(400)), headers=LINES)
        return answer if answer.status_code != 409 else None  # While the cut has not been noticed.

    answer = eventually(again, within=20, what="the end of the cut upload")
    assert answer.status_code == 202, answer.text
    assert total(proxy.server) == 400, answer.text


def test_clients_that_leave_a_stream_leave_nothing_open(behind):
    proxy = behind("--workers", "0")
    task = proxy.server.remember()["task_id"]
    streams = [proxy.stream(task) for _ in range(60)]
    for stream in streams:
        stream.next()
    assert (held := proxy.server.open_sockets()) >= 60
    for stream in streams:
        stream.close()
    # The proxies keep a few connections to the server for the next requests.
    eventually(lambda: proxy.server.open_sockets() <= held - 50, within=20, what="the end of abandoned streams")


def test_a_page_signs_in_with_a_cookie_for_tls_only(behind):
    proxy = behind("--workers", "0")
    with proxy.client() as client:
        del client.headers["Authorization"]
        answer = client.post("/auth/session", json={"key": proxy.server.owner_key}, headers={"Origin": proxy.origin})
        assert answer.status_code == 204
        assert answer.headers["set-cookie"].lower().count("secure") == 1
        memory = {"project_id": "default", "content": "Ada met Charles."}
        assert client.post("/memories/", json=memory, headers={"Origin": proxy.origin}).status_code == 201
        assert client.post("/memories/", json=memory, headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_http_2_towards_the_client(behind):
    proxy = behind(*PACED)
    memory = proxy.server.remember()
    shown = subprocess.run(
        ["curl", "-sSN", "--http2", "--cacert", proxy.home / "certificate.pem", "-w", "%{stderr}%{http_version}",
         proxy.origin + memory["stream_url"]],
        capture_output=True, timeout=40)
    assert (shown.returncode, shown.stderr) == (0, b"2")
    events = list(EventStreamParser().feed(shown.stdout, final=True))
    transcripts.check(events)
    assert events[-1].type == "completed"


def test_a_silent_stream_outlasts_the_proxies_patience(serve, tmp_path):
    """One that was shorter than a task that says nothing, but longer than the time between two comments."""
    names = [name for name in NAMES if program(name)]
    if not names:
        installed(NAMES[0])
    server = serve("--workers", "0")
    task = server.remember()["task_id"]
    with ExitStack() as stack:
        streams = []
        for name in names:
            proxy = Proxy(name, server, tmp_path / name)
            stack.callback(proxy.stop)
            streams.append(stack.enter_context(proxy.start(patience="20s").stream(task)))
        for stream in streams:
            stream.next()
        for _ in range(2):
            for stream in streams:
                stream.comment()
        assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
        for stream in streams:
            assert [event.type for event in stream.events()] == ["cancelled"]
