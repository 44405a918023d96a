"""Tasks: one by one, in lists, and in numbers; and how they are cancelled."""

import re

import pytest

import transcripts
from server import Server

NOBODY = "00000000-0000-7000-8000-000000000000"
SLOW = ("--extractor", "paced", "--paced-delay", "60s", "--grace", "100ms")


def running(server: Server, **fields) -> str:
    """The id of a task that is in the middle of its work."""
    task = server.remember(**fields)["task_id"]
    with server.stream(task) as stream:
        next(event for event in stream.events() if event.json["stage"] == "extract")
    return task


def test_a_finished_task_has_all_its_fields(server):
    memory = server.learn("Ada met Charles.")
    task = server.api.get(f"/tasks/{memory['task_id']}").json()
    assert task.keys() >= transcripts.TASK_KEYS
    assert (task["name"], task["status"], task["stage"], task["progress"]) == ("add_episode", "Completed", "completed", 100)
    assert (task["entity_id"], task["entity_type"]) == (memory["id"], "memory")
    assert (task["attempt"], task["retries"], task["priority"]) == (1, 0, "interactive")
    assert re.fullmatch(r"\d+ms|\d+\.\d+s", task["duration"])
    assert task["created_at"] <= task["started_at"] <= task["completed_at"]
    assert task["error"] is None


def test_a_waiting_task_has_no_duration_and_is_never_null_where_a_client_counts_on_it(serve):
    server = serve("--workers", "0")
    first, second = server.remember(), server.remember()
    task = server.api.get(f"/tasks/{second['task_id']}").json()
    assert (task["status"], task["progress"], task["message"], task["duration"]) == ("Pending", 0, "Queued", "-")
    assert task["attempt"] == 1
    assert task["started_at"] is None and task["completed_at"] is None


def test_the_stages_of_a_task_are_told_with_their_times(server):
    task = server.learn("Ada met Charles.")["task_id"]
    events = server.api.get(f"/tasks/{task}/events").json()["events"]
    stages = [event["stage"] for event in events if event["stage"] not in ("pending", "completed")]
    assert stages == ["start", "load_schema", "extract", "sync_schema", "update_communities"]
    for event in events:
        assert event.keys() == {"stage", "attempt", "started_at", "ended_at", "message", "error"}
        assert event["attempt"] == 1 and event["message"] and event["error"] is None
    times = [time for event in events for time in (event["started_at"], event["ended_at"]) if time]
    assert times == sorted(times)


@pytest.mark.parametrize("path", ["", "/events", "/stream"])
@pytest.mark.parametrize("id", [NOBODY, "17", "default"])
def test_an_unknown_task_is_404(server, id, path):
    assert server.api.get(f"/tasks/{id}{path}").status_code == 404


@pytest.mark.parametrize("action", ["cancel", "stop"])
def test_a_running_task_is_cancelled_at_once_and_writes_nothing(serve, action):
    server = serve(*SLOW)
    task = running(server)
    answer = server.api.post(f"/tasks/{task}/{action}")
    assert answer.status_code == 200
    assert answer.json()["message"] and answer.json()["task"]["status"] == "Cancelled"
    assert server.api.get(f"/tasks/{task}").json()["status"] == "Cancelled"
    assert server.api.get("/entities/").json()["total"] == 0
    [memory] = server.api.get("/memories/").json()["memories"]
    assert memory["processing_status"] == "CANCELLED"


def test_what_has_ended_cannot_be_cancelled(serve):
    server = serve(*SLOW)
    task = running(server)
    assert [server.api.post(f"/tasks/{task}/cancel").status_code for _ in range(2)] == [200, 409]
    server.kill_and_restart()
    assert server.api.post(f"/tasks/{task}/cancel").status_code == 409
    assert server.api.get(f"/tasks/{task}").json()["status"] == "Cancelled"


def test_a_cancelled_task_lets_those_behind_it_pass(serve):
    server = serve(*SLOW, "--workers", "1")
    task = running(server)
    waiting = server.remember()["task_id"]
    server.api.post(f"/tasks/{task}/cancel")
    with server.stream(waiting) as stream:
        assert next(event for event in stream.events() if event.json["stage"] == "extract")


