"""Memories that change and go, and what the graph makes of it."""

from __future__ import annotations

import random
import threading
from typing import Any

import httpx
import pytest

from crash_graph import difference, graph
from server import Server, eventually

OLD = "Ada Lovelace met Charles Babbage in London. Ada Lovelace works at Acme Corporation."
NEW = "Ada Lovelace met Mary Somerville in Paris. Ada Lovelace works at Acme Corporation."


def patch(server: Server, memory: str, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
    return server.api.patch(f"/memories/{memory}", json=fields, headers=headers or {})


def names(server: Server, project: str) -> set[str]:
    return {entity["name"] for entity in server.api.get("/entities/", params={"project_id": project, "limit": 200}).json()["entities"]}


def state(server: Server, project: str, memories: list[str]) -> dict[str, list[Any]]:
    """What is in the graph by names. Communities depend on their history, and a schema keeps what it has learnt."""
    found = graph(server.api, project, {memory: index for index, memory in enumerate(memories)})
    # A memory keeps its place in lists when it changes.
    relationships = [(*edge, tuple(sorted(stating))) for *edge, stating in found["relationships"]]
    return {"entities": found["entities"], "relationships": sorted(relationships), "mentions": found["mentions"]}


def expect_as_fresh(server: Server, project: str, memories: list[str], other: Server, contents: list[str]) -> None:
    """Expects the graph of a server that only saw these contents, in this order."""
    fresh_project = other.new_project()
    fresh = [other.learn(content, fresh_project)["id"] for content in contents]
    fault = difference(state(server, project, memories), state(other, fresh_project, fresh))
    assert not fault, fault


# -- PATCH


def test_new_content_replaces_what_the_old_one_brought(server, project):
    memory = server.learn(OLD, project, title="Diary", tags=["a"], metadata={"k": 1})
    answer = patch(server, memory["id"], content=NEW, unknown="ignored")
    assert answer.status_code == 200 and answer.headers["ETag"] == '"2"'
    changed = answer.json()
    assert (changed["version"], changed["outcome"], changed["content"]) == (2, "revised", NEW)
    assert (changed["title"], changed["tags"], changed["metadata"]) == ("Diary", ["a"], {"k": 1})
    assert changed["task_id"] != memory["task_id"] and changed["task_id"] in changed["stream_url"] and "ticket=" in changed["stream_url"]
    receipt = server.ending(changed["task_id"])["result"]
    assert receipt["entities_removed"] == 2 and receipt["relationships_removed"] >= 1
    assert {"Mary Somerville", "Paris"} <= names(server, project) and not {"Charles Babbage", "London"} & names(server, project)
    now = server.api.get(f"/memories/{memory['id']}").json()
    assert now["processing_status"] == "COMPLETED" and now["version"] == 2 and now["created_at"] == memory["created_at"]
    for mention in now["mentions"]:
        assert NEW[mention["start"]:mention["end"]] in mention["name"] or mention["name"] in NEW[mention["start"]:mention["end"]]
    history = server.api.get("/tasks/recent", params={"entity_id": memory["id"]}).json()
    assert [task["id"] for task in history] == [changed["task_id"], memory["task_id"]]


def test_who_is_named_again_stays_who_they_are(server, project):
    memory = server.learn(OLD, project)
    before = {e["name"]: e["uuid"] for e in server.api.get("/entities/", params={"project_id": project}).json()["entities"]}
    edges = server.api.get(f"/entities/{before['Acme Corporation']}/relationships").json()["relationships"]
    server.ending(patch(server, memory["id"], content=NEW).json()["task_id"])
    after = {e["name"]: e["uuid"] for e in server.api.get("/entities/", params={"project_id": project}).json()["entities"]}
    assert {name: after[name] for name in ("Ada Lovelace", "Acme Corporation")} == {name: before[name] for name in ("Ada Lovelace", "Acme Corporation")}
    again = server.api.get(f"/entities/{after['Acme Corporation']}/relationships").json()["relationships"]
    assert [edge["edge_id"] for edge in again] == [edge["edge_id"] for edge in edges]


def test_what_is_no_content_changes_without_a_task(server, project):
    memory = server.learn(OLD, project, title="Diary", tags=["a"])
    changed = patch(server, memory["id"], title="Journal", tags=["b"], metadata={"k": [1]}).json()
    assert (changed["outcome"], changed["version"], changed["task_id"]) == ("updated", 2, memory["task_id"])
    now = server.api.get(f"/memories/{memory['id']}")
    assert now.headers["ETag"] == '"2"'
    assert (now.json()["title"], now.json()["tags"], now.json()["metadata"]) == ("Journal", ["b"], {"k": [1]})
    assert all(mention["start"] is not None for mention in now.json()["mentions"])
    same = patch(server, memory["id"], title="Journal", content=OLD)
    assert (same.json()["outcome"], same.json()["version"], same.headers["ETag"]) == ("unchanged", 2, '"2"')
    emptied = patch(server, memory["id"], title=None, tags=None).json()
    assert (emptied["title"], emptied["tags"], emptied["version"]) == (None, [], 3)


def test_a_change_may_be_meant_for_one_version_only(server, project):
    memory = server.learn(OLD, project)["id"]
    assert patch(server, memory, {"If-Match": '"1"'}, title="one").status_code == 200
    for tag in ('"1"', 'W/"2"', "2", '"3", "4"', "nonsense"):
        refused = patch(server, memory, {"If-Match": tag}, title="late")
        assert refused.status_code == 412, tag
        assert refused.headers["Content-Type"] == "application/problem+json" and refused.headers["ETag"] == '"2"'
        assert server.api.delete(f"/memories/{memory}", headers={"If-Match": tag}).status_code == 412
    assert patch(server, memory, {"If-Match": '"7", "2"'}, title="two").json()["version"] == 3
    assert patch(server, memory, {"If-Match": "*"}, title="three").json()["version"] == 4
    assert server.api.delete(f"/memories/{memory}", headers={"If-Match": '"4"'}).status_code == 204


def test_of_many_changes_to_one_version_one_is_made(server, project):
    memory = server.learn(OLD, project)["id"]
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda number=number: codes.append(
            httpx.patch(f"{server.origin}/api/v1/memories/{memory}", json={"title": f"{number}"}, timeout=30,
                        headers={"If-Match": '"1"', "Authorization": f"Bearer {server.owner_key}"}).status_code))
        for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] + [412] * 7


