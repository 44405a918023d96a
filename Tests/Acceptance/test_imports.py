"""Imports: many memories in one body, in one step or two, through cuts and kills, to exactly once."""

from __future__ import annotations

import json
import subprocess
import threading
from pathlib import Path
from typing import Any, Iterator

import httpx
import pytest

from import_files import LINES, Upload, begin, key, line, lines, put, rejected, send, total
from server import BASE, Server, eventually

SLOW = ("--extractor", "paced", "--paced-delay", "60s", "--grace", "100ms")


# -- one step


def test_lines_become_memories_under_one_task(server, project):
    answer = send(server, lines(1, 2, 3), project)
    assert answer.status_code == 202
    body = answer.json()
    assert body["message"] and (body["accepted"], body["rejected"], body["revised"], body["unchanged"]) == (3, 0, 0, 0)
    end = server.ending(body["task_id"])
    assert end["event"] == "completed" and end["name"] == "import" and end["progress"] == 100
    result = end["result"]
    assert (result["lines"], result["accepted"], result["completed"], result["failed"], result["failures"]) == (3, 3, 3, 0, [])
    assert "warning" not in result
    children = server.api.get("/tasks/recent", params={"parent_task_id": body["task_id"]}).json()
    assert {child["parent_task_id"] for child in children} == {body["task_id"]} and len(children) == 3
    assert {child["priority"] for child in children} == {"bulk"}
    for name in ("entities_created", "relationships_created"):
        assert result[name] == sum(child["result"][name] for child in children) > 0
    assert total(server, project) == 3
    assert server.api.get("/tasks/recent", params={"parent_task_id": children[0]["id"]}).json() == []


def test_every_line_is_judged_by_itself_and_the_rejected_can_be_downloaded(server, project):
    other = server.new_project()
    body = b"\xef\xbb\xbf" + b"".join([
        line(1).encode(), b"\r\n", b"{broken\n", b'{"content":""}\n', line(5, project_id=project, priority="interactive").encode(),
        line(6, project_id=other).encode(), b"[1,2]\n", b'{"content":"\xff"}\n', b'{"content":"a\\u0000b"}\n',
        json.dumps({"content": "x", "tags": 3, "content_type": "prose"}).encode() + b"\r\n", b"   \n", line(12).rstrip("\n").encode()])
    answer = send(server, body, project).json()
    assert (answer["accepted"], answer["rejected"]) == (3, 7)
    found = rejected(server, answer["task_id"])
    assert [each["line"] for each in found] == [3, 4, 6, 7, 8, 9, 10]
    errors = {each["line"]: each["error"] for each in found}
    assert "not valid JSON" in errors[3] and "content" in errors[4] and "another project" in errors[6] and "object" in errors[7]
    assert "UTF-8" in errors[8] and "NUL" in errors[9] and "tags" in errors[10] and "content_type" in errors[10]
    assert found[0]["content"] == "{broken" and found[3]["content"] == "[1,2]"
    end = server.ending(answer["task_id"])
    assert end["event"] == "completed" and "7 lines were rejected" in end["result"]["warning"]
    children = server.api.get("/tasks/recent", params={"parent_task_id": answer["task_id"]}).json()
    assert sorted(child["priority"] for child in children) == ["bulk", "bulk", "interactive"]


def test_a_line_that_is_too_long_is_passed_over(serve):
    server = serve("--body-limit", "2000")
    answer = send(server, line(1).encode() + line(2, "x" * 500_000).encode() + line(3).encode()).json()
    assert (answer["accepted"], answer["rejected"]) == (2, 1)
    [found] = rejected(server, answer["task_id"])
    assert found["line"] == 2 and "2000 bytes" in found["error"] and found["content"] is None


