"""`engram ingest` of NDJSON: one import for each input, which goes on whoever dies, and stores nothing twice."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import pytest

from commands import SLOW, command, count, engram, kinds, lines, only, stored
from server import Server, eventually

# More than fits between a client and a server, so that an upload can be cut off in its middle.
MANY = 12_000
LONG = "Ada met Charles in London. " * 80


def ndjson(file: Path, memories: int, text: str = "Ada met Charles in London.", **fields: Any) -> Path:
    with file.open("w") as out:
        for n in range(memories):
            out.write(json.dumps({"content": f"Note {n}: {text}", **fields}) + "\n")
    return file


@pytest.fixture
def many(tmp_path: Path) -> Path:
    return ndjson(tmp_path / "many.ndjson", MANY, LONG)


@contextmanager
def running(server: Server, *arguments: object, **options: Any) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command(server, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    ) as client:
        try:
            yield client
        finally:
            client.kill()


def begin(server: Server, client: subprocess.Popen[str], at_least: int) -> str:
    """Waits until the client's import has some lines at the server, and not all. Returns its task."""
    first = json.loads(client.stdout.readline())
    assert first["event"] == "import"
    task = first["task_id"]

    def standing() -> dict[str, Any]:
        return server.api.get(f"/projects/default/imports/{task}").json()

    eventually(lambda: standing()["lines"] >= at_least, 30, "the upload's beginning")
    assert standing()["state"] == "open"
    return task


def end(client: subprocess.Popen[str], code: int) -> tuple[list[dict[str, Any]], str]:
    out, errors = client.communicate(timeout=120)
    assert client.returncode == code, errors
    return lines(out), errors


# -- what is told


def test_json_is_one_object_a_line_that_ends_with_a_summary(serve, notes):
    server = serve()
    ended = engram(server, "ingest", notes, "--json")
    assert ended.returncode == 0, ended.stderr
    shown = lines(ended.stdout)
    assert kinds(shown)[0] == "import" and kinds(shown)[-2:] == ["import_ended", "summary"]
    assert shown[-2]["status"] == "completed" and shown[-2]["task_id"] == shown[0]["task_id"]
    assert shown[-2]["result"]["completed"] == 10 == shown[-1]["completed"] == shown[-1]["memories"]
    assert {line["file"] for line in shown[:-1]} == {str(notes)}


def test_no_wait_returns_with_the_server_s_counts(serve, notes):
    server = serve("--workers", "0")
    ended = engram(server, "ingest", notes, "--no-wait", "--json")
    assert ended.returncode == 0, ended.stderr
    summary = lines(ended.stdout)[-1]
    assert (summary["submitted"], summary["completed"]) == (10, 0)
    assert count(server) == 10


def test_bad_lines_are_told_by_number_and_the_good_ones_are_kept(serve, tmp_path):
    server = serve()
    file = tmp_path / "some.ndjson"
    file.write_text('\ufeff\n{"content": "good"}\nnot json\n\n{"content": ""}\n{"content": "also good"}\n')
    ended = engram(server, "ingest", file, "--json")
    assert ended.returncode == 1
    shown = lines(ended.stdout)
    assert [(line["line"], bool(line["error"])) for line in only(shown, "rejected")] == [(3, True), (5, True)]
    assert (shown[-1]["completed"], shown[-1]["rejected"]) == (2, 2)
    assert [kind for kind in kinds(shown) if kind != "progress"] == ["import", "rejected", "rejected", "import_ended", "summary"]
    assert sorted(stored(server)) == ["also good", "good"]

    ended = engram(server, "ingest", file)
    assert ended.returncode == 1
    assert [line.split(": ")[:2] for line in ended.stderr.splitlines()] == [[f"{file}:{n}", "rejected"] for n in (3, 5)]


def test_failed_memories_are_told_by_line_and_make_exit_code_1(serve, notes):
    server = serve("--extractor", "paced", "--paced-delay", "1ms", "--paced-failure-rate", "1.0")
    ended = engram(server, "ingest", notes, "--json")
    assert ended.returncode == 1
    shown = lines(ended.stdout)
    failed = only(shown, "failed")
    assert [line["line"] for line in failed] == list(range(1, 11))
    assert all(line["memory_id"] and line["task_id"] and line["error"] for line in failed)
    assert kinds(shown)[-2:] == ["import_ended", "summary"]
    assert (shown[-2]["status"], shown[-1]["failed"]) == ("failed", 10)
    assert "/retry" in engram(server, "ingest", notes).stderr


