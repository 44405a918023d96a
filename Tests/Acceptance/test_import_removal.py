"""What an import brought goes, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from crash_graph import difference, graph
from import_files import LINES, begin, key, line, lines, send, total
from server import Server, eventually


def remove(server: Server, task: str) -> dict[str, Any]:
    """Removes what an import brought; how that ended."""
    answer = server.api.delete(f"/tasks/{task}/imported")
    assert answer.status_code == 202, answer.text
    assert answer.json()["message"] and answer.json()["stream_url"]
    return server.ending(answer.json()["task_id"])


def facts(server: Server, project: str, memories: list[str]) -> dict[str, list[Any]]:
    """What is in the graph by names. Communities depend on their history, and a schema keeps what it has learnt."""
    found = graph(server.api, project, {memory: index for index, memory in enumerate(memories)})
    return {kind: found[kind] for kind in ("entities", "relationships", "mentions")}


def test_the_graph_is_that_of_a_server_that_never_saw_the_import(server):
    touched, calm = server.new_project(), server.new_project()
    texts = ["Person3 works for Company3.", "Grace Hopper works for Company1.", "Person9 lives in London."]
    own = {project: [server.learn(text, project)["id"] for text in texts[:2]] for project in (touched, calm)}
    task = send(server, lines(*range(300)), touched).json()["task_id"]
    own[touched].append(server.learn(texts[2], touched)["id"])
    own[calm].append(server.learn(texts[2], calm)["id"])
    assert server.ending(task)["event"] == "completed"
    end = remove(server, task)
    assert end["event"] == "completed" and end["name"] == "remove_imported" and end["parent_task_id"] == task
    assert end["result"] == {"memories_removed": 300, "memories_kept": 0}
    assert total(server, touched) == 3
    assert difference(facts(server, touched, own[touched]), facts(server, calm, own[calm])) == ""
    assert remove(server, task)["result"] == {"memories_removed": 0, "memories_kept": 0}
    # The history stays, and what was removed can be imported again.
    assert server.api.get(f"/tasks/{task}").json()["status"] == "Completed"
    assert send(server, lines(*range(300)), touched).json()["accepted"] == 300


def test_what_has_another_version_by_now_stays(server, project):
    known = server.learn("Ada met Charles.", project, external_id="line-0")
    body = line(0, "Ada wrote to Charles.") + line(1) + line(2) + line(3)
    answer = send(server, body.encode(), project).json()
    assert (answer["accepted"], answer["revised"]) == (3, 1)
    end = server.ending(answer["task_id"])
    assert end["event"] == "completed" and end["result"]["revised"] == 1
    memories = {each["external_id"]: each for each in server.api.get("/memories/", params={"project_id": project}).json()["memories"]}
    changed = server.api.patch(f"/memories/{memories['line-2']['id']}", json={"content": "Somebody else wrote this."})
    assert changed.status_code == 200
    server.ending(changed.json()["task_id"])
    assert remove(server, answer["task_id"])["result"] == {"memories_removed": 2, "memories_kept": 1}
    left = {each["external_id"]: each for each in server.api.get("/memories/", params={"project_id": project}).json()["memories"]}
    assert left.keys() == {"line-0", "line-2"}
    assert left["line-0"]["content"] == "Ada wrote to Charles." and left["line-0"]["id"] == known["id"]


def test_a_newer_import_takes_over_what_it_changes(server, project):
    first = send(server, lines(*range(6)), project).json()["task_id"]
    server.ending(first)
    second = send(server, "".join(line(n, f"Person{n} left Company{n}.") for n in range(3)).encode(), project).json()
    assert (second["accepted"], second["revised"], second["unchanged"]) == (0, 3, 0)
    assert server.ending(second["task_id"])["result"]["completed"] == 3
    assert remove(server, second["task_id"])["result"] == {"memories_removed": 0, "memories_kept": 0}
    assert remove(server, first)["result"] == {"memories_removed": 3, "memories_kept": 3}
    assert total(server, project) == 3


def test_an_import_under_way_is_cancelled_first(serve):
    server = serve("--extractor", "paced", "--paced-delay", "60s", "--grace", "100ms", "--workers", "2")
    task = send(server, lines(*range(800))).json()["task_id"]
    answer = server.api.delete(f"/tasks/{task}/imported")
    assert answer.status_code == 409 and "cancel" in answer.json()["detail"]
    assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
    end = remove(server, task)
    assert end["event"] == "completed" and end["result"]["memories_removed"] == 800
    assert total(server) == 0
    eventually(lambda: server.api.get("/tasks/stats").json()["pending"] == 0)


@pytest.mark.parametrize("failpoint", ["remove:before:3", "remove:after:3"])
def test_a_removal_counts_each_memory_once_whenever_the_process_dies(serve, failpoint):
    server = serve()
    task = send(server, lines(*range(500))).json()["task_id"]
    server.ending(task)
    server.stop()
    server.environment = {"ENGRAM_FAILPOINT": failpoint}
    server.start()
    removal = server.api.delete(f"/tasks/{task}/imported").json()["task_id"]
    process, server.process = server.process, None
    assert process.wait(30) == -9
    process.stdout.close()
    server.environment = {}
    server.start()
    assert server.ending(removal)["result"] == {"memories_removed": 500, "memories_kept": 0}
    assert total(server) == 0


def test_a_removal_goes_on_after_a_kill(serve):
    server = serve()
    task = send(server, lines(*range(600))).json()["task_id"]
    server.ending(task)
    removal = server.api.delete(f"/tasks/{task}/imported").json()["task_id"]
    eventually(lambda: total(server) < 600)
    server.kill_and_restart()
    end = server.ending(removal)
    assert end["event"] == "completed" and end["result"] == {"memories_removed": 600, "memories_kept": 0}
    assert total(server) == 0 and server.api.get("/entities/").json()["total"] == 0


def test_who_may_and_what_can(server, project):
    task = send(server, lines(1), project).json()["task_id"]
    server.ending(task)
    with key(server, role="viewer") as viewer, key(server, role="editor", projects=[server.new_project()]) as stranger:
        assert viewer.delete(f"/tasks/{task}/imported").status_code == 403
        assert stranger.delete(f"/tasks/{task}/imported").status_code == 404
    memory = server.learn("Ada met Charles.", project)
    assert server.api.delete(f"/tasks/{memory['task_id']}/imported").status_code == 404
    assert server.api.delete("/tasks/00000000-0000-7000-8000-000000000000/imported").status_code == 404
    assert server.api.post(f"/projects/{project}/imports", content=b"", headers=LINES).status_code == 202
    assert begin(server, project)["upload_url"]
