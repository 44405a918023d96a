"""Projects, memories and episodes: what goes in."""

import re
import threading

import pytest

from server import Server

UUID7 = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
NOBODY = "00000000-0000-7000-8000-000000000000"


# -- projects


def test_a_project_is_made_changed_and_deleted(server):
    made = server.api.post("/projects/", json={"name": "Notes", "description": "mine"})
    assert made.status_code == 201
    project = made.json()
    assert re.fullmatch(UUID7, project["id"]) and re.fullmatch(TIME, project["created_at"])
    assert (project["name"], project["description"]) == ("Notes", "mine")
    changed = server.api.put(f"/projects/{project['id']}", json={"name": "Thoughts"})
    assert changed.status_code == 200 and changed.json()["name"] == "Thoughts"
    assert server.api.get(f"/projects/{project['id']}").json()["name"] == "Thoughts"
    assert server.api.delete(f"/projects/{project['id']}").status_code == 204
    assert server.api.get(f"/projects/{project['id']}").status_code == 404


def test_projects_are_listed_page_by_page(serve):
    server = serve()
    made = {server.new_project(f"P{number}") for number in range(5)}
    pages = [server.api.get("/projects/", params={"page": page, "page_size": 2}).json() for page in (1, 2, 3, 4)]
    assert [len(page["projects"]) for page in pages] == [2, 2, 2, 0]
    assert {page["total"] for page in pages} == {6}
    assert made < {project["id"] for page in pages for project in page["projects"]}


def test_the_default_project_exists_can_be_renamed_and_cannot_be_deleted(serve):
    server = serve()
    default = server.api.get("/projects/default").json()
    assert server.api.put("/projects/default", json={"name": "Home"}).status_code == 200
    assert server.api.get(f"/projects/{default['id']}").json()["name"] == "Home"
    assert server.api.delete("/projects/default").status_code == 409
    assert server.api.delete(f"/projects/{default['id']}", params={"force": "true"}).status_code == 409
    assert server.remember()["project_id"] == default["id"]


def test_deleting_a_project_deletes_all_it_holds(server, project):
    memory = server.learn("Ada Lovelace met Charles Babbage in London.", project)
    entity = server.api.get("/entities/", params={"project_id": project}).json()["entities"][0]["uuid"]
    assert server.api.delete(f"/projects/{project}").status_code == 204
    for path in (f"/memories/{memory['id']}", f"/entities/{entity}", f"/projects/{project}"):
        assert server.api.get(path).status_code == 404
    assert server.api.get("/memories/", params={"project_id": project}).status_code == 404


# -- memories


def test_a_created_memory_has_all_its_fields(server, project):
    sent = {
        "project_id": project, "title": "Engines", "content": "Ada met Charles.", "content_type": "text", "tags": ["a", "b"],
        "entities": [{"name": "Ada", "type": "Person", "description": "a countess"}],
        "relationships": [{"source": "Ada", "target": "Charles", "type": "KNOWS"}], "collaborators": ["someone"], "is_public": True,
        "metadata": {"n": 1, "deep": {"list": [None, True, 1.5, "ü🙂"]}}, "occurred_at": "2024-02-29T12:00:00.000Z", "external_id": "x-1",
        "unknown": "is ignored"}
    answer = server.api.post("/memories/", json=sent)
    assert answer.status_code == 201
    memory = answer.json()
    for name in ("title", "content", "content_type", "tags", "collaborators", "is_public", "metadata", "occurred_at", "external_id"):
        assert memory[name] == sent[name], name
    assert memory["entities"][0].items() >= sent["entities"][0].items()
    assert memory["relationships"][0].items() >= sent["relationships"][0].items()
    assert "unknown" not in memory
    assert re.fullmatch(UUID7, memory["id"]) and re.fullmatch(UUID7, memory["task_id"])
    assert re.fullmatch(TIME, memory["created_at"]) and re.fullmatch(TIME, memory["updated_at"])
    assert (memory["version"], memory["status"], memory["processing_status"]) == (1, "ENABLED", "PENDING")
    assert memory["stream_url"].startswith("/api/v1/tasks/")


def test_a_memory_s_answer_names_the_project_by_its_id(server):
    assert re.fullmatch(UUID7, server.remember(project="default")["project_id"])


def test_a_memory_is_found_again_with_its_etag_and_state(server, project):
    made = server.learn("Ada met Charles.", project, title="T")
    answer = server.api.get(f"/memories/{made['id']}")
    assert answer.status_code == 200 and answer.headers["etag"]
    memory = answer.json()
    assert (memory["content"], memory["processing_status"], memory["progress"]) == ("Ada met Charles.", "COMPLETED", 100)
    assert memory["task_id"] == made["task_id"]