def test_a_terminal_shows_the_first_lines_and_how_many_there_are(serve, tmp_path):
    server = serve()
    file = tmp_path / "bad.ndjson"
    file.write_text('{"content": "good"}\n' + "bad\n" * 30)
    ours, theirs = pty.openpty()
    ended = subprocess.run(command(server, "ingest", file), stdout=subprocess.PIPE, stderr=theirs, timeout=60, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        shown += piece
    os.close(ours)
    assert ended.returncode == 1
    assert shown.count(b"rejected: ") == 20
    assert b"10 more rejected" in shown and b"/rejected" in shown


def test_a_cancelled_import_makes_exit_code_1(serve, notes):
    server = serve(*SLOW, "--workers", "1")
    with running(server, "ingest", notes, "--json") as client:
        task = json.loads(client.stdout.readline())["task_id"]
        assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
        shown, _ = end(client, 1)
    assert only(shown, "import_ended")[0]["status"] == "cancelled"


def test_a_cancel_in_the_middle_of_an_upload_is_told_with_what_it_came_to(serve, many):
    server = serve("--workers", "0")
    with running(server, "ingest", many, "--json") as client:
        task = begin(server, client, 1000)
        assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
        shown, _ = end(client, 1)
    ended = only(shown, "import_ended")[0]
    assert ended["status"] == "cancelled" and 1000 <= ended["result"]["accepted"] == ended["result"]["cancelled"] < MANY


# -- where it goes


def test_the_first_line_names_the_project_unless_the_command_does(serve, tmp_path):
    server = serve()
    mine, other = server.new_project("Mine"), server.new_project("Other")
    file = tmp_path / "a.ndjson"
    file.write_text("".join(json.dumps({"content": "x", "project_id": project}) + "\n" for project in (mine, mine, other)))
    ended = engram(server, "ingest", file)
    assert ended.returncode == 1
    assert f"{file}:3: rejected:" in ended.stderr and "project" in ended.stderr
    assert (count(server, mine), count(server, other), count(server)) == (2, 0, 0)

    ended = engram(server, "ingest", file, "--project", "Other")
    assert (count(server, mine), count(server, other)) == (2, 1)


def test_the_same_file_again_is_a_new_run_and_external_ids_are_known(serve, tmp_path):
    server = serve()
    file = tmp_path / "a.ndjson"
    file.write_text('{"content": "named", "external_id": "1"}\n{"content": "unnamed"}\n')
    assert engram(server, "ingest", file).returncode == 0
    again = engram(server, "ingest", file, "--json")
    assert again.returncode == 0, again.stderr
    assert (lines(again.stdout)[-1]["unchanged"], lines(again.stdout)[-1]["completed"]) == (1, 1)
    assert sorted(stored(server)) == ["named", "unnamed", "unnamed"]


def test_priority_is_that_of_the_memories(serve, notes):
    server = serve("--workers", "0")
    assert engram(server, "ingest", notes, "--no-wait", "--priority", "interactive").returncode == 0
    tasks = server.api.get("/tasks/recent", params={"task_type": "add_episode"}).json()
    assert {task["priority"] for task in tasks} == {"interactive"} and len(tasks) == 10


def test_an_input_without_lines_is_nothing(serve, tmp_path):
    server = serve()
    file = tmp_path / "empty.ndjson"
    file.write_text("\n \n")
    ended = engram(server, "ingest", file, "--json")
    assert ended.returncode == 0, ended.stderr
    assert lines(ended.stdout)[-1]["memories"] == 0


# -- whoever dies


@pytest.mark.parametrize("end_server", [Server.kill, Server.stop], ids=["kill", "sigterm"])
def test_an_end_of_the_server_in_the_middle_of_an_upload_is_lived_through(serve, many, end_server):
    server = serve("--workers", "0")
    with running(server, "ingest", many, "--no-wait", "--json") as client:
        begin(server, client, 1000)
        end_server(server)
        server.start()
        shown, _ = end(client, 0)
    assert shown[-1]["submitted"] == MANY == count(server)


@pytest.mark.parametrize(("how", "end_server"), [
    (signal.SIGKILL, None), (signal.SIGINT, None), (signal.SIGKILL, Server.kill), (signal.SIGINT, Server.stop)
], ids=["kill", "ctrl-c", "kill, and kill the server", "ctrl-c, and sigterm the server"])
def test_the_same_command_after_an_interruption_goes_on_and_doubles_nothing(serve, many, how, end_server):
    server = serve("--workers", "0")
    with running(server, "ingest", many, "--no-wait", "--json") as client:
        task = begin(server, client, 1000)
        client.send_signal(how)
        _, errors = end(client, -9 if how == signal.SIGKILL else 130)
    assert how == signal.SIGKILL or "same command again" in errors
    assert 1000 <= count(server) < MANY
    if end_server:
        end_server(server)
        server.start()
    again = engram(server, "ingest", many, "--no-wait", "--json")
    assert again.returncode == 0, again.stderr
    shown = lines(again.stdout)
    assert shown[0]["task_id"] == task
    assert shown[-1]["submitted"] == MANY == count(server)


@pytest.mark.parametrize("who", ["server", "client"])
def test_a_kill_while_memories_are_ingested_loses_and_doubles_nothing(serve, notes, who):
    server = serve(*SLOW, "--workers", "2")
    with running(server, "ingest", notes, "--json") as client:
        shown: list[dict[str, Any]] = []
        while not shown or shown[-1].get("progress", 0) < 20:
            shown.append(json.loads(client.stdout.readline()))
        if who == "server":
            server.kill_and_restart()
            rest, _ = end(client, 0)
        else:
            client.kill()
    if who == "client":
        ended = engram(server, "ingest", notes, "--json")
        assert ended.returncode == 0, ended.stderr
        rest = lines(ended.stdout)
        assert rest[0]["task_id"] == shown[0]["task_id"]
    assert rest[-1]["completed"] == 10
    assert sorted(stored(server)) == sorted(f"Note {n}: Ada met Charles in London." for n in range(10))


def test_a_changed_file_is_refused_with_what_to_do(serve, many):
    server = serve("--workers", "0")
    with running(server, "ingest", many, "--no-wait", "--json") as client:
        begin(server, client, 1000)
        client.kill()
    content = many.read_text()
    many.write_text(content.replace("Note 0", "NOTE 0", 1))
    ended = engram(server, "ingest", many, "--no-wait")
    assert ended.returncode == 1
    assert "--run-id" in ended.stderr and "many.ndjson" in ended.stderr
    assert count(server) < MANY
    # What is added at the end is no change of what was there.
    many.write_text(content + '{"content": "one more"}\n')
    ended = engram(server, "ingest", many, "--no-wait", "--json")
    assert ended.returncode == 0, ended.stderr
    assert count(server) == MANY + 1


def test_an_import_that_is_gone_starts_anew(serve, many):
    """Somebody gave the server a fresh data directory."""
    server = serve("--workers", "0")
    with running(server, "ingest", many, "--no-wait", "--json") as client:
        begin(server, client, 1000)
        client.kill()
    server.kill()
    shutil.rmtree(server.data)
    server.start()
    ended = engram(server, "ingest", many, "--no-wait", "--json")
    assert ended.returncode == 0, ended.stderr
    assert count(server) == MANY


def test_a_run_with_a_name_is_made_once(serve, notes):
    server = serve()
    for _ in range(2):
        ended = engram(server, "ingest", notes, "--run-id", "monday", "--json")
        assert ended.returncode == 0, ended.stderr
        assert lines(ended.stdout)[-1]["completed"] == 10
    assert count(server) == 10


# -- standard input


def test_a_small_standard_input_lives_through_kill_9_of_the_server(serve):
    server = serve("--workers", "0")
    with running(server, "ingest", "-", "--no-wait", "--json", stdin=subprocess.PIPE) as client:
        client.stdin.write("".join(json.dumps({"content": f"Note {n}"}) + "\n" for n in range(300)))
        client.stdin.flush()
        begin(server, client, 256)
        server.kill_and_restart()
        client.stdin.write('{"content": "the last"}\n')
        shown, _ = end(client, 0)
    assert shown[-1]["submitted"] == 301 == count(server)


def test_a_large_standard_input_has_to_be_given_again(serve, tmp_path):
    server = serve("--workers", "0")
    large = ndjson(tmp_path / "large.ndjson", 10_000, "x" * 1500)
    content = large.read_text()
    with running(server, "ingest", "-", "--no-wait", "--json", stdin=subprocess.PIPE) as client:
        half = content.rindex("\n", 0, 12 << 20) + 1
        client.stdin.write(content[:half])
        client.stdin.flush()
        task = begin(server, client, 6000)
        server.kill_and_restart()
        try:
            client.stdin.write(content[half:])
        except BrokenPipeError:
            pass
        _, errors = end(client, 1)
    assert "same input again" in errors
    again = engram(server, "ingest", "-", "--no-wait", "--json", input=content)
    assert again.returncode == 0, again.stderr
    assert lines(again.stdout)[0]["task_id"] == task
    assert lines(again.stdout)[-1]["submitted"] == 10_000 == count(server)


# -- memory


def peak(server: Server, file: Path) -> int:
    """The most memory that the client took, in KiB."""
    client = subprocess.Popen(command(server, "ingest", file, "--no-wait"), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(client.pid, 0)
    client.returncode = os.waitstatus_to_exitcode(status)
    assert client.returncode == 0
    return usage.ru_maxrss


def test_a_large_file_takes_no_more_memory_than_a_small_one(serve, notes, tmp_path):
    server = serve("--workers", "0")
    large = ndjson(tmp_path / "large.ndjson", 100_000, "Ada met Charles in London. " * 10)
    assert large.stat().st_size > 25 << 20
    assert peak(server, large) < peak(server, notes) + (12 << 10)
    assert count(server) == 100_010