def test_a_bad_change_names_every_bad_field(server, project):
    memory = server.learn(OLD, project)["id"]
    answer = patch(server, memory, content=" ", title=7, tags=["a", 1], metadata=[])
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"content", "title", "tags[1]", "metadata"}
    assert patch(server, memory, content=None).status_code == 422
    assert server.api.patch(f"/memories/{memory}", content="{", headers={"Content-Type": "application/json"}).status_code == 400
    assert server.api.patch(f"/memories/{memory}", json=[]).status_code == 422
    document = server.learn('{"name": "Ada"}', project, content_type="json")["id"]
    assert patch(server, document, content="no JSON").status_code == 422
    assert patch(server, document, content='{"name": "Bob"}').status_code == 200
    assert server.api.get(f"/memories/{memory}").json()["version"] == 1


def test_who_may_change_and_delete(server, project):
    memory = server.learn(OLD, project)["id"]
    other = server.new_project()

    def key(**fields: Any) -> httpx.Client:
        return server.client(server.api.post("/auth/keys", json={"name": "k", **fields}).json()["key"])

    for client, code in ((key(role="viewer"), 403), (key(role="editor", projects=[other]), 404), (server.client(), 401)):
        with client:
            assert client.patch(f"/memories/{memory}", json={"title": "x"}).status_code == code
            assert client.delete(f"/memories/{memory}").status_code == code
    with key(role="editor", projects=[project]) as client:
        assert client.patch(f"/memories/{memory}", json={"title": "x"}).status_code == 200
        assert client.delete(f"/memories/{memory}").status_code == 204


