"""A project is gone for everybody once its deletion is acknowledged; its rows follow in the background, and after a kill -9."""

import sqlite3

from server import Server, eventually

SLOW = ("--extractor", "paced", "--paced-delay", "60s", "--grace", "100ms")


def rows_left(server: Server) -> dict[str, int]:
    """How many rows of deleted projects lie in the database."""
    with sqlite3.connect(f"file:{server.data}/engram.sqlite?mode=ro", uri=True) as database:
        return {
            table: database.execute(f"SELECT count(*) FROM {table} WHERE project NOT IN (SELECT number FROM projects)").fetchone()[0]
            for table in ("memories", "tasks", "entities", "entity_names", "communities", "schema_elements")
        } | {"deleted_projects": database.execute("SELECT count(*) FROM deleted_projects").fetchone()[0]}


def expect_gone(server: Server, project: str, memories: list[dict]) -> None:
    assert server.api.get(f"/projects/{project}").status_code == 404
    for memory in memories[:: max(1, len(memories) // 10)]:
        assert server.api.get(f"/memories/{memory['id']}").status_code == 404
        assert server.api.get(f"/tasks/{memory['task_id']}").status_code == 404
        with server.stream(memory["task_id"]) as stream:
            assert stream.status == 404
    for path in ("/memories/", "/entities/", "/memory/graph"):
        assert server.api.get(path, params={"project_id": project}).status_code == 404
    assert server.api.get("/memories/").json()["total"] == 1
    assert len(server.api.get("/tasks/recent", params={"limit": 100}).json()) == 1
    assert server.api.get("/tasks/queues").json()["total"] == 0
    assert {entity["name"] for entity in server.api.get("/entities/").json()["entities"]} == {"Grace", "Berlin"}
    assert server.api.post("/memories/", json={"project_id": project, "content": "x"}).status_code == 404


def fill(server: Server) -> tuple[str, list[dict]]:
    """A project with memories that were ingested and others that wait, beside one memory of another project."""
    kept = server.learn("Grace lives in Berlin.")
    project = server.new_project()
    memories = [server.remember(f"Ada met Charles {n} times in London.", project) for n in range(40)]
    for memory in memories:
        server.ending(memory["task_id"])
    server.stop()
    server.start("--workers", "0")
    memories += [server.remember(f"Note {n}", project, external_id=str(n)) for n in range(40)]
    assert kept["id"]
    return project, memories


def test_a_deleted_project_is_gone_at_once_and_its_rows_soon(serve):
    server = serve()
    project, memories = fill(server)
    assert server.api.delete(f"/projects/{project}").status_code == 204
    expect_gone(server, project, memories)
    eventually(lambda: not any(rows_left(server).values()), what="the end of the rows")
    expect_gone(server, project, memories)


def test_an_acknowledged_deletion_survives_kill_9_and_goes_on(serve):
    server = serve()
    project, memories = fill(server)
    server.environment = {"ENGRAM_FAILPOINT": "purge:after:1"}
    server.stop()
    server.start()
    assert server.api.delete(f"/projects/{project}").status_code == 204
    eventually(lambda: server.process.poll() is not None, what="the process' end")
    server.process.stdout.close()
    server.process = None
    server.environment = {}
    server.start("--workers", "4")
    expect_gone(server, project, memories)
    eventually(lambda: not any(rows_left(server).values()), what="the end of the rows")
    expect_gone(server, project, memories)


def test_a_running_import_goes_with_its_project(serve):
    server = serve("--workers", "0")
    project = server.new_project()
    lines = "\n".join('{"content": "Ada met Charles %d times."}' % n for n in range(50)) + "\n"
    task = server.api.post(
        f"/projects/{project}/imports", content=lines, headers={"Content-Type": "application/x-ndjson"}).json()["task_id"]
    with server.stream(task) as stream:
        assert stream.next().type == "progress"
        assert server.api.delete(f"/projects/{project}").status_code == 409
        assert server.api.delete(f"/projects/{project}", params={"force": "true"}).status_code == 204
        *_, last = stream.events()
    assert last.type == "cancelled"
    assert server.api.get(f"/tasks/{task}").status_code == 404
    assert server.api.get("/tasks/stats").json()["processing"] == 0


def test_force_takes_what_runs_and_what_waits_and_leaves_the_workers_to_the_others(serve):
    server = serve(*SLOW, "--workers", "8")
    project = server.new_project()
    tasks = [server.remember(f"Note {n}", project)["task_id"] for n in range(100)]
    with server.stream(tasks[0]) as running, server.stream(tasks[99]) as waiting:
        next(event for event in running.events() if event.json["stage"] == "extract")
        assert waiting.next().json["status"] == "pending"
        assert server.api.delete(f"/projects/{project}").status_code == 409
        assert server.api.delete(f"/projects/{project}", params={"force": "true"}).status_code == 204
        for stream in (running, waiting):
            *_, last = stream.events()
            assert last.type == "cancelled"
    assert server.api.get("/tasks/queues").json()["total"] == 0
    other = server.remember()["task_id"]
    with server.stream(other) as stream:
        assert next(event for event in stream.events() if event.json["stage"] == "extract")
    assert server.api.get("/tasks/stats").json()["processing"] == 1
