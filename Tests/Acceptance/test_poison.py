"""A memory that kills the process whenever it is extracted: it fails visibly after its share of deaths, and takes nobody with it."""

from __future__ import annotations

import signal

import httpx

from server import Server, eventually

# How often a task may be interrupted by the process' end.
LIMIT = 10


def live(server: Server) -> bool:
    """One life of a server that may die at any moment of it, the first included. Returns whether it goes on."""
    try:
        server.start("--workers", "8")
        eventually(lambda: server.process.poll() is not None or nobody_works(server), within=30, what="the end of it all")
    except (AssertionError, httpx.HTTPError):
        pass  # It died while it was asked.
    if server.process.poll() is None and nobody_works(server):
        return True
    process, server.process = server.process, None
    assert process.wait(10) == -signal.SIGKILL, server.log()
    process.stdout.close()
    return False


def nobody_works(server: Server) -> bool:
    try:
        stats = server.api.get("/tasks/stats").json()
    except httpx.HTTPError:
        return False
    return stats["pending"] + stats["processing"] == 0


def test_it_fails_at_the_limit_and_all_others_complete(serve):
    server = serve("--workers", "0", environment={"ENGRAM_POISON": "hemlock"})
    other = server.new_project()
    innocent = [server.remember(f"Person{n} works for Company{n}.", project)["task_id"] for project in ("default", other) for n in range(6)]
    poison = server.remember("Socrates drank hemlock.")["task_id"]
    innocent += [server.remember(f"Person{n} lives in London.", project)["task_id"] for project in ("default", other) for n in range(6)]
    server.stop()
    deaths = 0
    while not live(server):
        deaths += 1
        assert deaths <= LIMIT, server.log()
    assert deaths == LIMIT
    end = server.ending(poison)
    assert end["event"] == "failed" and str(LIMIT) in end["error"], end["error"]
    assert {server.ending(task)["event"] for task in innocent} == {"completed"}
    # Without what makes it poison it can be tried again.
    server.stop()
    server.environment = {}
    server.start()
    assert server.api.post(f"/tasks/{poison}/retry").status_code == 200
    assert server.ending(poison)["event"] == "completed"
