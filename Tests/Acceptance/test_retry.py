"""What failed or was cancelled is tried again at a client's wish: one by one, or all of a project's."""

import signal

import pytest

from events import epoch_version
from server import Server, eventually

SLOW = ("--extractor", "paced", "--paced-delay", "60s", "--grace", "100ms")
FAILING = ("--extractor", "paced", "--paced-delay", "5ms", "--paced-parts", "1", "--paced-failure-rate", "1")
NOBODY = "00000000-0000-7000-8000-000000000000"


def failed(server: Server, content: str = "Ada met Charles.", project: str = "default") -> dict:
    """A memory whose task has failed, which is the last event that a client has seen."""
    memory = server.remember(content, project)
    with server.stream(memory["task_id"]) as stream:
        *_, last = stream.events()
    assert last.type == "failed"
    return {**memory, "last": last}


def test_a_failed_task_is_queued_again_and_completes(serve):
    server = serve(*FAILING)
    memory = failed(server)
    server.stop()
    server.start("--workers", "0")
    answer = server.api.post(f"/tasks/{memory['task_id']}/retry")
    assert answer.status_code == 200, answer.text
    task = answer.json()["task"]
    assert answer.json()["message"]
    assert (task["status"], task["stage"], task["progress"], task["message"]) == ("Pending", "pending", 0, "Queued")
    assert (task["error"], task["result"], task["completed_at"], task["started_at"]) == (None, None, None, None)
    assert server.api.get(f"/memories/{memory['id']}").json()["processing_status"] == "PENDING"
    assert server.api.get("/tasks/queues").json()["total"] == 1
    attempts = task["attempt"]

    # Whoever saw it fail comes back and sees it go on.
    with server.stream(memory["task_id"], headers={"Last-Event-ID": memory["last"].id}) as stream:
        first = next(stream.events())
        assert (first.type, first.json["status"], first.json["message"]) == ("progress", "pending", "Queued")
        assert epoch_version(first.id) > epoch_version(memory["last"].id)

    server.stop()
    server.start("--workers", "4")
    assert server.ending(memory["task_id"])["event"] == "completed"
    events = server.api.get(f"/tasks/{memory['task_id']}/events").json()["events"]
    assert {event["attempt"] for event in events} >= {1, attempts + 1}, "the timeline of the earlier round is kept"
    assert server.api.get("/entities/").json()["total"] == 2


def test_the_next_attempt_says_which_it_is(serve, tmp_path):
    server = serve(*FAILING)
    memory = failed(server)
    server.stop()
    file = tmp_path / "engram.json"
    file.write_text('{"workers": 0}')
    server.start(*FAILING, "--config", str(file))
    waiting = server.api.post(f"/tasks/{memory['task_id']}/retry").json()["task"]
    with server.stream(memory["task_id"], headers={"Last-Event-ID": memory["last"].id}) as stream:
        shown = stream.events()
        events = [next(shown)]
        # Nobody works on it before the stream is open.
        file.write_text('{"workers": 2}')
        server.process.send_signal(signal.SIGHUP)
        events += shown
    assert events[-1].type == "failed"
    attempt = waiting["attempt"] + 1
    assert f"Retrying (attempt {attempt})" in [event.json["message"] for event in events[:-1]]
    ids = [epoch_version(event.id) for event in [memory["last"], *events]]
    assert ids == sorted(set(ids))


def test_a_cancelled_task_is_retried_while_its_extraction_is_still_being_stopped(serve):
    server = serve("--extractor", "paced", "--paced-delay", "300ms", "--paced-parts", "2")
    task = server.remember("Ada met Charles.")["task_id"]
    with server.stream(task) as stream:
        next(event for event in stream.events() if event.json["stage"] == "extract")
    for action in ("cancel", "retry", "cancel", "retry"):
        assert server.api.post(f"/tasks/{task}/{action}").status_code == 200
    assert server.ending(task)["event"] == "completed"
    assert server.api.get("/entities/").json()["total"] == 2


def test_what_has_not_ended_that_way_is_409(serve):
    server = serve("--workers", "0")
    waiting = server.remember()["task_id"]
    answer = server.api.post(f"/tasks/{waiting}/retry")
    assert answer.status_code == 409 and "retried" in answer.json()["detail"]
    server.stop()
    server.start("--workers", "2")
    assert server.ending(waiting)["event"] == "completed"
    assert server.api.post(f"/tasks/{waiting}/retry").status_code == 409
    assert server.api.post(f"/tasks/{NOBODY}/retry").status_code == 404


def test_a_retried_task_waits_behind_the_others(serve):
    server = serve("--workers", "0")
    first, second, third = (server.remember(f"Note {n}")["task_id"] for n in range(3))
    server.api.post(f"/tasks/{first}/cancel").raise_for_status()
    server.api.post(f"/tasks/{first}/retry").raise_for_status()
    server.stop()
    server.start("--workers", "1")
    for task in (first, second, third):
        assert server.ending(task)["event"] == "completed"
    ended = {task: server.api.get(f"/tasks/{task}").json()["completed_at"] for task in (first, second, third)}
    assert ended[second] <= ended[third] <= ended[first]