def test_the_same_file_again_changes_nothing(server, project):
    body = lines(*range(50))
    server.ending(send(server, body, project).json()["task_id"])
    answer = send(server, body + lines(50), project).json()
    assert (answer["accepted"], answer["unchanged"], answer["rejected"]) == (1, 50, 0)
    end = server.ending(answer["task_id"])
    assert end["event"] == "completed" and end["result"]["unchanged"] == 50
    assert total(server, project) == 51


def test_an_empty_file_is_an_import_of_nothing(server, project):
    answer = send(server, b"", project)
    assert answer.status_code == 202
    assert "no memories" in server.ending(answer.json()["task_id"])["result"]["warning"]


def test_failures_are_named_in_the_result(serve):
    server = serve("--extractor", "paced", "--paced-delay", "5ms", "--paced-failure-rate", "0.5")
    answer = send(server, lines(*range(40))).json()
    end = server.ending(answer["task_id"])
    result = end["result"]
    assert end["event"] == "failed" and end["error"] and result["completed"] + result["failed"] == 40
    assert 0 < len(result["failures"]) == result["failed"]
    for failure in result["failures"]:
        assert failure.keys() == {"task_id", "memory_id", "line", "error"} and failure["error"]
        assert server.api.get(f"/tasks/{failure['task_id']}").json()["status"] == "Failed"
    assert [failure["line"] for failure in result["failures"]] == sorted(failure["line"] for failure in result["failures"])


def test_its_stream_shows_how_far_it_is_and_no_words_of_an_end(serve):
    server = serve("--extractor", "paced", "--paced-delay", "40ms", "--paced-parts", "1", "--workers", "4")
    begun = begin(server)
    with server.stream(begun["task_id"]) as stream:
        events = stream.events()
        first = next(events)
        assert first.type == "progress" and first.json["progress"] == 0
        assert put(server, begun, lines(*range(120))).status_code == 202
        shown = [first, *events]
    assert shown[-1].type == "completed" and len(shown) >= 4
    for event in shown[:-1]:
        assert "completed" not in event.data and "failed" not in event.data
    progress = [event.json["progress"] for event in shown]
    assert progress == sorted(progress) and progress[-1] == 100
    assert any("of 120 memories ingested" in event.json["message"] for event in shown[:-1])


def test_the_wrong_kind_of_body_is_415_and_says_what_is_right(server, project):
    for kind in ("text/plain", "application/xml", ""):
        answer = server.api.post(f"/projects/{project}/imports", content=lines(1), headers={"Content-Type": kind})
        assert answer.status_code == 415 and "ndjson" in answer.json()["detail"]
    for kind in ("application/ndjson", "application/jsonl", "application/x-ndjson; charset=utf-8"):
        assert server.api.post(f"/projects/{project}/imports", content=lines(1), headers={"Content-Type": kind}).status_code == 202


# -- who may


def test_a_viewer_reads_and_does_not_import(server, project):
    task = send(server, b"{bad\n", project).json()["task_id"]
    begun = begin(server, project)
    with key(server, role="viewer") as viewer:
        assert viewer.post(f"/projects/{project}/imports", content=lines(1), headers=LINES).status_code == 403
        assert viewer.put(begun["upload_url"].removeprefix(BASE), content=lines(1), headers=LINES).status_code == 403
        assert viewer.get(f"/tasks/{task}/rejected").status_code == 200
        assert viewer.get(begun["upload_url"].removeprefix(BASE)).json()["state"] == "open"