# -- DELETE


def test_what_is_deleted_is_nowhere(server, project):
    kept = server.learn("Ada Lovelace met Charles Babbage in London.", project)
    gone = server.learn("Ada Lovelace met Zebedee Quackenbush in Timbuktu. Zebedee Quackenbush works at Xylophone Corporation.", project, tags=["secret"])
    assert server.api.delete(f"/memories/{gone['id']}").status_code == 204
    for method in ("GET", "DELETE"):
        assert server.api.request(method, f"/memories/{gone['id']}").status_code == 404
    assert patch(server, gone["id"], title="x").status_code == 404
    scope = {"project_id": project}
    everything = [
        server.api.get("/memories/", params=scope), server.api.get("/memories/", params={**scope, "search": "Quackenbush"}),
        server.api.get("/episodes/", params=scope), server.api.get("/entities/", params=scope), server.api.get("/communities/", params=scope),
        server.api.get("/memory/graph", params=scope), server.api.get("/tasks/recent", params=scope)]
    for entity in server.api.get("/entities/", params=scope).json()["entities"]:
        everything += [server.api.get(f"/entities/{entity['uuid']}"), server.api.get(f"/entities/{entity['uuid']}/relationships")]
    for community in server.api.get("/communities/", params=scope).json()["communities"]:
        everything.append(server.api.get(f"/communities/{community['uuid']}/members"))
    for answer in everything:
        assert answer.status_code == 200
        for word in ("Quackenbush", "Timbuktu", "Xylophone", gone["id"]):
            assert word not in answer.text, answer.url
    assert server.api.get("/memories/", params={**scope, "tag": "secret"}).json()["total"] == 0
    assert server.api.get("/memories/", params=scope).json()["total"] == 1
    task = server.api.get(f"/tasks/{gone['task_id']}").json()
    assert task["status"] == "Completed" and task["entity_id"] is None
    assert server.api.get(f"/memories/{kept['id']}").json()["mentions"]
    again = server.learn(gone["content"], project)
    assert again["id"] != gone["id"] and "Timbuktu" in names(server, project)


# -- a known external id


def test_a_known_external_id_says_what_became_of_it(server, project):
    body = {"project_id": project, "content": OLD, "external_id": "doc 1"}
    first = server.api.post("/memories/", json=body)
    assert first.status_code == 201 and first.json()["outcome"] == "created"
    same = server.api.post("/memories/", json={**body, "title": "other"})
    assert same.status_code == 200 and same.json()["outcome"] == "unchanged"
    assert (same.json()["id"], same.json()["task_id"], same.json()["version"]) == (first.json()["id"], first.json()["task_id"], 1)
    server.ending(first.json()["task_id"])
    new = server.api.post("/memories/", json={**body, "content": NEW, "title": "new", "tags": ["t"]})
    assert new.status_code == 200 and new.headers["ETag"] == '"2"'
    revised = new.json()
    assert (revised["outcome"], revised["id"], revised["version"]) == ("revised", first.json()["id"], 2)
    assert (revised["title"], revised["tags"], revised["external_id"]) == ("new", ["t"], "doc 1")
    assert server.ending(revised["task_id"])["event"] == "completed"
    assert "London" not in names(server, project)
    dated = server.api.post("/memories/", json={**body, "content": NEW, "occurred_at": "2024-05-01T00:00:00Z"}).json()
    assert (dated["outcome"], dated["version"]) == ("revised", 3), "when something happened is part of the content"
    assert server.api.post("/episodes/", json={"content": "Ada.", "project_id": project}).json()["outcome"] == "created"