def test_recent_tasks_are_a_bare_array_newest_first_with_filters(serve):
    server = serve("--workers", "0")
    project = server.new_project()
    memories = [server.remember(f"Note {n}", project if n % 2 else "default", title=f"T{n}") for n in range(4)]
    ids = [memory["task_id"] for memory in memories]
    server.api.post(f"/tasks/{ids[0]}/cancel")

    def found(**query) -> list[str]:
        answer = server.api.get("/tasks/recent", params=query)
        assert answer.status_code == 200, answer.text
        return [task["id"] for task in answer.json()]

    assert found() == ids[::-1]
    assert found(limit=1) == [ids[3]] and found(limit=2, offset=1) == [ids[2], ids[1]]
    assert found(status="Cancelled") == [ids[0]] and set(found(status="pending")) == set(ids[1:])
    assert found(project_id=project) == [ids[3], ids[1]]
    assert found(entity_id=memories[2]["id"]) == [ids[2]] and found(entity_type="memory") == ids[::-1]
    assert found(task_type="add_episode") == ids[::-1] and found(task_type="import") == []


def test_the_numbers_agree_with_the_tasks(serve):
    server = serve("--extractor", "paced", "--paced-delay", "10ms", "--paced-failure-rate", "0.5")
    endings = [server.ending(server.remember(f"Note {n}")["task_id"])["event"] for n in range(10)]
    completed, failed = endings.count("completed"), endings.count("failed")
    assert completed and failed, "half of them were to fail"
    server.stop()
    server.start("--workers", "0")
    server.remember(), server.remember(project=server.new_project("Other"))
    cancelled = server.remember()["task_id"]
    server.api.post(f"/tasks/{cancelled}/cancel")

    stats = server.api.get("/tasks/stats").json()
    assert stats.keys() >= {"total", "pending", "processing", "completed", "failed", "cancelled", "throughput_per_minute", "error_rate", "oldest_pending_seconds"}
    assert (stats["total"], stats["pending"], stats["processing"]) == (13, 2, 0)
    assert (stats["completed"], stats["failed"], stats["cancelled"]) == (completed, failed, 1)
    assert stats["oldest_pending_seconds"] >= 0
    assert 0 < stats["error_rate"] <= 100
    assert server.api.get("/tasks/status-breakdown").json() == {
        "Completed": completed, "Processing": 0, "Failed": failed, "Pending": 2, "Cancelled": 1}
    queues = server.api.get("/tasks/queues").json()
    assert queues["total"] == 2
    assert {queue["name"]: queue["depth"] for queue in queues["queues"]} == {"Default": 1, "Other": 1}
    depths = server.api.get("/tasks/queue-depth").json()
    assert depths and all(re.fullmatch(r"\d\d:\d\d", point["timestamp"]) and point["depth"] >= 0 for point in depths)


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "offset=-1", "status=Lost", "entity_id=x"])
def test_a_bad_query_is_422(server, query):
    assert server.api.get(f"/tasks/recent?{query}").status_code == 422


def test_bulk_waits_for_interactive_and_both_are_done(serve):
    server = serve("--workers", "1", "--extractor", "paced", "--paced-delay", "20ms", "--paced-parts", "1")
    tasks = [server.remember(f"Note {n}", priority="bulk" if n < 3 else "interactive")["task_id"] for n in range(6)]
    assert [server.ending(task)["event"] for task in tasks] == ["completed"] * 6
    assert [server.api.get(f"/tasks/{task}").json()["priority"] for task in tasks] == ["bulk"] * 3 + ["interactive"] * 3


def test_memories_of_a_project_take_effect_in_the_order_in_which_they_were_accepted(serve):
    """Facts replace each other in time, so the order decides what is true in the end."""
    server = serve("--workers", "8")
    tasks = [server.remember(f"Note {n}: Ada met Charles.")["task_id"] for n in range(20)]
    for task in tasks:
        assert server.ending(task)["event"] == "completed"
    ended = [server.api.get(f"/tasks/{task}").json()["completed_at"] for task in tasks]
    assert ended == sorted(ended)
