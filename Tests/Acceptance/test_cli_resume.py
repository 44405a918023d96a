"""`engram ingest` after an interruption: what was uploaded is compared with what is there now. Nothing is stored twice without a word, and nothing passed over."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from pathlib import Path

import pytest

from commands import count, engram, lines, only
from server import BINARY, Server, eventually
from test_cli_imports import LONG, MANY, begin, end, ndjson, running


def interrupted(server: Server, *arguments: object, standard_input: str | None = None) -> str:
    """Runs the command until the server has all of the input, and interrupts it. Returns the import's task."""
    with running(server, "ingest", *arguments, "--json", stdin=subprocess.PIPE if standard_input is not None else None) as client:
        if standard_input is not None:
            client.stdin.write(standard_input)
            client.stdin.close()
            client.stdin = None
        task = json.loads(client.stdout.readline())["task_id"]
        eventually(lambda: server.api.get(f"/projects/default/imports/{task}").json()["state"] == "closed", 30, "the upload's end")
        client.send_signal(signal.SIGINT)
        _, errors = end(client, 130)
    assert "same command again" in errors
    return task


def ended(server: Server, task: str) -> None:
    """Has the import come to its end."""
    server.stop()
    server.start("--workers", "4")
    assert server.ending(task)["event"] == "completed"


def forgotten(server: Server, task: str) -> None:
    """Has the ended import pruned."""
    server.stop()
    server.start("--workers", "4", "--task-retention", "1ms")
    eventually(lambda: server.api.get(f"/tasks/{task}").status_code == 404, 30, "the pruning")


def notes(file: Path, *numbers: int) -> Path:
    file.write_text("".join(json.dumps({"content": f"Note {n}: Ada met Charles."}) + "\n" for n in numbers))
    return file


# -- the input has changed


