"""A full disk: what was acknowledged stays, what can't be kept is refused with 507, and all goes on once there is room."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Callable, Iterator

import pytest

from import_files import begin, line, put, send, total
from server import BASE, Server, eventually


class Disk:
    """A small file system of its own. What is left of it can be taken away, and given back."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.ballast = folder / "ballast"

    def fill(self) -> None:
        with self.ballast.open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    pass

    def free(self, size: int | None = None) -> None:
        os.truncate(self.ballast, 0 if size is None else max(0, self.ballast.stat().st_size - size))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"a small file system can't be mounted here: {mounted.stderr.strip()}")
    yield Disk(folder)
    subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def server(disk: Disk, serve: Callable[..., Server]) -> Server:
    return serve("--workers", "4", data=disk.folder / "data")


def refused(server: Server) -> bool:
    """Whether a memory is refused for want of room; what lies ready for the next writes is used up by it."""
    answer = server.api.post("/memories/", json={"project_id": "default", "content": "x" * 4000})
    assert answer.status_code in (201, 507), answer.text
    return answer.status_code == 507


def test_an_import_keeps_what_it_has_acknowledged_and_goes_on(server, disk):
    body = "".join(line(n, f"Person{n} works for Company{n % 7}. " + "x" * 3000) for n in range(2000)).encode()
    server.stop()
    server.start("--workers", "0")
    disk.fill()
    disk.free(4 << 20)
    begun = begin(server)
    answer = put(server, begun, body)
    assert answer.status_code == 507 and "full" in answer.json()["detail"]
    standing = server.api.get(begun["upload_url"].removeprefix(BASE)).json()
    assert standing["state"] == "open" and 0 < standing["accepted"] == standing["lines"] == total(server) < 2000
    # A kill does not take it back.
    disk.free(1 << 20)
    server.kill_and_restart("--workers", "0")
    assert total(server) == standing["accepted"]
    disk.fill()
    assert put(server, begun, body).status_code == 507
    disk.free()
    answer = put(server, begun, body)
    assert answer.status_code == 202 and answer.json()["accepted"] == 2000 and answer.json()["unchanged"] == 0


def test_what_is_in_hand_waits_for_room_and_is_not_lost(server, disk):
    server.stop()
    server.start("--workers", "30", "--extractor", "paced", "--paced-delay", "300ms", "--paced-parts", "5")
    tasks = [server.remember(f"Person{n} works for Company{n}. " + f"Person{n} met Person{n + 1}. " * 200)["task_id"] for n in range(60)]
    disk.fill()
    eventually(lambda: refused(server), what="the refusal")
    # What is extracted waits for its commit, what is not is not claimed.
    eventually(lambda: "tasks could not be claimed" in server.log(), what="the log line")
    assert {task["status"] for task in server.api.get("/tasks/recent", params={"limit": 100}).json()} <= {"Pending", "Processing"}
    disk.free()
    assert {server.ending(task)["event"] for task in tasks} == {"completed"}


def test_a_server_that_finds_no_room_says_so_and_starts_when_there_is(server, disk):
    memory = server.learn("Ada met Charles.")
    server.kill()
    disk.fill()
    ended = subprocess.run(server.command(), capture_output=True, text=True, timeout=20)
    assert ended.returncode == 1 and "the disk is full" in ended.stderr.splitlines()[-1]
    disk.free()
    server.start()
    assert server.api.get(f"/memories/{memory['id']}").json()["processing_status"] == "COMPLETED"


def test_a_rebuild_and_a_pruning_go_on_once_there_is_room(server, disk, tmp_path):
    file = tmp_path / "engram.json"
    file.write_text("{}")
    for n in range(30):
        server.remember(f"Person{n} met Person{(n * 7) % 30}. Person{n} works for Company{n % 4}.")
    eventually(lambda: server.api.get("/tasks/stats").json()["completed"] == 30, within=30)
    server.stop()
    server.start("--workers", "4", "--config", str(file))
    disk.fill()
    eventually(lambda: refused(server), what="the refusal")
    rebuild = server.api.post("/communities/rebuild", params={"project_id": "default"})
    assert rebuild.status_code == 507 and "full" in rebuild.json()["detail"]
    file.write_text('{"task_limit": 5}')
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "finished tasks could not be pruned" in server.log(), what="the log line")
    assert server.api.get("/entities/").json()["total"] > 30, "it can still be asked"
    disk.free()
    rebuild = server.api.post("/communities/rebuild", params={"project_id": "default"})
    assert server.ending(rebuild.json()["task_id"])["event"] == "completed"
    file.write_text('{"task_limit": 6}')
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: len(server.api.get("/tasks/recent", params={"limit": 500}).json()) <= 6, what="the pruning")


def test_a_rebuild_that_finds_no_room_for_its_outcome_waits_for_it(server, disk):
    body = "".join(line(n, f"Person{n} met Person{(n * 7) % 1500}. Person{n} knows Person{(n * 13) % 1500}.") for n in range(1500)).encode()
    assert server.ending(send(server, body).json()["task_id"])["event"] == "completed"
    # From here on the log needs room for every page.
    server.stop()
    server.start("--workers", "4")
    disk.fill()
    disk.free(80 << 10)
    task = server.api.post("/communities/rebuild", params={"project_id": "default"}).json()["task_id"]
    eventually(lambda: "a task waits for the store" in server.log(), what="the wait")
    disk.free()
    assert server.ending(task)["event"] == "completed"
