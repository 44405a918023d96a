"""The command line: ingest (of files; test_cli_imports.py has the rest), watch, key. Its exit codes and its JSON are for scripts, so both are promises."""

import json
import subprocess

import pytest

from commands import SLOW, command, engram, kinds, lines, stored
from server import BINARY


# -- ingest


@pytest.mark.parametrize("name, content_type", [("a note.txt", "text"), ("read me.md", "markdown"), ("data.json", "json")])
def test_a_file_is_one_memory_titled_with_its_name(serve, tmp_path, name, content_type):
    server = serve()
    file = tmp_path / name
    file.write_text('{"name": "Ada Lovelace 🙂"}\n')
    ended = engram(server, "ingest", file)
    assert ended.returncode == 0, ended.stderr
    [memory] = server.api.get("/memories/").json()["memories"]
    assert (memory["title"], memory["content_type"], memory["processing_status"]) == (name, content_type, "COMPLETED")
    assert "Ada Lovelace 🙂" in memory["content"]


def test_inputs_keep_their_order_and_so_do_lines(serve, notes, tmp_path):
    server = serve()
    (tmp_path / "first.txt").write_text("The first.")
    (tmp_path / "last.md").write_text("The last.")
    assert engram(server, "ingest", tmp_path / "first.txt", notes, tmp_path / "last.md").returncode == 0
    assert stored(server)[::-1] == ["The first.", *(f"Note {n}: Ada met Charles in London." for n in range(10)), "The last."]


def test_standard_input_is_text_or_ndjson(serve):
    server = serve()
    assert engram(server, "ingest", "-", input="Ada met Charles.\nIn London.\n").returncode == 0
    assert engram(server, "ingest", "-", input='{"content": "one"}\n{"content": "two"}\n').returncode == 0
    contents = stored(server)
    assert sorted(contents)[1:] == ["one", "two"] and "In London." in sorted(contents)[0]


def test_several_files_go_into_a_project_by_its_name(serve, tmp_path):
    server = serve()
    project = server.new_project("My notes")
    files = []
    for n in range(3):
        files.append(tmp_path / f"{n}.txt")
        files[-1].write_text(f"Note {n}")
    assert engram(server, "ingest", *files, "--project", "My notes").returncode == 0
    assert server.api.get("/memories/", params={"project_id": project}).json()["total"] == 3


def test_exit_codes_say_what_went_wrong(serve, tmp_path):
    server = serve()
    file = tmp_path / "a.txt"
    file.write_text("x")
    assert engram(server, "ingest", file, "--key", "ms_sk_" + "A" * 43).returncode == 4
    assert engram(server, "ingest", tmp_path / "nowhere.txt").returncode in (1, 64)
    assert engram(server, "ingest", file, "--project", "no such project").returncode in (1, 64)
    assert engram(None, "ingest").returncode == 64
    assert engram(None, "frobnicate").returncode == 64
    assert engram(None, "ingest", file, "--server", "http://127.0.0.1:1", "--key", "x", "--patience", "0").returncode == 3
    viewer = server.api.post("/auth/keys", json={"name": "v", "role": "viewer"}).json()["key"]
    assert engram(server, "ingest", file, "--key", viewer).returncode == 4
    many = tmp_path / "a.ndjson"
    many.write_text('{"content": "x"}\n' * 100_000)
    assert engram(server, "ingest", many, "--key", viewer).returncode == 4
    assert stored(server) == []


def test_a_run_that_was_done_starts_anew(serve, tmp_path):
    """Giving a file twice means it twice, once the first run has ended."""
    server = serve()
    file = tmp_path / "a.txt"
    file.write_text("Ada met Charles.")
    for count in (1, 2):
        assert engram(server, "ingest", file).returncode == 0
        assert len(stored(server)) == count


# -- watch


def test_watch_shows_every_change_until_the_end(serve):
    server = serve(*SLOW)
    task = server.remember()["task_id"]
    ended = engram(server, "watch", task, "--json")
    assert ended.returncode == 0, ended.stderr
    shown = lines(ended.stdout)
    assert kinds(shown)[-1] == "completed" and "progress" in kinds(shown)


def test_watch_takes_the_stream_s_address_too(serve):
    server = serve()
    memory = server.learn("Ada met Charles.")
    ended = subprocess.run([BINARY, "watch", server.origin + memory["stream_url"]], capture_output=True, text=True, timeout=30)
    assert ended.returncode == 0, ended.stderr


def test_watch_tells_the_ending_by_its_exit_code(serve):
    server = serve("--extractor", "paced", "--paced-delay", "1ms", "--paced-failure-rate", "1.0")
    failed = server.remember()["task_id"]
    assert engram(server, "watch", failed).returncode == 1
    assert engram(server, "watch", "00000000-0000-7000-8000-000000000000").returncode == 6
    assert engram(server, "watch", failed, "--key", "ms_sk_" + "A" * 43).returncode == 4
    server.stop()
    assert engram(server, "watch", failed, "--patience", "0").returncode == 3
    server.start("--workers", "0")
    cancelled = server.remember()["task_id"]
    server.api.post(f"/tasks/{cancelled}/cancel")
    assert engram(server, "watch", cancelled).returncode == 5


def test_watch_reconnects_by_itself_through_kill_9(serve):
    server = serve(*SLOW)
    task = server.remember()["task_id"]
    with subprocess.Popen(command(server, "watch", task, "--json"), stdout=subprocess.PIPE, text=True) as client:
        shown = [json.loads(client.stdout.readline())]
        server.kill_and_restart()
        shown += lines(client.stdout.read())
    assert client.returncode == 0
    assert kinds(shown)[-1] == "completed"


# -- key


def test_keys_are_created_listed_and_revoked(serve):
    server = serve()
    created = engram(server, "key", "create", "a friend", "--role", "viewer", "--json")
    assert created.returncode == 0, created.stderr
    key = json.loads(created.stdout)
    assert server.client(key["key"]).get("/projects/").status_code == 200
    assert key["permissions"] == ["read"]

    listed = engram(server, "key", "list")
    assert "a friend" in listed.stdout and key["key"] not in listed.stdout
    assert key["key_id"] in [other["key_id"] for other in json.loads(engram(server, "key", "list", "--json").stdout)]

    assert engram(server, "key", "revoke", key["key_id"]).returncode == 0
    assert server.client(key["key"]).get("/projects/").status_code == 401
    assert engram(server, "key", "revoke", key["key_id"]).returncode == 1


def test_only_an_owner_manages_keys(serve):
    server = serve()
    editor = json.loads(engram(server, "key", "create", "e", "--json").stdout)["key"]
    for arguments in (("key", "list"), ("key", "create", "x"), ("key", "revoke", "00000000-0000-7000-8000-000000000000")):
        ended = engram(server, *arguments, "--key", editor)
        assert ended.returncode == 4 and ended.stderr.strip(), arguments


def test_errors_are_sentences_on_stderr(serve, tmp_path):
    server = serve()
    for arguments in (("watch", "00000000-0000-7000-8000-000000000000"), ("ingest", tmp_path / "nowhere.txt"), ("key", "revoke", "x")):
        ended = engram(server, *arguments)
        assert ended.returncode != 0 and ended.stdout == ""
        assert 0 < len(ended.stderr.strip().splitlines()) <= 3
        assert "Error Domain" not in ended.stderr and "Optional(" not in ended.stderr and "(error" not in ended.stderr.lower()