@pytest.mark.parametrize("has_ended", [False, True], ids=["while it runs", "when it has ended"])
@pytest.mark.parametrize("change", ["other", "same length", "appended", "cut"])
def test_another_content_is_refused_and_imported_as_a_new_run_on_demand(serve, tmp_path, has_ended, change):
    server = serve("--workers", "0")
    file = notes(tmp_path / "daily.ndjson", *range(30))
    task = interrupted(server, file)
    if has_ended:
        ended(server, task)
    before = file.read_text()
    after = {
        "other": notes(tmp_path / "other.ndjson", *range(100, 105)).read_text(), "same length": before.replace("Note 7", "NOTE 7"),
        "appended": before + '{"content": "one more"}\n', "cut": before[: len(before) // 2].rpartition("\n")[0] + "\n"}[change]
    file.write_text(after)
    for _ in range(2):
        again = engram(server, "ingest", file, "--no-wait")
        assert again.returncode == 1, again.stdout
        assert "--new-run" in again.stderr and "daily.ndjson" in again.stderr
        assert count(server) == 30
    anew = engram(server, "ingest", file, "--no-wait", "--new-run", "--json")
    assert anew.returncode == 0, anew.stderr
    assert count(server) == 30 + after.count("\n")


@pytest.mark.parametrize("has_ended", [False, True], ids=["while it runs", "when it has ended"])
def test_the_same_content_goes_on(serve, tmp_path, has_ended):
    server = serve("--workers", "0")
    file = notes(tmp_path / "daily.ndjson", *range(30))
    task = interrupted(server, file)
    if has_ended:
        ended(server, task)
    else:
        server.kill_and_restart("--workers", "4")
    again = engram(server, "ingest", file, "--json")
    assert again.returncode == 0, again.stderr
    assert lines(again.stdout)[-1]["completed"] == 30 == count(server)


@pytest.mark.parametrize("has_ended", [False, True], ids=["while it runs", "when it has ended"])
def test_another_pipe_is_no_continuation_of_the_first(serve, has_ended):
    server = serve("--workers", "0")
    first = "".join(f'{{"content": "Note {n}"}}\n' for n in range(20))
    task = interrupted(server, "-", standard_input=first)
    if has_ended:
        ended(server, task)
    other = engram(server, "ingest", "-", "--no-wait", input='{"content": "another"}\n')
    assert other.returncode == 1 and "--new-run" in other.stderr and "standard input" in other.stderr
    assert count(server) == 20
    same = engram(server, "ingest", "-", "--no-wait", input=first)
    assert same.returncode == 0, same.stderr
    assert count(server) == 20
    assert engram(server, "ingest", "-", "--no-wait", input='{"content": "another"}\n').returncode == 0
    assert count(server) == 21


def test_an_input_that_was_done_before_the_interruption_is_compared_too(serve, tmp_path):
    server = serve("--workers", "0")
    first, empty, second = notes(tmp_path / "a.ndjson", 1, 2), tmp_path / "b.ndjson", ndjson(tmp_path / "c.ndjson", MANY, LONG)
    empty.write_text("\n")
    with running(server, "ingest", first, empty, second, "--no-wait", "--json") as client:
        assert json.loads(client.stdout.readline())["event"] == "import"
        begin(server, client, 1000)
        client.send_signal(signal.SIGINT)
        end(client, 130)
    known = first.read_text()
    for file, content in [(first, known.replace("Note 1", "Note 9")), (empty, '{"content": "no longer empty"}\n')]:
        old = file.read_text()
        file.write_text(content)
        again = engram(server, "ingest", first, empty, second, "--no-wait")
        assert again.returncode == 1 and "--new-run" in again.stderr and file.name in again.stderr
        file.write_text(old)
    again = engram(server, "ingest", first, empty, second, "--no-wait")
    assert again.returncode == 0, again.stderr
    assert count(server) == 2 + MANY


def test_a_new_run_has_a_name_of_its_own(serve, tmp_path):
    file = notes(tmp_path / "a.ndjson", 1)
    refused = engram(None, "ingest", file, "--new-run", "--run-id", "monday")
    assert refused.returncode == 64 and "--run-id" in refused.stderr


# -- the server has forgotten


def test_a_forgotten_import_is_not_uploaded_again(serve, tmp_path):
    server = serve("--workers", "0")
    file = notes(tmp_path / "daily.ndjson", *range(30))
    task = interrupted(server, file)
    ended(server, task)
    forgotten(server, task)
    file.write_text(file.read_text() + '{"content": "one more"}\n')
    changed = engram(server, "ingest", file)
    assert changed.returncode == 1 and "--new-run" in changed.stderr
    notes(file, *range(30))
    again = engram(server, "ingest", file, "--json")
    assert again.returncode == 0, again.stderr
    assert lines(again.stdout)[-1]["unwatched"] == 30 == count(server)


def test_a_forgotten_import_that_had_not_all_of_its_file_needs_a_decision(serve, tmp_path):
    server = serve("--workers", "0")
    file = ndjson(tmp_path / "many.ndjson", MANY, LONG)
    with running(server, "ingest", file, "--no-wait", "--json") as client:
        task = begin(server, client, 1000)
        client.kill()
    assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
    forgotten(server, task)
    kept = count(server)
    again = engram(server, "ingest", file, "--no-wait")
    assert again.returncode == 1 and "--new-run" in again.stderr and "--task-retention" in again.stderr
    assert count(server) == kept
    anew = engram(server, "ingest", file, "--no-wait", "--new-run")
    assert anew.returncode == 0, anew.stderr
    assert count(server) == kept + MANY


def test_an_import_that_went_with_its_project_is_made_anew_and_told(serve, tmp_path):
    server = serve("--workers", "0")
    file = notes(tmp_path / "daily.ndjson", *range(5))
    project = server.new_project("Gone")
    with running(server, "ingest", file, "--project", "Gone", "--json") as client:
        task = json.loads(client.stdout.readline())["task_id"]
        eventually(lambda: server.api.get(f"/projects/{project}/imports/{task}").json()["state"] == "closed", 30, "the upload's end")
        client.send_signal(signal.SIGINT)
        end(client, 130)
    assert server.api.delete(f"/projects/{project}", params={"force": "true"}).status_code == 204
    project = server.new_project("Gone")
    again = engram(server, "ingest", file, "--project", "Gone", "--no-wait")
    assert again.returncode == 0, again.stderr
    assert "imported anew" in again.stderr
    assert count(server, project) == 5


# -- what came twice in one input


def test_a_line_that_takes_another_s_place_is_no_failure(serve, tmp_path):
    server = serve("--workers", "0")
    file = tmp_path / "people.ndjson"
    numbers = [*range(10), 3, 7]
    file.write_text(
        "".join(json.dumps({"content": f"Note {place}: Ada met Charles.", "external_id": f"{n}"}) + "\n" for place, n in enumerate(numbers)))
    with running(server, "ingest", file, "--json") as client:
        task = json.loads(client.stdout.readline())["task_id"]
        eventually(lambda: server.api.get(f"/projects/default/imports/{task}").json()["state"] == "closed", 30, "the upload's end")
        server.kill_and_restart("--workers", "4")
        shown, errors = end(client, 0)
    summary = shown[-1]
    assert (summary["completed"], summary["superseded"], summary["failed"], summary["cancelled"]) == (10, 2, 0, 0)
    assert summary["memories"] == 12
    [over] = only(shown, "import_ended")
    assert "2 memories were superseded" in over["result"]["warning"]
    assert (over["result"]["superseded"], over["result"]["cancelled"]) == (2, 0)
    assert server.api.get(f"/tasks/{task}").json()["message"] == "Import completed: 10 of 12 memories ingested, 2 superseded"
    assert count(server) == 10
    again = engram(server, "ingest", file, "--run-id", "people")
    assert again.returncode == 0 and "\n" not in again.stderr.strip(), again.stderr


# -- what is said at the end


@pytest.fixture
def journals(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state/engram/runs"


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://no.such.host.invalid", "https://127.0.0.1:{port}"])
def test_where_nothing_came_to_a_server_nothing_is_to_be_continued(serve, tmp_path, journals, address):
    server = serve()
    for file in (notes(tmp_path / "a.ndjson", 1), tmp_path / "a.md"):
        file.write_text(file.read_text() if file.exists() else "Ada met Charles.")
        run = engram(None, "ingest", file, "--server", address.format(port=server.port), "--key", "x", "--patience", "0")
        assert run.returncode == 3
        assert run.stderr.count("\n") == 1 and "cannot be reached" in run.stderr
        assert not list(journals.glob("*.json"))


def test_a_refusal_does_not_forget_an_interrupted_run(serve, tmp_path, journals):
    server = serve("--workers", "0")
    file = tmp_path / "a.md"
    file.write_text("Ada met Charles.")
    with running(server, "ingest", file, "--json") as client:
        assert json.loads(client.stdout.readline())["event"] == "accepted"
        client.send_signal(signal.SIGINT)
        end(client, 130)
    assert engram(server, "ingest", file, "--key", "ms_sk_" + "A" * 43).returncode == 4
    away = engram(None, "ingest", file, "--server", "http://127.0.0.1:1", "--patience", "0")
    assert away.returncode == 3
    again = engram(server, "ingest", file, "--no-wait")
    assert again.returncode == 0, again.stderr
    assert count(server) == 1


def test_a_file_that_shrinks_meanwhile_is_told_with_what_the_server_has(serve, tmp_path):
    server = serve("--workers", "0")
    file = ndjson(tmp_path / "many.ndjson", MANY, LONG)
    with running(server, "ingest", file, "--no-wait", "--json") as client:
        task = json.loads(client.stdout.readline())["task_id"]

        def has_begun() -> bool:
            """Lets the client go on for a moment. What is on its way when it stops is far less than the file."""
            client.send_signal(signal.SIGCONT)
            found = server.api.get(f"/projects/default/imports/{task}").json()["lines"] > 0
            client.send_signal(signal.SIGSTOP)
            return found

        client.send_signal(signal.SIGSTOP)
        eventually(has_begun, 30, "the upload's beginning")
        with file.open("r+") as opened:
            opened.truncate(100)
        client.send_signal(signal.SIGCONT)
        _, errors = end(client, 1)
    assert "became shorter" in errors
    found = re.search(r"Stopped: ([\d,]+) memories submitted", errors)
    assert found and 0 < int(found[1].replace(",", "")) < MANY, errors


def test_the_last_line_says_that_all_is_done(serve, tmp_path):
    server = serve()
    files = [tmp_path / name for name in ("n.md", "e.md", "bin.txt", "blank.ndjson", "trunc.jsonl")]
    for file, content in zip(files, [b"Ada met Charles.", b" ", b"\xff\xfe\x00" * 500, b"\n" * 300, b'{"content": "x"']):
        file.write_bytes(content)
    run = engram(server, "ingest", *files)
    assert run.returncode == 1
    shown = [line for line in run.stdout.splitlines() if " done" in line]
    assert shown[-1].startswith("100 %") and "4/4 done" in shown[-1], run.stdout


# -- flags


def test_a_certificate_authority_that_is_none_is_wrong_usage(tmp_path):
    file = tmp_path / "n.md"
    file.write_text("Ada met Charles.")
    for text in ("no certificate", "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n"):
        authority = tmp_path / "ca.pem"
        authority.write_text(text)
        run = engram(None, "ingest", file, "--server", "https://127.0.0.1:1", "--certificate-authority", authority)
        assert run.returncode == 64 and "ca.pem" in run.stderr, run.stderr


def test_plain_http_to_a_port_of_tls_hints_at_https(serve, tmp_path):
    subprocess.run([BINARY, "certificate", "--out", tmp_path / "tls"], check=True, capture_output=True)
    server = serve(
        "--tls-certificate", str(tmp_path / "tls/certificate.pem"), "--tls-key", str(tmp_path / "tls/key.pem"), scheme="https", start=False)
    server.trust = False
    server.start()
    file = notes(tmp_path / "a.ndjson", 1)
    run = engram(None, "ingest", file, "--server", f"http://127.0.0.1:{server.port}", "--key", "x", "--patience", "0")
    assert run.returncode == 3 and "https://" in run.stderr, run.stderr


def test_patience_is_a_duration(tmp_path):
    file = notes(tmp_path / "a.ndjson", 1)
    for patience in ("10ms", "0.01s", "0"):
        assert engram(None, "ingest", file, "--server", "http://127.0.0.1:1", "--patience", patience).returncode == 3
    assert engram(None, "ingest", file, "--patience", "soon").returncode == 64
