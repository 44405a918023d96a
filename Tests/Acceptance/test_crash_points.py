"""kill -9 before and after every kind of durable step: a script that takes them all is killed at one of them, repeats what was not answered, and
comes to the same as on a server that nobody disturbs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Callable, Iterator

import httpx
import pytest

import crash_texts
from conftest import Started
from crash_clients import Client, Follower, Session
from crash_graph import difference, graph
from crash_server import MortalServer
from server import BASE, BINARY, Server

# The paced extractor's output counts as dear: it is written down before its task waits for its turn.
FLAGS = ("--no-auth", "--log-level", "warning", "--extractor", "paced", "--paced-delay", "5ms", "--paced-parts", "2")

# Each with how often the script takes it at least.
STEPS = {
    "accept": 3, "batch": 1, "claim": 3, "checkpoint": 3, "commit": 3, "cancel": 1, "retry": 1, "revise": 1, "remove": 1, "rebuild": 1}
# Taken by housekeeping, which has a test of its own.
KEPT_ELSEWHERE = {"prune", "delete", "purge"}
POINTS = [
    f"{step}:{position}:{count}" for step, most in STEPS.items() for position in ("before", "after") for count in sorted({1, most})]

PATCHED = "Zelda Quinn works at Yonder Press. Zelda Quinn lives in Oslo. "
RESTED = "Walter Brook works at Xenon Labs. Walter Brook lives in Lisbon. "


class Script(Client):
    """Everything that a client can do, one after the other, each step repeated until it is answered."""

    def __init__(self, mortal: MortalServer, projects: dict[str, str]):
        super().__init__()
        self._mortal = mortal
        self._session = Session(mortal)
        self.projects = projects
        # For each memory's id its place in its project's sequence.
        self.indices: dict[str, dict[str, int]] = {name: {} for name in projects}
        self.tasks: list[str] = []
        self.imported: dict[str, Any] = {}

    def insist(self, method: str, path: str, *allowed: int, **options: Any) -> httpx.Response:
        answer = self._session.insist(method, path, **options)
        assert answer.status_code in allowed, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def follow(self, task: str) -> dict[str, Any]:
        """Follows a task to its end, whatever happens meanwhile; the data of its last event."""
        follower = Follower(self._mortal, task)
        follower.no_more()
        follower.start()
        follower.finish()
        [transcript] = follower.transcripts
        transcript.check(ending=None)
        return transcript.events[-1].json

    def write(self, project: str, index: int, body: bytes | None = None) -> dict[str, Any]:
        body = body or crash_texts.memory(project, index, self.projects[project])
        answer = self.insist(
            "POST", "/memories/", 201, content=body, headers={"Content-Type": "application/json", "Idempotency-Key": f"{project}-{index}"}).json()
        self.indices[project][answer["id"]] = index
        self.tasks.append(answer["task_id"])
        return answer

    def work(self) -> None:
        self.write_and_change()
        self.bring_in()
        self.cancel_and_retry()
        rebuilt = self.insist("POST", "/communities/rebuild", 202, params={"project_id": self.projects["Larch"]}).json()
        assert self.follow(rebuilt["task_id"])["status"] == "Completed"
        self._session.close()

    def write_and_change(self) -> None:
        memories = [self.write("Larch", index) for index in range(6)]
        for memory in memories:
            assert self.follow(memory["task_id"])["status"] == "Completed"
        # The same change again is none: an answer that was lost may be asked for again.
        changed = self.insist("PATCH", f"/memories/{memories[1]['id']}", 200, json={"content": PATCHED}).json()
        assert changed["version"] == 2
        self.tasks.append(changed["task_id"])
        assert self.follow(changed["task_id"])["status"] == "Completed"
        self.insist("DELETE", f"/memories/{memories[2]['id']}", 204, 404)
        del self.indices["Larch"][memories[2]["id"]]

    def bring_in(self) -> None:
        made = self.insist(
            "POST", f"/projects/{self.projects['Maple']}/imports", 201, json={"name": "maple"}, headers={"Idempotency-Key": "maple"}).json()
        lines = [json.loads(crash_texts.memory("Maple", index, self.projects["Maple"])) | {"external_id": f"maple-{index}"} for index in range(8)]
        body = "\n".join(json.dumps(line) for line in lines[:4]) + "\nno memory\n" + "\n".join(json.dumps(line) for line in lines[4:]) + "\n"
        self.imported = self.insist(
            "PUT", made["upload_url"].removeprefix(BASE), 202, content=body.encode(), headers={"Content-Type": "application/x-ndjson"}).json()
        end = self.follow(made["task_id"])
        assert end["status"] == "Completed", end
        self.imported["result"] = end["result"]
        page = self.insist("GET", "/memories/", 200, params={"project_id": self.projects["Maple"], "page_size": 100}).json()
        assert page["total"] == 8, page["total"]
        self.indices["Maple"] = {memory["id"]: int(memory["external_id"].split("-")[1]) for memory in page["memories"]}

    def cancel_and_retry(self) -> None:
        body = json.dumps({"project_id": self.projects["Oak"], "content": RESTED}).encode()
        task = self.write("Oak", 0, body)["task_id"]
        self.insist("POST", f"/tasks/{task}/cancel", 200, 409)
        if self.follow(task)["status"] == "Cancelled":
            self.insist("POST", f"/tasks/{task}/retry", 200, 409)
        assert self.follow(task)["status"] == "Completed"
        # One that waits behind nobody is cancelled before it can end; it stays so.
        second = self.write("Oak", 1, body)["task_id"]
        self.insist("POST", f"/tasks/{second}/cancel", 200, 409)
        self.tasks.remove(second)

    def result(self) -> dict[str, Any]:
        graphs = {}
        for name in ("Larch", "Maple"):
            whole = graph(self._mortal.server.api, self.projects[name], self.indices[name])
            # Which local moves were made depends on when each episode landed.
            graphs[name] = {kind: whole[kind] for kind in ("entities", "relationships", "mentions")}
        # How many communities an episode touched depends on when it landed, as above; the warning names the task.
        receipt = {key: value for key, value in self.imported["result"].items() if key not in ("communities_touched", "warning")}
        return {"graphs": graphs, "import": {"accepted": self.imported["accepted"], "rejected": self.imported["rejected"], "receipt": receipt}}


def projects(mortal: MortalServer) -> dict[str, str]:
    """Made first: that is none of the counted steps."""
    return {name: mortal.server.new_project(name) for name in ("Larch", "Maple", "Oak")}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    started = Started(tmp_path_factory.mktemp("undisturbed"))
    calm = MortalServer(started(*FLAGS, start=False)).begin(final=True)
    script = Script(calm, projects(calm))
    script.start()
    script.finish()
    yield script.result()
    started.end()


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_every_durable_step(serve: Callable[..., Server], undisturbed: dict[str, Any], point: str) -> None:
    mortal = MortalServer(serve(*FLAGS, start=False)).begin(*FLAGS, failpoint=point)
    script = Script(mortal, projects(mortal))
    script.start()
    mortal.wait_for_suicide()
    mortal.begin(*FLAGS, final=True)
    script.finish()
    result = script.result()
    assert result["import"] == undisturbed["import"], f"{result['import']} instead of {undisturbed['import']}"
    for name, wanted in undisturbed["graphs"].items():
        assert not (lines := difference(result["graphs"][name], wanted)), f"the graph of {name} differs:\n{lines}"
    api = mortal.server.api
    for task in script.tasks:
        record = api.get(f"/tasks/{task}").json()
        assert record["status"] == "Completed" and record["attempt"] <= mortal.lives + 1, record
    stats = api.get("/tasks/stats").json()
    assert (stats["pending"], stats["processing"], stats["failed"]) == (0, 0, 0), stats


def test_no_kind_of_step_is_forgotten(tmp_path: Path) -> None:
    """The server names the steps that it knows; each is killed here or in a test of its own."""
    ended = subprocess.run(
        [BINARY, "serve", "--port", "0", "--data", str(tmp_path / "data")], env={"ENGRAM_FAILPOINT": "nowhere"}, capture_output=True, text=True,
        timeout=30)
    assert ended.returncode == 1
    named = set(ended.stderr.split("with a NAME of ")[1].split(".")[0].replace(" or ", ", ").split(", "))
    assert named == set(STEPS) | KEPT_ELSEWHERE
