"""The real binary under test: started on a free port, stopped by a signal, killed, restarted on the same port and data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Callable

import httpx

from streams import RawStream

BINARY = Path(os.environ.get("ENGRAM_BINARY", Path(__file__).parent / "../../.build/debug/engram")).resolve()
BASE = "/api/v1"


def eventually(holds: Callable[[], Any], within: float = 10, what: str = "the condition", every: float = 0.02) -> Any:
    """Asks until the answer is true, for what gives no signal of its own (open descriptors, a process' state)."""
    deadline = time.monotonic() + within
    while not (answer := holds()):
        assert time.monotonic() < deadline, f"{what} did not come about within {within} s"
        time.sleep(every)
    return answer


class Server:
    """`engram serve` on a port of its own. Flags may change from one start to the next; port and data stay."""

    def __init__(
        self, home: Path, *flags: str, data: Path | None = None, environment: dict[str, str] | None = None, scheme: str = "http",
        wrapper: list[str] | None = None,
    ):
        self.home = home
        self.data = data or home / "data"
        self.flags = flags
        self.environment = environment or {}
        self.scheme = scheme
        self.wrapper = wrapper or []
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self.log_file = home / "stderr.log"
        self.greeting = ""
        self.trust: Any = True
        #: What belongs to `scheme`, and is kept when flags change.
        self.tls_flags: tuple[str, ...] = ()
        home.mkdir(parents=True, exist_ok=True)

    # -- its life

    def command(self) -> list[str]:
        return [*self.wrapper, str(BINARY), "serve", "--port", str(self.port), "--data", str(self.data), *self.flags]

    def start(self, *flags: str) -> "Server":
        """Starts it and waits until GET /ready says yes. Flags given here replace those of the last start."""
        assert self.process is None, "already running"
        if flags:
            self.flags = (*flags, *(flag for flag in self.tls_flags if flag not in flags))
        with self.log_file.open("a") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **self.environment})
        self.greeting = self.process.stdout.readline()
        assert "listens on" in self.greeting, f"it did not start: {self.greeting!r}\n{self.log()}"
        self.port = int(self.greeting.rsplit(":", 1)[1])
        self.greeting += self.process.stdout.readline() + self.process.stdout.readline()
        ready = httpx.get(f"{self.origin}/ready", verify=self.trust, timeout=20)
        assert ready.status_code == 200, ready.text
        return self

    def stop(self) -> None:
        """SIGTERM; a server in good order ends with exit code 0."""
        if getattr(self, "_api_process", None) is self.process:
            self._api.close()
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0, f"SIGTERM ended it with {process.returncode}\n{self.log()}"
        process.stdout.close()

    def kill(self) -> None:
        """kill -9."""
        process, self.process = self.process, None
        process.kill()
        process.wait(10)
        process.stdout.close()

    def kill_and_restart(self, *flags: str) -> "Server":
        self.kill()
        return self.start(*flags)

    def is_up(self) -> bool:
        assert self.process.poll() is None, f"the server is gone: exit code {self.process.returncode}\n{self.log()}"
        return httpx.get(f"{self.origin}/health", verify=self.trust, timeout=20).status_code == 200

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def open_sockets(self) -> int:
        """The sockets among its open descriptors; the others come and go with the database's readers."""
        count, folder = 0, Path(f"/proc/{self.process.pid}/fd")
        for descriptor in folder.iterdir():
            try:
                count += os.readlink(descriptor).startswith("socket:")
            except FileNotFoundError:
                pass
        return count

    # -- its clients

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def owner_key(self) -> str:
        return (self.data / "owner.key").read_text().strip()

    def client(self, key: str | None = None, **options: Any) -> httpx.Client:
        """A client of the API with a key; none given is none sent."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(
            base_url=self.origin + BASE, headers={**headers, **options.pop("headers", {})}, verify=self.trust, timeout=30, **options)

    @property
    def api(self) -> httpx.Client:
        """The owner's client; a new one after each restart, as ports and connections do not outlive the process."""
        if getattr(self, "_api_process", None) is not self.process:
            self._api = self.client(None if "--no-auth" in self.flags else self.owner_key)
            self._api_process = self.process
        return self._api

    # -- what most tests do

    def remember(self, content: str = "Ada met Charles in London.", project: str = "default", **fields: Any) -> dict[str, Any]:
        """Creates a memory; its answer."""
        answer = self.api.post("/memories/", json={"project_id": project, "content": content, **fields})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def stream(self, task: str, *, headers: dict[str, str] | None = None, query: str = "", key: str | None = "owner", **options: Any) -> RawStream:
        """Opens a task's stream as the owner, with another key, or (`key=None`) with none."""
        key = self.owner_key if key == "owner" and "--no-auth" not in self.flags else key
        sent = {"Authorization": f"Bearer {key}"} if key and key != "owner" else {}
        return RawStream(self.origin, f"{BASE}/tasks/{task}/stream{query}", headers={**sent, **(headers or {})}, trust=self.trust, **options)

    def ending(self, task: str) -> dict[str, Any]:
        """Follows a task to its end; the data of the terminal event."""
        with self.stream(task) as stream:
            *_, last = stream.events()
            return {"event": last.type, **json.loads(last.data)}

    def learn(self, content: str, project: str = "default", **fields: Any) -> dict[str, Any]:
        """Creates a memory and waits until it is ingested; the memory as it was created."""
        memory = self.remember(content, project, **fields)
        assert self.ending(memory["task_id"])["event"] == "completed"
        return memory

    def new_project(self, name: str = "Test") -> str:
        answer = self.api.post("/projects/", json={"name": name})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]