def test_all_that_failed_in_a_project_are_retried_and_nothing_else(serve):
    server = serve(*FAILING)
    project = server.new_project()
    tasks = [failed(server, f"Note {n}", project)["task_id"] for n in range(3)]
    elsewhere = failed(server, "Elsewhere")["task_id"]
    server.stop()
    server.start("--workers", "0")
    cancelled = server.remember("Cancelled", project)["task_id"]
    server.api.post(f"/tasks/{cancelled}/cancel").raise_for_status()

    def status(task: str) -> str:
        return server.api.get(f"/tasks/{task}").json()["status"]

    answer = server.api.post(f"/projects/{project}/tasks/retry")
    assert answer.status_code == 200 and answer.json()["retried"] == 3 and answer.json()["message"]
    assert [status(task) for task in tasks] == ["Pending"] * 3
    assert (status(elsewhere), status(cancelled)) == ("Failed", "Cancelled")
    assert server.api.post(f"/projects/{project}/tasks/retry").json()["retried"] == 0
    assert server.api.post(f"/projects/{project}/tasks/retry", json={"status": "cancelled"}).json()["retried"] == 1
    assert server.api.post("/projects/default/tasks/retry", params={"status": "failed"}).json()["retried"] == 1
    assert server.api.get("/tasks/queues").json()["total"] == 5


@pytest.mark.parametrize("query, body", [("?status=pending", None), ("?status=x", None), ("", {"status": "completed"}), ("", {"status": 1})])
def test_other_states_are_422(server, query, body):
    assert server.api.post(f"/projects/default/tasks/retry{query}", json=body).status_code == 422


def test_a_viewer_may_not_retry(serve):
    server = serve("--workers", "0")
    task = server.remember()["task_id"]
    server.api.post(f"/tasks/{task}/cancel").raise_for_status()
    key = server.api.post("/auth/keys", json={"name": "reader", "role": "viewer"}).json()["key"]
    viewer = server.client(key)
    assert viewer.post(f"/tasks/{task}/retry").status_code == 403
    assert viewer.post("/projects/default/tasks/retry").status_code == 403
    assert server.api.post("/projects/unknown/tasks/retry").status_code == 404


def test_an_import_is_retried_with_what_failed_of_it(serve):
    server = serve(*FAILING)
    project = server.new_project()
    lines = "\n".join('{"content": "Ada met Charles %d times.", "external_id": "%d"}' % (n, n) for n in range(20)) + "\nno memory\n"
    answer = server.api.post(f"/projects/{project}/imports", content=lines, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 202, answer.text
    task = answer.json()["task_id"]
    with server.stream(task) as stream:
        *_, last = stream.events()
    assert last.type == "failed" and last.json["result"]["failed"] == 20
    server.stop()
    server.start("--workers", "4")
    assert server.api.post(f"/tasks/{task}/retry").json()["task"]["status"] == "Processing"
    with server.stream(task, headers={"Last-Event-ID": last.id}) as stream:
        events = list(stream.events())
    assert events[-1].type == "completed", events[-1]
    assert (events[-1].json["result"]["completed"], events[-1].json["result"]["failed"], events[-1].json["result"]["rejected"]) == (20, 0, 1)
    assert all(epoch_version(event.id) > epoch_version(last.id) for event in events)
    assert server.api.post(f"/tasks/{task}/retry").status_code == 409


def test_a_projects_retry_takes_its_imports_as_a_whole(serve):
    server = serve(*FAILING)
    project = server.new_project()
    lines = "\n".join('{"content": "Ada met Charles %d times."}' % n for n in range(5)) + "\n"
    imported = server.api.post(
        f"/projects/{project}/imports", content=lines, headers={"Content-Type": "application/x-ndjson"}).json()["task_id"]
    assert server.ending(imported)["event"] == "failed"
    single = failed(server, "Ada met Grace.", project)["task_id"]
    server.stop()
    server.start("--workers", "4")
    assert server.api.post(f"/projects/{project}/tasks/retry").json()["retried"] == 6
    assert server.ending(imported)["result"]["completed"] == 5
    assert server.ending(single)["event"] == "completed"


def test_a_cancelled_import_is_retried_and_goes_on_after_kill_9(serve):
    server = serve("--workers", "0")
    project = server.new_project()
    lines = "\n".join('{"content": "Ada met Charles %d times."}' % n for n in range(50)) + "\n"
    task = server.api.post(
        f"/projects/{project}/imports", content=lines, headers={"Content-Type": "application/x-ndjson"}).json()["task_id"]
    server.api.post(f"/tasks/{task}/cancel").raise_for_status()
    answer = eventually(lambda: (found := server.api.post(f"/tasks/{task}/retry")).status_code == 200 and found, what="the end of the cancelling")
    assert answer.json()["task"]["status"] == "Processing"
    server.kill_and_restart("--workers", "4")
    assert server.ending(task)["result"]["completed"] == 50


def test_an_acknowledged_retry_survives_kill_9(serve):
    server = serve("--workers", "0")
    task = server.remember()["task_id"]
    server.api.post(f"/tasks/{task}/cancel").raise_for_status()
    with server.stream(task) as stream:
        [cancelled] = stream.events()
    server.api.post(f"/tasks/{task}/retry").raise_for_status()
    server.kill_and_restart("--workers", "2")
    with server.stream(task, headers={"Last-Event-ID": cancelled.id}) as stream:
        events = list(stream.events())
    assert events[-1].type == "completed"
    assert all(epoch_version(event.id) > epoch_version(cancelled.id) for event in events)


@pytest.mark.parametrize("position", ["before", "after"])
def test_a_crash_at_the_retrys_commit_leaves_all_of_it_or_nothing(serve, position):
    server = serve("--workers", "0", environment={"ENGRAM_FAILPOINT": f"retry:{position}:1"})
    task = server.remember()["task_id"]
    server.api.post(f"/tasks/{task}/cancel").raise_for_status()
    with pytest.raises(Exception):
        server.api.post(f"/tasks/{task}/retry")
    eventually(lambda: server.process.poll() is not None, what="the process' end")
    server.process.stdout.close()
    server.process = None
    server.environment = {}
    server.start()
    assert server.api.get(f"/tasks/{task}").json()["status"] == ("Cancelled" if position == "before" else "Pending")
    assert server.api.get("/tasks/queues").json()["total"] == (0 if position == "before" else 1)