def test_a_key_for_other_projects_finds_nothing(server, project):
    task = send(server, b"{bad\n", project).json()["task_id"]
    begun = begin(server, project)
    own = server.new_project()
    with key(server, role="editor", projects=[own]) as stranger:
        assert stranger.post(f"/projects/{project}/imports", content=lines(1), headers=LINES).status_code == 404
        assert stranger.put(begun["upload_url"].removeprefix(BASE), content=lines(1), headers=LINES).status_code == 404
        assert stranger.put(f"/projects/{own}/imports/{begun['task_id']}", content=lines(1), headers=LINES).status_code == 404
        assert stranger.get(f"/tasks/{task}/rejected").status_code == 404
        assert stranger.post(f"/tasks/{begun['task_id']}/cancel").status_code == 404
        assert stranger.post(f"/projects/{own}/imports", content=lines(1), headers=LINES).status_code == 202
    memory = server.remember(project=project)
    assert server.api.get(f"/tasks/{memory['task_id']}/rejected").status_code == 404
    assert server.api.put(f"/projects/{project}/imports/{memory['task_id']}", content=b"", headers=LINES).status_code == 404


# -- cuts


def test_what_came_before_a_cut_is_kept_and_the_import_says_where_it_was(server, project):
    upload = Upload(server, f"{BASE}/projects/{project}/imports", length=1_000_000)
    upload.send(lines(*range(300)) + b'{"content":"half a li')
    task = eventually(lambda: server.api.get("/tasks/recent", params={"task_type": "import", "project_id": project}).json())[0]["id"]
    upload.cut()
    end = server.ending(task)
    assert end["event"] == "failed" and "after line 300" in end["error"]
    assert (end["result"]["accepted"], end["result"]["rejected"]) == (300, 0)
    answer = send(server, lines(*range(400)), project).json()
    assert (answer["unchanged"], answer["accepted"]) == (300, 100)


def test_an_upload_that_was_cut_goes_on_where_it_stopped(server, project):
    begun = begin(server, project, name="notes.ndjson")
    body = lines(*range(1000))
    upload = Upload(server, begun["upload_url"], "PUT", length=len(body))
    upload.send(body[:40_000])
    state = begun["upload_url"].removeprefix(BASE)
    eventually(lambda: server.api.get(state).json()["lines"] > 0)
    upload.cut()
    answer = eventually(lambda: (answer := put(server, begun, body)).status_code != 409 and answer)
    assert answer.status_code == 202 and answer.json()["accepted"] == 1000 and answer.json()["unchanged"] == 0
    # The answer may have been lost: the same again says the same.
    assert put(server, begun, body).json()["accepted"] == 1000
    assert put(server, begun, body + b"\n").status_code == 409
    end = server.ending(begun["task_id"])
    assert end["event"] == "completed" and end["result"]["accepted"] == 1000 and end["result"]["name"] == "notes.ndjson"
    assert total(server, project) == 1000


