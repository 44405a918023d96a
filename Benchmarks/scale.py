#!/usr/bin/env python3
"""What a server costs that has a million tasks: how soon it is ready, what it holds in memory, what its lists and numbers take, and what others
notice while a large project is deleted. Needs nothing but Python and the program:

    Benchmarks/scale.py --server-binary .build/release/engram [--tasks 1000000] [--pending 100000] [--projects 100] [--delete 200000]

The database is filled with SQL, not over HTTP: a million tasks in seconds. Linux only; caches are dropped for the cold start when that is allowed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
from pathlib import Path

BASE = "/api/v1"


class Server:
    def __init__(self, binary: str, data: Path, *flags: str):
        started = time.monotonic()
        self.process = subprocess.Popen(
            [binary, "serve", "--port", "0", "--data", str(data), "--no-auth", "--log-level", "warning", *flags],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])
        while self.get("/ready")[0] != 200:
            time.sleep(0.005)
        self.startup = time.monotonic() - started

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def request(self, method: str, path: str, body: dict | None = None, connection: http.client.HTTPConnection | None = None) -> tuple[int, bytes]:
        connection = connection or self.connection()
        connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def get(self, path: str) -> tuple[int, bytes]:
        return self.request("GET", path)

    def memory(self) -> tuple[float, float]:
        """Resident and highest, in MB."""
        lines = dict(line.split(":", 1) for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines())
        return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))

    def stop(self) -> float:
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0
        return time.monotonic() - started


def fill(database: Path, tasks: int, pending: int, projects: int, content: int) -> list[str]:
    """Adds finished and waiting tasks with their memories, accepted evenly within the last 20 hours. The ids of their projects."""
    now = int(time.time() * 1e6)
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = OFF")
        first = max(db.execute("SELECT coalesce(max(number), 0) FROM tasks").fetchone()[0], db.execute("SELECT coalesce(max(last), 0) FROM numbers WHERE kind = 'tasks'").fetchone()[0]) + 1
        first_memory = db.execute("SELECT coalesce(max(number), 0) FROM memories").fetchone()[0] + 1
        last_project = db.execute("SELECT max(number) FROM projects").fetchone()[0]
        ids = []
        for index in range(projects):
            ids.append(f"00000000-0000-7000-9000-{last_project + index + 1:012x}")
            db.execute(
                "INSERT INTO projects (number, id, name, is_default, created_at, updated_at) VALUES (?, ?, ?, 0, ?, ?)",
                (last_project + index + 1, bytes.fromhex(ids[-1].replace("-", "")), f"Project {index}", now, now))

        def rows():
            for index in range(tasks):
                waits = index >= tasks - pending
                yield {
                    "task": first + index, "memory": first_memory + index, "id": (first + index).to_bytes(8, "big") + os.urandom(8),
                    "memory_id": (first_memory + index).to_bytes(8, "big") + os.urandom(8), "project": last_project + 1 + index % projects,
                    "status": 0 if waits else (3 if index % 50 == 0 else 2), "at": now - 72_000_000_000 + index * 72_000_000_000 // tasks,
                    "ended": None if waits else now - 72_000_000_000 + index * 72_000_000_000 // tasks + 1000, "revision": 0 if waits else 2,
                    "attempt": 0 if waits else 1, "progress": 0 if waits else 100, "stage": "pending" if waits else "completed", "epoch": 0 if waits else 1,
                    "content": f"Note {index}. " + "x" * content}

        db.executemany(
            """INSERT INTO memories (number, id, project, task, content_type, is_public, metadata, author, version, created_at, updated_at, content)
               VALUES (:memory, :memory_id, :project, :task, 'text', 0, '{}', 'bench', 1, :at, :at, :content)""", rows())
        db.executemany(
            """INSERT INTO tasks (number, id, type, project, priority, place, status, revision, attempt, memory, stage, progress, ended_epoch,
                   is_resumed, created_at, queued_at, started_at, ended_at)
               VALUES (:task, :id, 'add_episode', :project, 0, :task, :status, :revision, :attempt, :memory, :stage, :progress, :epoch, 0, :at, :at,
                   :ended, :ended)""", rows())
        db.execute(
            """INSERT INTO task_reports (task, message, result) SELECT number, 'Episode ingestion completed', '{"entities_created":2}' FROM tasks
               WHERE status > 1 AND number >= ?""", (first,))
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return ids


def drop_caches() -> bool:
    os.sync()
    try:
        Path("/proc/sys/vm/drop_caches").write_text("3")
        return True
    except OSError:
        return False


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def timed(body, count: int = 15) -> float:
    """The median, in milliseconds."""
    times = []
    for _ in range(count):
        started = time.monotonic()
        status, _ = body()
        times.append((time.monotonic() - started) * 1000)
        assert status == 200, status
    return median(times)


def measure_start(binary: str, data: Path, *flags: str) -> None:
    for temperature in ("cold", "warm", "warm"):
        if temperature == "cold" and not drop_caches():
            print("  the page cache can't be dropped here: no cold start")
            continue
        server = Server(binary, data, *flags)
        print(f"  start → ready, {temperature}: {server.startup:.2f} s; {server.memory()[0]:.0f} MB resident")
        if temperature == "warm":
            for path in ("/ready", f"{BASE}/tasks/stats", f"{BASE}/tasks/queues", f"{BASE}/tasks/status-breakdown", f"{BASE}/tasks/queue-depth", f"{BASE}/tasks/recent", f"{BASE}/memories/"):
                print(f"    GET {path}: {timed(lambda: server.get(path)):.1f} ms")
            print(f"    {json.loads(server.get(f'{BASE}/tasks/stats')[1])}")
        resident, highest = server.memory()
        print(f"    memory afterwards: {resident:.0f} MB resident, {highest:.0f} MB at most; stopped in {server.stop():.2f} s")


def latencies(server: Server, seconds: float, rate: int, until=None) -> list[float]:
    """Posts at a fixed rate on four connections; how long each took, in milliseconds, counted from when it was due."""
    results: list[float] = []
    lock = threading.Lock()
    start = time.monotonic()
    threads = 4

    def work(number: int) -> None:
        connection = server.connection()
        index = number
        while (due := start + index / rate) < start + seconds and not (until and until()):
            if (wait := due - time.monotonic()) > 0:
                time.sleep(wait)
            status, _ = server.request("POST", f"{BASE}/memories/", {"project_id": "default", "content": f"Ada met Grace {index} times."}, connection)
            assert status == 201, status
            with lock:
                results.append((time.monotonic() - due) * 1000)
            index += threads

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(results)


def describe(times: list[float]) -> str:
    return f"p50 {times[len(times) // 2]:.1f} ms, p99 {times[len(times) * 99 // 100]:.1f} ms, longest {times[-1]:.1f} ms of {len(times)}"


def measure_deletion(binary: str, data: Path, project: str, rate: int) -> None:
    server = Server(binary, data, "--workers", "8")
    print(f"  POST /memories/ at {rate}/s, nothing else: {describe(latencies(server, 10, rate))}")
    started = time.monotonic()
    status, _ = server.request("DELETE", f"{BASE}/projects/{project}?force=true")
    assert status == 204, status
    print(f"  DELETE answered in {(time.monotonic() - started) * 1000:.0f} ms")
    database = sqlite3.connect(f"file:{data}/engram.sqlite?mode=ro", uri=True, check_same_thread=False)
    over = threading.Event()

    def watch() -> None:
        while database.execute("SELECT count(*) FROM deleted_projects").fetchone()[0]:
            time.sleep(0.2)
        over.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    times = latencies(server, 600, rate, over.is_set)
    watcher.join()
    print(f"  the same while its rows are deleted ({time.monotonic() - started:.0f} s): {describe(times)}")
    print(f"  log of writes: {os.path.getsize(data / 'engram.sqlite-wal') / 1e6:.0f} MB")
    server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server-binary", required=True)
    parser.add_argument("--tasks", type=int, default=1_000_000)
    parser.add_argument("--pending", type=int, default=100_000)
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--content", type=int, default=200, help="bytes of each memory")
    parser.add_argument("--delete", type=int, default=0, help="measure the deletion of a project of as many memories as well")
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--workers", default="0", help="how many tasks work at once during the starts")
    parser.add_argument("--scratch", default=".")
    options = parser.parse_args()

    folder = Path(tempfile.mkdtemp(prefix="engram-scale-", dir=options.scratch))
    data = folder / "data"
    try:
        Server(options.server_binary, data, "--workers", "0").stop()
        started = time.monotonic()
        fill(data / "engram.sqlite", options.tasks, options.pending, options.projects, options.content)
        size = os.path.getsize(data / "engram.sqlite") / 1e6
        print(f"{options.tasks} tasks, {options.pending} of them waiting, {options.projects} projects: {size:.0f} MB, filled in {time.monotonic() - started:.0f} s")
        flags = ["--workers", options.workers]
        if options.workers != "0":
            flags += ["--extractor", "paced", "--paced-delay", "60s"]
        measure_start(options.server_binary, data, *flags)
        if options.delete:
            [project] = fill(data / "engram.sqlite", options.delete, 0, 1, options.content)
            print(f"a project of {options.delete} memories")
            measure_deletion(options.server_binary, data, project, options.rate)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