def test_mentions_point_at_the_names_counted_in_unicode_scalars(server, project):
    text = "🙂👩‍👩‍👧 Zoë e\u0301 Ada Lovelace met Charles Babbage in London. 🇩🇪 London is big."
    memory = server.learn(text, project)
    mentions = server.api.get(f"/memories/{memory['id']}").json()["mentions"]
    shown = [text[mention["start"] : mention["end"]] for mention in mentions]
    assert shown.count("London") == 2
    assert "Charles Babbage" in shown
    for mention, part in zip(mentions, shown):
        assert part == part.strip() and part[0].isupper(), f"{part!r} is no name"
        assert mention.keys() >= {"entity_id", "name", "entity_type", "start", "end"}
        assert server.api.get(f"/entities/{mention['entity_id']}").json()["name"] == mention["name"]


def test_given_entities_and_relationships_are_taken_as_given(server, project):
    server.learn(
        "something quiet", project, entities=[{"name": "Grace Hopper", "type": "Person"}, {"name": "COBOL", "type": "Language"}],
        relationships=[{"source": "Grace Hopper", "target": "COBOL", "type": "DESIGNED"}])
    names = {entity["name"]: entity for entity in server.api.get("/entities/", params={"project_id": project}).json()["entities"]}
    assert names["COBOL"]["entity_type"] == "Language"
    [edge] = server.api.get(f"/entities/{names['Grace Hopper']['uuid']}/relationships").json()["relationships"]
    assert (edge["relation_type"], edge["direction"], edge["related_entity"]["name"]) == ("DESIGNED", "outgoing", "COBOL")


def test_memories_are_listed_newest_first_and_page_by_page(server, project):
    made = [server.remember(f"Note {number}", project)["id"] for number in range(5)]
    pages = [server.api.get("/memories/", params={"project_id": project, "page": page, "page_size": 2}).json() for page in (1, 2, 3)]
    assert [memory["id"] for page in pages for memory in page["memories"]] == made[::-1]
    assert {(page["total"], page["page_size"]) for page in pages} == {(5, 2)}
    assert [page["page"] for page in pages] == [1, 2, 3]


def test_memories_are_found_by_text_tag_and_state(serve):
    server = serve("--workers", "0")
    server.remember("The quick brown fox", tags=["animal"])
    lamp = server.remember("A lamp, 100% bright_ly", title="Light", tags=["thing"])

    def found(**query) -> list[str]:
        return [memory["content"] for memory in server.api.get("/memories/", params=query).json()["memories"]]

    assert found(search="FOX") == ["The quick brown fox"]
    assert found(search="light") == ["A lamp, 100% bright_ly"]
    assert found(search="100%") == ["A lamp, 100% bright_ly"] and found(search="100_") == []
    assert found(tag="animal") == ["The quick brown fox"] and found(tag="anim") == []
    assert found(search="' OR 1=1 --") == []
    assert len(found(processing_status="PENDING")) == 2 and found(processing_status="COMPLETED") == []
    server.api.post(f"/tasks/{lamp['task_id']}/cancel")
    assert found(processing_status="CANCELLED") == ["A lamp, 100% bright_ly"]


@pytest.mark.parametrize("content_type, content", [("message", "Ada: hello Charles\nCharles: hello"), ("markdown", "# Ada\n*met* `x`"), ("json", '{"name": "Ada"}'), ("json", "[1]")])
def test_every_content_type_is_ingested(server, project, content_type, content):
    memory = server.learn(content, project, content_type=content_type)
    assert server.api.get(f"/memories/{memory['id']}").json()["content"] == content


def test_content_that_yields_nothing_completes_with_a_warning_that_says_so(server, project):
    result = server.ending(server.remember("hm", project)["task_id"])["result"]
    assert result["warning"]
    receipt = server.ending(server.remember("Ada Lovelace met Charles Babbage in London.", project)["task_id"])["result"]
    assert receipt["entities_created"] >= 2 and "warning" not in receipt
    for name in ("entities_created", "entities_merged", "relationships_created", "facts_invalidated", "schema_added", "communities_touched"):
        assert isinstance(receipt[name], int), name


STRANGE = {
    "emoji": "🙂👩‍👩‍👧🇩🇪", "right to left": "שלום Ada مرحبا", "combining": "e\u0301\u0302 Z\u0351a\u0353lgo", "controls": "\x01\x1f\x7f", "line ends": "a\r\nb\rc\n\u2028d\u2029e", "astral": "𝒜𝒹𝒶 𐍈", "BOM": "\ufeffAda", "noncharacter": "\uffff\U0010ffff",
    "quotes": "'\"\\; DROP TABLE tasks; --", "html": "<script>alert(1)</script>", "one long word": "A" * 200_000, "many lines": "x\n" * 50_000,
    "thousands of names": " ".join(f"Name{n} met Other{n}." for n in range(3000)),
}


