"""Communities rebuilt over a project's whole graph: `POST /communities/rebuild`."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from server import BASE, Server

STAGES = [
    (10, "Removing existing communities..."), (30, "Detecting communities..."), (75, "Saving community relationships..."),
    (90, "Calculating member counts...")]


def relate(server: Server, project: str, pairs: list[tuple[str, str]]) -> None:
    """Memories that say just that each pair is connected."""
    tasks = []
    for left, right in pairs:
        tasks.append(server.remember(
            f"{left} and {right}.", project,
            entities=[{"name": name, "type": "Topic"} for name in (left, right)],
            relationships=[{"source": left, "target": right, "type": "KNOWS"}])["task_id"])
    for task in tasks:
        assert server.ending(task)["event"] == "completed"


def clique(name: str, size: int) -> list[tuple[str, str]]:
    return [(f"{name}{left}", f"{name}{right}") for left in range(size) for right in range(left)]


def rebuild(server: Server, project: str) -> dict[str, Any]:
    answer = server.api.post("/communities/rebuild", params={"project_id": project})
    assert answer.status_code == 202, answer.text
    return answer.json()


def groups(server: Server, project: str) -> list[set[str]]:
    """The members of each community, by name."""
    found = []
    for community in server.api.get("/communities/", params={"project_id": project, "limit": 200}).json()["communities"]:
        members = server.api.get(f"/communities/{community['uuid']}/members", params={"limit": 200}).json()
        assert members["total"] == community["member_count"]
        found.append({member["name"] for member in members["members"]})
    return found


def modularity(server: Server, project: str) -> float:
    """Recomputed from what the API shows."""
    elements = server.api.get("/memory/graph", params={"project_id": project, "limit": 2000}).json()["elements"]
    home = {edge["data"]["target"]: edge["data"]["source"] for edge in elements["edges"] if edge["data"]["label"] == "HAS_MEMBER"}
    weights: dict[frozenset[str], int] = defaultdict(int)
    for entity in [node["data"] for node in elements["nodes"] if node["data"]["label"] == "Entity"]:
        for edge in server.api.get(f"/entities/{entity['id']}/relationships", params={"limit": 200}).json()["relationships"]:
            if edge["direction"] == "outgoing":
                weights[frozenset((entity["id"], edge["related_entity"]["uuid"]))] += int(edge["score"])
    total = sum(weights.values())
    inside: dict[str, int] = defaultdict(int)
    strength: dict[str, int] = defaultdict(int)
    for pair, weight in weights.items():
        left, right = pair
        strength[home[left]] += weight
        strength[home[right]] += weight
        if home[left] == home[right]:
            inside[home[left]] += weight
    return sum(inside[group] / total - (strength[group] / (2 * total)) ** 2 for group in strength)


def test_a_rebuild_finds_the_groups_and_says_what_it_did(server: Server, project: str) -> None:
    relate(server, project, [*clique("Red", 5), *clique("Blue", 5), ("Red0", "Blue0")])
    answer = rebuild(server, project)
    assert answer["status"] == "submitted" and answer["message"]
    assert answer["task_url"] == f"{BASE}/tasks/{answer['task_id']}" and "ticket=" in answer["stream_url"]
    end = server.ending(answer["task_id"])
    assert (end["event"], end["name"], end["message"], end["progress"]) == ("completed", "rebuild_communities", "Community rebuild completed", 100)
    assert end["result"]["communities_count"] == 2 and end["result"]["edges_count"] == 21
    timeline = [entry["message"] for entry in server.api.get(f"/tasks/{answer['task_id']}/events").json()["events"]]
    assert timeline == [*(text for _, text in STAGES[:2]), "Found 2 communities...", *(text for _, text in STAGES[2:])]
    assert sorted(groups(server, project), key=sorted) == sorted(
        [{f"Red{n}" for n in range(5)}, {f"Blue{n}" for n in range(5)}], key=sorted)
    assert end["result"]["modularity"] == pytest.approx(modularity(server, project), abs=1e-4)


def test_communities_that_persist_keep_their_ids(server: Server, project: str) -> None:
    relate(server, project, [*clique("One", 4), *clique("Two", 4)])
    server.ending(rebuild(server, project)["task_id"])

    def ids() -> set[str]:
        return {community["uuid"] for community in server.api.get("/communities/", params={"project_id": project}).json()["communities"]}

    before = ids()
    relate(server, project, [("One0", "Newcomer"), ("One1", "Newcomer")])
    server.ending(rebuild(server, project)["task_id"])
    assert ids() == before and len(before) == 2


def test_an_empty_project_can_be_rebuilt(server: Server, project: str) -> None:
    end = server.ending(rebuild(server, project)["task_id"])
    assert end["event"] == "completed" and end["result"] == {"communities_count": 0, "edges_count": 0, "modularity": 0}


def test_one_rebuild_at_a_time(serve) -> None:
    server = serve("--workers", "0")
    first = rebuild(server, "default")
    second = rebuild(server, "default")
    assert second["task_id"] == first["task_id"] and "already" in second["message"]
    other = server.new_project()
    assert rebuild(server, other)["task_id"] != first["task_id"]
    assert server.api.post(f"/tasks/{first['task_id']}/cancel").status_code == 200
    assert rebuild(server, "default")["task_id"] != first["task_id"]


def test_who_may_rebuild_what(server: Server, project: str) -> None:
    assert server.api.post("/communities/rebuild", params={"project_id": "nowhere"}).status_code == 404
    assert server.api.get("/communities/rebuild").status_code in (404, 405)
    viewer = server.api.post("/auth/keys", json={"name": "v", "role": "viewer"}).json()["key"]
    assert server.client(viewer).post("/communities/rebuild", params={"project_id": project}).status_code == 403
    elsewhere = server.api.post("/auth/keys", json={"name": "e", "projects": [server.new_project()]}).json()["key"]
    assert server.client(elsewhere).post("/communities/rebuild", params={"project_id": project}).status_code == 404


def test_a_rebuild_beside_ingestion_and_kills_comes_to_an_end(serve) -> None:
    server = serve()
    project = server.new_project()
    relate(server, project, [*clique("Red", 6), *clique("Blue", 6)])
    for number in range(4):
        task = rebuild(server, project)["task_id"]
        memories = [
            server.remember(
                f"Memory {number}.{extra}", project, entities=[{"name": "Red0", "type": "Topic"}, {"name": f"Extra{extra}", "type": "Topic"}],
                relationships=[{"source": "Red0", "target": f"Extra{extra}", "type": "KNOWS"}])
            for extra in range(5)]
        server.kill_and_restart()
        assert server.ending(task)["event"] == "completed"
        for memory in memories:
            assert server.ending(memory["task_id"])["event"] == "completed"
    end = server.ending(rebuild(server, project)["task_id"])
    assert end["result"]["modularity"] == pytest.approx(modularity(server, project), abs=1e-4)
    found = groups(server, project)
    assert {f"Blue{n}" for n in range(6)} in found
    names = [name for group in found for name in group]
    assert sorted(names) == sorted([*(f"Red{n}" for n in range(6)), *(f"Blue{n}" for n in range(6)), *(f"Extra{n}" for n in range(5))])
