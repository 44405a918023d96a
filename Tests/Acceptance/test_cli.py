"""The command line: ingest, watch, key. Its exit codes and its JSON are for scripts, so both are promises."""

import json
import signal
import subprocess

import pytest

from server import BINARY, Server

SLOW = ("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "5")


def command(server: Server | None, *arguments: object) -> list[str]:
    where = ["--server", server.origin, "--data", str(server.data)] if server else []
    return [str(BINARY), *map(str, arguments), *where]


def engram(server: Server | None, *arguments: object, **options) -> subprocess.CompletedProcess:
    return subprocess.run(command(server, *arguments), capture_output=True, text=True, timeout=60, **options)


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def kinds(shown: list[dict]) -> list[str]:
    """What each line of --json is: its `event`, or whatever it is called."""
    return [str(line.get("event") or line.get("type") or line.get("kind")) for line in shown]


def stored(server: Server) -> list[str]:
    return [memory["content"] for memory in server.api.get("/memories/", params={"page_size": 100}).json()["memories"]]


@pytest.fixture
def notes(tmp_path):
    """Ten memories as NDJSON."""
    file = tmp_path / "notes.ndjson"
    file.write_text("".join(json.dumps({"content": f"Note {n}: Ada met Charles in London."}) + "\n" for n in range(10)))
    return file


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


def test_ndjson_is_one_memory_a_line_in_order(serve, notes):
    server = serve()
    assert engram(server, "ingest", notes).returncode == 0
    assert stored(server)[::-1] == [f"Note {n}: Ada met Charles in London." for n in range(10)]


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


def test_json_is_one_object_a_line_that_ends_with_a_summary(serve, notes):
    server = serve()
    ended = engram(server, "ingest", notes, "--json")
    assert ended.returncode == 0, ended.stderr
    seen = kinds(lines(ended.stdout))
    assert seen.count("accepted") == 10 and seen.count("completed") == 10
    assert seen[-1] == "summary"


def test_no_wait_only_submits(serve, notes):
    server = serve("--workers", "0")
    ended = engram(server, "ingest", notes, "--no-wait", "--json")
    assert ended.returncode == 0, ended.stderr
    assert kinds(lines(ended.stdout)).count("accepted") == 10
    assert len(stored(server)) == 10


def test_a_bad_line_is_told_and_the_good_ones_are_kept(serve, tmp_path):
    server = serve()
    file = tmp_path / "some.ndjson"
    file.write_text('{"content": "good"}\nnot json\n{"content": ""}\n{"content": "also good"}\n')
    ended = engram(server, "ingest", file, "--json")
    assert ended.returncode == 1
    seen = kinds(lines(ended.stdout))
    assert (seen.count("completed"), seen.count("rejected")) == (2, 2)
    assert sorted(stored(server)) == ["also good", "good"]


def test_failed_memories_make_exit_code_1(serve, notes):
    server = serve("--extractor", "paced", "--paced-delay", "1ms", "--paced-failure-rate", "1.0")
    ended = engram(server, "ingest", notes, "--json")
    assert ended.returncode == 1
    assert kinds(lines(ended.stdout)).count("failed") == 10


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
    assert stored(server) == []


def test_ingest_lives_through_kill_9_of_the_server(serve, notes):
    server = serve(*SLOW, "--workers", "2")
    with subprocess.Popen(command(server, "ingest", notes, "--json"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as client:
        shown = []
        for line in client.stdout:
            shown.append(json.loads(line))
            if kinds(shown).count("completed") == 2 and kinds(shown)[-1] == "completed":
                server.kill_and_restart()
    assert client.returncode == 0
    assert kinds(shown).count("completed") == 10
    assert len(stored(server)) == 10 == len(set(stored(server)))


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])
def test_the_same_command_after_an_interruption_goes_on_and_doubles_nothing(serve, notes, how):
    server = serve(*SLOW, "--workers", "2")
    with subprocess.Popen(command(server, "ingest", notes, "--json"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as client:
        shown = []
        for line in client.stdout:
            shown.append(json.loads(line))
            if kinds(shown).count("accepted") == 4:
                client.send_signal(how)
                break
        client.stdout.read()
    assert client.returncode == (-9 if how == signal.SIGKILL else 130)
    again = engram(server, "ingest", notes, "--json")
    assert again.returncode == 0, again.stderr
    assert len(stored(server)) == 10 == len(set(stored(server)))


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