def test_another_file_does_not_go_on(server, project):
    begun = begin(server, project)
    upload = Upload(server, begun["upload_url"], "PUT")
    body = lines(*range(600))
    upload.send(body)
    state = begun["upload_url"].removeprefix(BASE)
    taken = eventually(lambda: server.api.get(state).json()["bytes"])
    upload.cut()
    eventually(lambda: put(server, begun, b"x" * len(body)).json()["detail"].startswith("The first"))
    assert taken <= server.api.get(state).json()["bytes"]
    short = put(server, begun, body[: taken // 2])
    assert short.status_code == 409 and "Send the same file" in short.json()["detail"]
    assert put(server, begun, body).json()["accepted"] == 600


def test_one_upload_at_a_time(server, project):
    begun = begin(server, project)
    upload = Upload(server, begun["upload_url"], "PUT")
    upload.send(lines(*range(300)))
    eventually(lambda: server.api.get(begun["upload_url"].removeprefix(BASE)).json()["lines"] > 0)
    answer = put(server, begun, lines(*range(300)))
    assert answer.status_code == 409 and "under way" in answer.json()["detail"]
    upload.send(lines(300))
    status, body = upload.finish()
    assert (status, body["accepted"]) == (202, 301)


def test_a_slow_client_is_taken_at_its_pace(server, project):
    """Its lines are stored though no batch is full."""
    upload = Upload(server, f"{BASE}/projects/{project}/imports")
    sent = 0

    def is_stored() -> bool:
        nonlocal sent
        upload.send(line(sent).encode()[:20])
        upload.send(line(sent).encode()[20:])
        sent += 1
        return total(server, project) > 0

    eventually(is_stored, what="the first lines")
    status, body = upload.finish()
    assert (status, body["accepted"]) == (202, sent) and sent < 256


def test_a_client_that_stalls_is_not_waited_for_and_can_come_back(server, project):
    """It has half a minute for each piece."""
    begun = begin(server, project)
    body = lines(*range(500))
    upload = Upload(server, begun["upload_url"], "PUT", length=len(body))
    upload.send(body[:-10])
    eventually(lambda: server.api.get(begun["upload_url"].removeprefix(BASE)).json()["lines"] > 0)
    assert "under way" in put(server, begun, body).json()["detail"]
    answer = eventually(lambda: (answer := put(server, begun, body)).status_code != 409 and answer, within=45)
    assert answer.status_code == 202 and answer.json()["accepted"] == 500
    assert server.ending(begun["task_id"])["event"] == "completed"


# -- kills


@pytest.mark.parametrize("failpoint", [None, "batch:before:2", "batch:after:2", "batch:after:3"])
def test_an_upload_survives_the_death_of_the_server(serve, failpoint):
    server = serve("--workers", "4", start=False)
    server.environment = {"ENGRAM_FAILPOINT": failpoint} if failpoint else {}
    server.start()
    begun = begin(server)
    body = lines(*range(2000))
    if failpoint:
        with pytest.raises(httpx.HTTPError):
            put(server, begun, body)
        process, server.process = server.process, None
        assert process.wait(30) == -9
        process.stdout.close()
    else:
        upload = Upload(server, begun["upload_url"], "PUT", length=len(body))
        upload.send(body[:90_000])
        eventually(lambda: server.api.get(begun["upload_url"].removeprefix(BASE)).json()["lines"] > 300)
        server.kill()
    server.environment = {}
    server.start()
    standing = server.api.get(begun["upload_url"].removeprefix(BASE)).json()
    assert standing["state"] == "open" and standing["accepted"] == standing["lines"] == total(server)
    answer = put(server, begun, body)
    assert answer.status_code == 202 and answer.json()["accepted"] == 2000 and answer.json()["unchanged"] == 0
    end = server.ending(begun["task_id"])
    assert end["event"] == "completed" and end["result"]["completed"] == 2000
    assert total(server) == 2000


def test_an_import_of_one_step_ends_with_the_server_it_came_to(serve):
    server = serve()
    upload = Upload(server, f"{BASE}/projects/default/imports", length=10_000_000)
    upload.send(lines(*range(1000)))
    eventually(lambda: total(server) > 300)
    [task] = server.api.get("/tasks/recent", params={"task_type": "import"}).json()
    server.kill_and_restart()
    end = server.ending(task["id"])
    kept = total(server)
    assert end["event"] == "failed" and f"after line {kept:,}" in end["error"]
    assert end["result"]["accepted"] == end["result"]["completed"] == kept
    assert send(server, lines(*range(1000))).json()["unchanged"] == kept


def test_an_import_whose_children_run_goes_on_after_a_kill(serve):
    server = serve("--extractor", "paced", "--paced-delay", "30ms", "--paced-parts", "1", "--workers", "2")
    task = send(server, lines(*range(100))).json()["task_id"]
    eventually(lambda: server.api.get(f"/tasks/{task}").json()["progress"] > 10, within=20)
    server.kill_and_restart("--workers", "16")
    end = server.ending(task)
    assert end["event"] == "completed" and end["result"]["completed"] == 100


def test_a_retry_tries_the_children_that_failed(serve):
    server = serve("--extractor", "paced", "--paced-delay", "5ms", "--paced-failure-rate", "0.5")
    task = send(server, lines(*range(40))).json()["task_id"]
    failed = server.ending(task)["result"]["failed"]
    assert failed > 0
    server.stop()
    server.start("--workers", "8")
    answer = server.api.post(f"/tasks/{task}/retry")
    assert answer.status_code == 200 and answer.json()["task"]["status"] == "Processing" and answer.json()["task"]["attempt"] == 2
    end = server.ending(task)
    assert end["event"] == "completed" and (end["result"]["completed"], end["result"]["failed"]) == (40, 0)
    assert server.api.post(f"/tasks/{task}/retry").status_code == 409


# -- cancel


def test_a_cancel_stops_all_that_has_not_ended(serve):
    server = serve(*SLOW, "--workers", "4")
    body = send(server, lines(*range(1500))).json()
    task = body["task_id"]
    children = server.api.get("/tasks/recent", params={"parent_task_id": task, "limit": 500}).json()
    running = eventually(lambda: server.api.get("/tasks/recent", params={"parent_task_id": task, "status": "processing"}).json())
    with server.stream(running[0]["id"]) as stream:
        answer = server.api.post(f"/tasks/{task}/cancel")
        assert answer.status_code == 200 and answer.json()["task"]["status"] == "Cancelled"
        *_, last = stream.events()
        assert last.type == "cancelled"
    # Its receipt is there at once, and is what becomes of the rest.
    result = answer.json()["task"]["result"]
    assert (result["accepted"], result["rejected"], result["completed"], result["failed"], result["cancelled"]) == (1500, 0, 0, 0, 1500)
    assert server.ending(task)["result"] == result == server.api.get(f"/tasks/{task}").json()["result"]
    assert server.api.post(f"/tasks/{task}/cancel").status_code == 409
    eventually(lambda: server.api.get("/tasks/stats").json()["pending"] == 0)
    stats = server.api.get("/tasks/stats").json()
    assert (stats["processing"], stats["cancelled"]) == (0, 1501)
    assert server.api.get(f"/tasks/{children[0]['id']}").json()["status"] == "Cancelled"
    assert server.api.get("/entities/").json()["total"] == 0


def test_a_cancelled_import_is_not_gone_on_with_after_a_kill(serve):
    server = serve("--workers", "0")
    task = send(server, lines(*range(3000))).json()["task_id"]
    result = server.api.post(f"/tasks/{task}/cancel").json()["task"]["result"]
    server.kill_and_restart("--workers", "8")
    assert result["cancelled"] == 3000 and server.ending(task)["result"] == result
    eventually(lambda: server.api.get("/tasks/stats").json()["pending"] == 0)
    assert server.api.get(f"/tasks/{task}").json()["status"] == "Cancelled"
    assert server.api.get("/tasks/stats").json()["completed"] == 0
    assert server.api.get("/entities/").json()["total"] == 0


def test_a_cancel_ends_the_upload(server, project):
    begun = begin(server, project)
    upload = Upload(server, begun["upload_url"], "PUT")
    upload.send(lines(*range(300)))
    eventually(lambda: total(server, project) > 0)
    assert server.api.post(f"/tasks/{begun['task_id']}/cancel").status_code == 200
    upload.send(lines(*range(300, 900)))
    status, body = upload.finish()
    assert status == 409 and "ended" in body["detail"]
    assert put(server, begun, lines(1)).status_code == 409


def test_a_file_that_is_not_wanted_is_refused_at_once_however_long_it_is(server, project, tmp_path):
    """The client is told while it sends; nobody reads the rest."""
    begun = begin(server, project)
    assert put(server, begun, lines(1)).status_code == 202
    server.ending(begun["task_id"])
    for length in (2 << 30, None):
        upload = Upload(server, begun["upload_url"], "PUT", length=length)
        upload.send(lines(*range(200)))
        status, body = upload.answer()
        assert status == 409 and "no more lines" in body["detail"] and upload.headers["connection"] == "close"
        if length:
            with pytest.raises(OSError):
                while True:
                    upload.send(b"x" * (1 << 20))
    large = tmp_path / "large.ndjson"
    with large.open("wb") as file:
        file.truncate(2 << 30)
    curl = ["curl", "-sS", "-T", large, "-H", f"Authorization: Bearer {server.owner_key}", "-H", "Content-Type: application/x-ndjson"]
    ended = subprocess.run([*curl, "-w", "%{http_code} %{size_upload}", server.origin + begun["upload_url"]], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    answer, _, figures = ended.stdout.rpartition("}")
    assert "no more lines" in answer and figures.split()[0] == "409" and int(figures.split()[1]) < 256 << 20


def test_a_project_with_an_import_under_way_is_busy(server):
    project = server.new_project()
    begun = begin(server, project)
    assert server.api.delete(f"/projects/{project}").status_code == 409
    assert server.api.delete(f"/projects/{project}", params={"force": "true"}).status_code == 204
    assert server.api.get(f"/tasks/{begun['task_id']}").status_code == 404
    assert put(server, begun, lines(1)).status_code == 404


# -- memory


def resident(server: Server) -> int:
    """In MB, at its highest."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(next(each for each in status.splitlines() if each.startswith("VmHWM")).split()[1]) // 1024


def test_memory_stays_flat_however_long_the_body_is(serve):
    server = serve("--workers", "0")
    text = "Ada met Charles in London. " * 140
    # The database's own memory fills up first.
    send(server, b"".join(line(n, text).encode() for n in range(20_000)))
    before = resident(server)

    def pieces() -> Iterator[bytes]:
        for start in range(0, 25_000, 100):
            yield b"".join(json.dumps({"content": f"{n} {text}"}).encode() + b"\n" for n in range(start, start + 100))

    answer = send(server, pieces())
    assert answer.status_code == 202 and answer.json()["accepted"] == 25_000
    assert resident(server) - before < 25, f"{before} MB before, {resident(server)} MB after 95 MB more"
    assert resident(server) < 200


def test_a_reader_that_sleeps_through_an_import_costs_no_memory_and_catches_up(serve):
    """Its connection is full all the while; what it missed is conflated, and the ending is not."""
    server = serve("--workers", "8")
    server.ending(send(server, lines(*range(1000)), server.new_project()).json()["task_id"])
    before = resident(server)
    task = send(server, lines(*range(1500)), project := server.new_project()).json()["task_id"]
    sleepers = [server.stream(task, receive_buffer=2048) for _ in range(100)]
    kept_up = server.ending(task)
    assert kept_up["event"] == "completed" and kept_up["result"]["completed"] == 1500 == total(server, project)
    assert resident(server) - before < 40, f"{before} MB before, {resident(server)} MB after"
    for sleeper in sleepers:
        with sleeper:
            *shown, last = sleeper.events()
            assert (last.type, last.json["result"]) == ("completed", kept_up["result"])
            assert [event.json["progress"] for event in shown] == sorted(event.json["progress"] for event in shown)


def test_interactive_memories_pass_an_import_by(serve):
    server = serve("--extractor", "paced", "--paced-delay", "20ms", "--paced-parts", "1", "--workers", "2")
    task = send(server, lines(*range(400))).json()["task_id"]
    assert server.learn("Grace Hopper works for IBM.")["id"]
    assert server.api.get(f"/tasks/{task}").json()["status"] == "Processing"


def test_many_imports_at_once(server):
    projects = [server.new_project() for _ in range(4)]
    answers: dict[str, dict[str, Any]] = {}

    def run(project: str) -> None:
        with server.client(server.owner_key) as client:
            answers[project] = client.post(f"/projects/{project}/imports", content=lines(*range(300)), headers=LINES).json()

    threads = [threading.Thread(target=run, args=(project,)) for project in projects]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for project in projects:
        assert server.ending(answers[project]["task_id"])["result"]["completed"] == 300
        assert total(server, project) == 300
