"""Finished tasks are forgotten after their time; what came of them is not."""

import json
import signal

import pytest

from server import Server, eventually

FAILING = ("--extractor", "paced", "--paced-delay", "1ms", "--paced-parts", "1", "--paced-failure-rate", "1")


def tasks(server: Server, **query) -> list[str]:
    return [task["id"] for task in server.api.get("/tasks/recent", params={"limit": 500, **query}).json()]


def test_the_newest_finished_tasks_are_kept_and_memories_know_how_theirs_ended(serve):
    server = serve()
    done = [server.learn(f"Note {n}: Ada met Charles.") for n in range(6)]
    server.stop()
    server.start(*FAILING)
    failed = server.remember("Grace lives in Berlin.")
    assert server.ending(failed["task_id"])["event"] == "failed"
    server.stop()
    server.start("--workers", "0", "--task-limit", "2")
    waiting = server.remember("Note")

    kept = [failed["task_id"], done[5]["task_id"]]
    eventually(lambda: tasks(server) == [waiting["task_id"], *kept], what="the pruning")
    for memory in done[:5]:
        assert server.api.get(f"/tasks/{memory['task_id']}").status_code == 404
        stored = server.api.get(f"/memories/{memory['id']}").json()
        assert (stored["processing_status"], stored["progress"], stored["task_id"]) == ("COMPLETED", 100, memory["task_id"])
    found = {
        status: server.api.get("/memories/", params={"processing_status": status}).json()["total"]
        for status in ("PENDING", "COMPLETED", "FAILED", "CANCELLED")
    }
    assert found == {"PENDING": 1, "COMPLETED": 6, "FAILED": 1, "CANCELLED": 0}
    assert server.api.get("/memories/").json()["total"] == 8
    assert server.api.get("/entities/").json()["total"] >= 2

    server.stop()
    server.start("--workers", "0", "--task-retention", "1ms", "--task-limit", "0")
    eventually(lambda: tasks(server) == [waiting["task_id"]], what="the pruning by age")
    [stored] = server.api.get("/memories/", params={"processing_status": "FAILED"}).json()["memories"]
    assert (stored["id"], stored["processing_status"]) == (failed["id"], "FAILED")


def test_nothing_is_forgotten_when_nothing_is_to_be(serve):
    server = serve()
    memory = server.learn("Ada met Charles.")
    server.stop()
    server.start("--task-retention", "0", "--task-limit", "0")
    later = server.learn("Ada met Grace.")
    assert tasks(server) == [later["task_id"], memory["task_id"]]


def test_the_file_of_config_says_it_too_and_sighup_changes_it(serve, tmp_path):
    file = tmp_path / "engram.json"
    file.write_text(json.dumps({"task_retention": 0, "task_limit": 0}))
    server = serve("--config", str(file))
    done = [server.learn(f"Note {n}: Ada met Charles.")["task_id"] for n in range(4)]
    file.write_text(json.dumps({"task_retention": "30d", "task_limit": 3}))
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: tasks(server) == done[:0:-1], what="the pruning")
    log = server.log()
    assert "setting=task_limit" in log and "before=all" in log and "after=3" in log and "setting=task_retention" in log
    file.write_text(json.dumps({"task_limit": 0}))
    server.stop()
    server.start("--config", str(file), "--task-limit", "1")
    eventually(lambda: tasks(server) == done[:2:-1], what="the flag's pruning")


@pytest.mark.parametrize("position", ["before", "after"])
def test_a_crash_while_pruning_leaves_whole_tasks(serve, position):
    server = serve()
    memories = [server.learn(f"Note {n}: Ada met Charles.") for n in range(5)]
    server.stop()
    server.environment = {"ENGRAM_FAILPOINT": f"prune:{position}:1"}
    with pytest.raises(Exception):
        server.start("--workers", "0", "--task-limit", "3")
        eventually(lambda: server.process.poll() is not None, what="the process' end")
        raise RuntimeError
    eventually(lambda: server.process.poll() is not None, what="the process' end")
    server.process.stdout.close()
    server.process = None
    server.environment = {}
    server.start("--workers", "0", "--task-limit", "3")
    eventually(lambda: len(tasks(server)) == 3, what="the pruning")
    for memory in memories:
        assert server.api.get(f"/memories/{memory['id']}").json()["processing_status"] == "COMPLETED"


@pytest.mark.parametrize("flags", [("--task-limit=-1",), ("--task-retention=-1s",), ("--task-retention", "0x10s"), ("--task-retention", "soon"), ("--task-limit", "x")])
def test_wrong_flags_are_named(serve, flags):
    import subprocess

    from server import BINARY

    result = subprocess.run([str(BINARY), "serve", *flags], capture_output=True, text=True)
    assert result.returncode == 64 and flags[0].split("=")[0] in result.stderr
    # Not just the parser's own words for a flag without a value.
    assert "Missing value" not in result.stderr