@pytest.mark.parametrize("content", STRANGE.values(), ids=STRANGE.keys())
def test_strange_text_is_kept_exactly_and_ingested(server, project, content):
    memory = server.learn(content, project, title=content[:50])
    kept = server.api.get(f"/memories/{memory['id']}").json()
    assert kept["content"] == content and kept["title"] == content[:50]


# -- doing it twice


def test_an_idempotency_key_gives_the_same_answer_again(server, project):
    body = {"project_id": project, "content": "Ada met Charles."}
    first = server.api.post("/memories/", json=body, headers={"Idempotency-Key": f"once-{project}"})
    second = server.api.post("/memories/", json=body, headers={"Idempotency-Key": f"once-{project}"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert "idempotency-replayed" not in first.headers and second.headers["idempotency-replayed"] == "true"
    assert first.json()["id"] == second.json()["id"] and first.json()["task_id"] == second.json()["task_id"]
    assert server.api.get("/memories/", params={"project_id": project}).json()["total"] == 1


def test_an_idempotency_key_with_another_body_is_409(server, project):
    for content, status in (("one", 201), ("two", 409)):
        answer = server.api.post("/memories/", json={"project_id": project, "content": content}, headers={"Idempotency-Key": f"other-{project}"})
        assert answer.status_code == status


def test_an_idempotency_key_survives_kill_9(serve):
    server = serve()
    body, headers = {"project_id": "default", "content": "Ada met Charles."}, {"Idempotency-Key": "k"}
    first = server.api.post("/memories/", json=body, headers=headers).json()
    server.kill_and_restart()
    again = server.api.post("/memories/", json=body, headers=headers)
    assert again.headers["idempotency-replayed"] == "true" and again.json()["id"] == first["id"]


def test_ten_at_once_with_one_idempotency_key_make_one_memory(server, project):
    answers = []

    def post() -> None:
        body = {"project_id": project, "content": "Ada met Charles."}
        answers.append(server.client(server.owner_key).post("/memories/", json=body, headers={"Idempotency-Key": f"ten-{project}"}))

    threads = [threading.Thread(target=post) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert server.api.get("/memories/", params={"project_id": project}).json()["total"] == 1


def test_an_idempotency_key_is_its_owner_s_own(server, project):
    other = server.api.post("/auth/keys", json={"name": "other"}).json()["key"]
    body, headers = {"project_id": project, "content": "Ada met Charles."}, {"Idempotency-Key": f"mine-{project}"}
    mine = server.api.post("/memories/", json=body, headers=headers)
    theirs = server.client(other).post("/memories/", json=body, headers=headers)
    assert theirs.status_code == 201 and theirs.json()["id"] != mine.json()["id"]


def test_the_same_external_id_and_content_again_is_200_without_a_new_task(server, project):
    first = server.remember("Ada met Charles.", project, external_id="note-1")
    again = server.api.post("/memories/", json={"project_id": project, "content": "Ada met Charles.", "external_id": "note-1"})
    assert again.status_code == 200
    assert (again.json()["id"], again.json()["task_id"]) == (first["id"], first["task_id"])
    assert again.json()["stream_url"].startswith(f"/api/v1/tasks/{first['task_id']}/stream")
    elsewhere = server.remember("Ada met Charles.", server.new_project(), external_id="note-1")
    assert elsewhere["id"] != first["id"], "an external id is unique within its project only"


# -- episodes


def test_an_episode_is_a_memory_under_an_older_name(server, project):
    answer = server.api.post("/episodes/", json={"content": "Ada met Charles.", "name": "E", "source_description": "diary", "source_type": "text", "project_id": project})
    assert answer.status_code == 202
    episode = answer.json()
    assert episode.keys() >= {"id", "name", "content", "status", "created_at", "message", "task_id", "stream_url"}
    assert (episode["name"], episode["status"]) == ("E", "queued")
    assert server.ending(episode["task_id"])["event"] == "completed"
    memory = server.api.get(f"/memories/{episode['id']}").json()
    assert (memory["title"], memory["content"]) == ("E", "Ada met Charles.")
    listed = server.api.get("/episodes/", params={"project_id": project}).json()
    assert [item["id"] for item in listed["episodes"]] == [episode["id"]]


def test_episodes_are_listed_by_limit_and_offset(server, project):
    for number in range(3):
        server.api.post("/episodes/", json={"content": f"Note {number}", "project_id": project})
    first = server.api.get("/episodes/", params={"project_id": project, "limit": 2}).json()
    rest = server.api.get("/episodes/", params={"project_id": project, "limit": 2, "offset": 2}).json()
    assert (first["total"], first["limit"], first["offset"], first["has_more"]) == (3, 2, 0, True)
    assert (len(rest["episodes"]), rest["has_more"]) == (1, False)


def test_a_group_id_names_a_project_that_is_made_if_need_be(serve):
    server = serve()
    episodes = [server.api.post("/episodes/", json={"content": "Ada met Charles.", "group_id": "my group 🙂"}).json() for _ in range(2)]
    projects = server.api.get("/projects/").json()["projects"]
    [group] = [project for project in projects if project["name"] == "my group 🙂"]
    assert {server.api.get(f"/memories/{episode['id']}").json()["project_id"] for episode in episodes} == {group["id"]}


def test_a_group_id_made_by_ten_at_once_is_one_project(serve):
    server = serve()
    threads = [
        threading.Thread(target=lambda: server.client(server.owner_key).post("/episodes/", json={"content": "x", "group_id": "g"})) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [project["name"] for project in server.api.get("/projects/").json()["projects"]].count("g") == 1


# -- wrong

BAD_MEMORIES = {
    "nothing": ({}, {"project_id", "content"}),
    "everything of a wrong type": (
        {"project_id": 1, "content": 2, "title": 3, "content_type": 4, "tags": "x", "entities": {}, "relationships": "x", "collaborators": 5,
         "is_public": "yes", "metadata": [], "occurred_at": 6, "external_id": 7, "priority": 8},
        {"project_id", "content", "title", "content_type", "tags", "entities", "relationships", "collaborators", "is_public", "metadata",
         "occurred_at", "external_id", "priority"}),
    "empty content": ({"project_id": "default", "content": ""}, {"content"}),
    "blank content": ({"project_id": "default", "content": " \n\t "}, {"content"}),
    "unknown content type": ({"project_id": "default", "content": "x", "content_type": "video"}, {"content_type"}),
    "JSON that is none": ({"project_id": "default", "content": "{", "content_type": "json"}, {"content"}),
    "a date that is none": ({"project_id": "default", "content": "x", "occurred_at": "2023-02-29T00:00:00Z"}, {"occurred_at"}),
    "unknown priority": ({"project_id": "default", "content": "x", "priority": "now"}, {"priority"}),
    "null content": ({"project_id": "default", "content": None}, {"content"}),
}


@pytest.mark.parametrize("body, fields", BAD_MEMORIES.values(), ids=BAD_MEMORIES.keys())
def test_a_bad_memory_is_422_and_names_every_bad_field(server, body, fields):
    answer = server.api.post("/memories/", json=body)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    assert {re.split(r"[.\[]", error["field"])[0] for error in problem["errors"]} == fields
    assert all(error["message"] for error in problem["errors"])


@pytest.mark.parametrize(
    "fields", [{"entities": [{"name": "Ada"}]}, {"entities": [7]}, {"entities": [{"name": "", "type": "Person"}]}, {"relationships": [{"source": "a"}]},
               {"tags": ["ok", 7]}, {"collaborators": [None]}], ids=str)
def test_a_bad_item_of_a_list_is_named_too(server, fields):
    answer = server.api.post("/memories/", json={"project_id": "default", "content": "x", **fields})
    assert answer.status_code == 422
    assert all(error["field"].startswith(next(iter(fields))) for error in answer.json()["errors"])


@pytest.mark.parametrize("project", [NOBODY, "no-such-project", ""], ids=["unknown", "no UUID", "empty"])
def test_a_memory_for_an_unknown_project_is_404(server, project):
    answer = server.api.post("/memories/", json={"project_id": project, "content": "x"})
    assert answer.status_code in ((404,) if project else (404, 422)), answer.text


@pytest.mark.parametrize("query", ["page=0", "page=-1", "page=x", "page_size=0", "page_size=101", "page=1.5", "page=99999999999999999999", "processing_status=DONE"])
def test_a_bad_query_is_422_and_names_the_parameter(server, query):
    answer = server.api.get(f"/memories/?{query}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [query.partition("=")[0]]


def test_a_project_with_running_tasks_is_not_deleted_unless_forced(serve):
    server: Server = serve("--extractor", "paced", "--paced-delay", "60s", "--grace", "100ms")
    project = server.new_project()
    task = server.remember(project=project)["task_id"]
    assert server.api.delete(f"/projects/{project}").status_code == 409
    assert server.api.get(f"/tasks/{task}").json()["status"] in ("Pending", "Processing")
    assert server.api.delete(f"/projects/{project}", params={"force": "true"}).status_code == 204
    assert server.api.get(f"/projects/{project}").status_code == 404