def test_a_revision_is_replayed_by_its_idempotency_key(server, project):
    body = {"project_id": project, "content": OLD, "external_id": "doc"}
    server.api.post("/memories/", json=body)
    answers = [server.api.post("/memories/", json={**body, "content": NEW}, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    # Somebody else brings the older content back; the key's answer is what it was, and does nothing.
    server.api.post("/memories/", json=body)
    answers.append(server.api.post("/memories/", json={**body, "content": NEW}, headers={"Idempotency-Key": "k"}))
    assert [answer.status_code for answer in answers] == [200] * 3
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true", "true"]
    assert {(a.json()["outcome"], a.json()["version"], a.json()["task_id"]) for a in answers} == {("revised", 2, answers[0].json()["task_id"])}
    other = server.api.post("/memories/", json={**body, "content": "other"}, headers={"Idempotency-Key": "k"})
    assert other.status_code == 409
    assert server.api.get(f"/memories/{answers[0].json()['id']}").json()["version"] == 3


# -- while it runs


@pytest.fixture
def slow(serve) -> Server:
    return serve("--extractor", "paced", "--paced-delay", "300ms", "--paced-parts", "4")


def at_work(server: Server, task: str) -> None:
    eventually(lambda: server.api.get(f"/tasks/{task}").json()["progress"] > 30, what="the first part")


def test_a_change_while_the_memory_is_ingested(slow):
    project = slow.new_project()
    memory = slow.remember(OLD, project)
    with slow.stream(memory["task_id"]) as stream:
        at_work(slow, memory["task_id"])
        waiting = slow.api.get(f"/memories/{memory['id']}").json()
        assert waiting["processing_status"] == "PROCESSING" and waiting["mentions"] == []
        changed = patch(slow, memory["id"], content=NEW).json()
        *_, last = stream.events()
    assert last.type == "cancelled" and "Superseded by version 2" in last.data
    assert slow.ending(changed["task_id"])["event"] == "completed"
    assert not {"Charles Babbage", "London"} & names(slow, project) and "Paris" in names(slow, project)
    old = slow.api.get(f"/tasks/{memory['task_id']}").json()
    assert old["status"] == "Cancelled" and old["entity_id"] == memory["id"]
    refused = slow.api.post(f"/tasks/{memory['task_id']}/retry")
    assert refused.status_code == 409 and "newer" in refused.json()["detail"]


def test_while_a_new_version_waits_the_graph_has_the_old_one(slow):
    project = slow.new_project()
    memory = slow.learn(OLD, project)
    changed = patch(slow, memory["id"], content=NEW).json()
    now = slow.api.get(f"/memories/{memory['id']}").json()
    assert now["content"] == NEW and now["processing_status"] in ("PENDING", "PROCESSING")
    # Whom it names is still true of the graph; where is not, for that content is no more.
    assert "London" in {mention["name"] for mention in now["mentions"]}
    assert all(mention["start"] is None and mention["end"] is None for mention in now["mentions"])
    slow.ending(changed["task_id"])
    now = slow.api.get(f"/memories/{memory['id']}").json()
    assert "Paris" in {mention["name"] for mention in now["mentions"]} and all(mention["start"] is not None for mention in now["mentions"])


def test_a_deletion_while_the_memory_is_ingested(slow):
    project = slow.new_project()
    memory = slow.remember(OLD, project)
    with slow.stream(memory["task_id"]) as stream:
        at_work(slow, memory["task_id"])
        assert slow.api.delete(f"/memories/{memory['id']}").status_code == 204
        *_, last = stream.events()
    assert last.type == "cancelled" and "The memory was deleted" in last.data
    assert slow.learn("Bob met Eve in Rome.", project)
    assert not {"Ada Lovelace", "London"} & names(slow, project)
    task = slow.api.get(f"/tasks/{memory['task_id']}").json()
    assert task["status"] == "Cancelled" and task["entity_id"] is None and task["progress"] >= 30
    assert slow.api.post(f"/tasks/{memory['task_id']}/retry").status_code == 409


def test_what_only_waits_is_changed_and_deleted(serve):
    server = serve("--workers", "0")
    project = server.new_project()
    one, two = server.remember(OLD, project), server.remember(OLD, project)
    assert patch(server, one["id"], content=NEW).status_code == 200
    assert server.api.delete(f"/memories/{two['id']}").status_code == 204
    assert [server.api.get(f"/tasks/{memory['task_id']}").json()["status"] for memory in (one, two)] == ["Cancelled"] * 2
    server.stop()
    server.start("--workers", "4")
    task = server.api.get(f"/memories/{one['id']}").json()["task_id"]
    assert server.ending(task)["event"] == "completed"
    assert "Paris" in names(server, project) and "London" not in names(server, project)


# -- the graph is that of whoever only saw what is left


CONTENTS = [
    f"{first} {last} met {other} in {place}. {first} {last} works at {firm}."
    for first, last, other, place, firm in (
        ("Ada", "Lovelace", "Charles Babbage", "London", "Acme Corporation"), ("Grace", "Hopper", "Howard Aiken", "Boston", "Acme Corporation"),
        ("Mary", "Somerville", "Ada Lovelace", "Paris", "Royal Society"), ("Alan", "Turing", "Grace Hopper", "London", "Enigma Corporation"),
        ("Emmy", "Noether", "Alan Turing", "Berlin", "Royal Society"), ("Ada", "Lovelace", "Mary Somerville", "Boston", "Acme Corporation"))]


@pytest.mark.parametrize("seed", range(3))
def test_changes_and_deletions_leave_no_trace(serve, seed):
    server, other = serve(), serve()
    project = server.new_project()
    dice = random.Random(seed)
    content: dict[str, str] = {}
    for _ in range(40):
        kind = dice.randrange(4)
        memory = dice.choice(list(content)) if content else ""
        if kind == 0 and memory:
            assert server.api.delete(f"/memories/{memory}").status_code == 204
            del content[memory]
        elif kind == 1 and memory:
            new = dice.choice(CONTENTS)
            answer = patch(server, memory, content=new).json()
            if answer["outcome"] == "revised":
                # From now on it is the newest.
                del content[memory]
                content[memory] = new
            assert server.ending(answer["task_id"])["event"] == "completed"
        else:
            memory = server.learn(dice.choice(CONTENTS), project)
            content[memory["id"]] = memory["content"]
    expect_as_fresh(server, project, list(content), other, list(content.values()))
    for memory in content:
        assert server.api.delete(f"/memories/{memory}").status_code == 204
    assert names(server, project) == set()
    assert server.api.get("/communities/", params={"project_id": project}).json()["total"] == 0


# -- kill -9


@pytest.mark.parametrize("point", ["revise:before:1", "revise:after:1", "remove:before:1", "remove:after:1", "commit:before:1", "commit:after:1"])
def test_a_kill_leaves_the_old_or_the_new(serve, point):
    server, other = serve(), serve()
    project = server.new_project()
    kept, changing = server.learn(CONTENTS[0], project), server.learn(CONTENTS[1], project)
    server.stop()
    server.environment = {"ENGRAM_FAILPOINT": point}
    server.start()
    deletes = point.startswith("remove")
    acknowledged = False
    try:
        if deletes:
            acknowledged = server.api.delete(f"/memories/{changing['id']}").status_code == 204
        else:
            acknowledged = patch(server, changing["id"], content=CONTENTS[2]).status_code == 200
    except httpx.TransportError:
        pass
    assert server.process.wait(20) != 0
    server.process.stdout.close()
    server.process = None
    server.environment = {}
    server.start()
    found = server.api.get(f"/memories/{changing['id']}")
    if found.status_code == 404:
        assert deletes and point != "remove:before:1"
        expect_as_fresh(server, project, [kept["id"]], other, [CONTENTS[0]])
        return
    assert not (deletes and acknowledged)
    memory = found.json()
    assert server.ending(memory["task_id"])["event"] == "completed"
    if deletes or point == "revise:before:1":
        assert memory["version"] == 1
        expect_as_fresh(server, project, [kept["id"], changing["id"]], other, [CONTENTS[0], CONTENTS[1]])
    else:
        assert memory["version"] == 2
        expect_as_fresh(server, project, [kept["id"], changing["id"]], other, [CONTENTS[0], CONTENTS[2]])
