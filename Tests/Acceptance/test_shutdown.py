"""SIGTERM: what can't finish within the grace waits again, and says so; nobody is waited for without end."""

import json

import pytest

from server import Server, eventually

SLOW = ("--extractor", "paced", "--paced-delay", "60s")


def states(server: Server, project: str) -> list[tuple[str, str, int]]:
    tasks = []
    while page := server.api.get("/tasks/recent", params={"project_id": project, "limit": 500, "offset": len(tasks)}).json():
        tasks += page
    return [(task["status"], task["message"], task["attempt"]) for task in tasks]


@pytest.mark.parametrize("projects", [1, 10])
def test_a_thousand_running_tasks_are_given_back(serve, projects):
    server = serve("--workers", "1000", "--grace", "300ms", *SLOW)
    names = [server.new_project(f"P{n}") for n in range(projects)]
    tasks = [server.remember(f"Note {n}", names[n % projects])["task_id"] for n in range(400)]
    running = min(33 * projects, 400)  # A lane's window bounds what it has in hand.
    eventually(lambda: server.api.get("/tasks/stats").json()["processing"] >= running, what=f"{running} running tasks")
    server.stop()
    server.start("--workers", "0")
    found = [state for name in names for state in states(server, name)]
    assert len(found) == 400 and {state[0] for state in found} == {"Pending"}
    assert sum(state[1] == "Resumed after restart" for state in found) >= running
    assert {state[2] for state in found} == {1}, "a graceful shutdown gives the attempts back"
    server.stop()
    server.start("--workers", "64")
    for task in tasks[:: 20] + tasks[-1:]:
        assert server.ending(task)["event"] == "completed"


def test_tasks_that_wait_for_another_attempt_are_not_waited_for(serve, tmp_path):
    """The grace is far longer than anybody waits for the server's end here."""
    file = tmp_path / "engram.json"
    file.write_text(json.dumps({
        "silence_deadline": "50ms", "retry": {"timed_out": {"attempts": 1000, "base": "10m", "longest": "10m"}}}))
    server = serve("--config", str(file), "--grace", "10m", *SLOW)
    names = [server.new_project(f"P{n}") for n in range(3)]
    tasks = [server.remember(f"Note {n}", names[n % 3])["task_id"] for n in range(12)]

    def waiting() -> bool:
        return all("try again" in server.api.get(f"/tasks/{task}").json()["message"] for task in tasks)

    eventually(waiting, what="the back-off")
    server.stop()
    server.start("--workers", "0")
    assert {state[0] for name in names for state in states(server, name)} == {"Pending"}
    server.stop()
    server.start("--workers", "12")
    for task in tasks:
        assert server.ending(task)["event"] == "completed"
