"""What comes out: entities, relationships, communities, the schema and the graph as a whole."""

import pytest

NOBODY = "00000000-0000-7000-8000-000000000000"
TEAM = ["Ada", "Bob", "Cleo", "Dan"]


@pytest.fixture
def known(server, project) -> str:
    """A project in which everybody of two teams knows everybody else of it."""
    for names in (TEAM, ["Xia", "Yan", "Zoe"]):
        server.learn(
            "who knows whom", project, entities=[{"name": name, "type": "Person", "description": f"{name} of the team"} for name in names],
            relationships=[{"source": a, "target": b, "type": "KNOWS", "description": f"{a} knows {b}"} for a in names for b in names if a < b])
    return project


def entities(server, project, **query) -> dict:
    answer = server.api.get("/entities/", params={"project_id": project, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def named(server, project, name) -> dict:
    return next(entity for entity in entities(server, project)["entities"] if entity["name"] == name)


def test_entities_are_listed_with_all_their_fields(server, known):
    listed = entities(server, known)
    assert (listed["total"], listed["limit"], listed["offset"]) == (7, 50, 0)
    for entity in listed["entities"]:
        assert entity.keys() >= {"uuid", "name", "entity_type", "summary", "mention_count", "community_id", "project_id", "created_at", "updated_at"}
        assert (entity["entity_type"], entity["project_id"]) == ("Person", known)


def test_entities_are_found_by_name_type_and_page(server, known):
    assert [entity["name"] for entity in entities(server, known, search="ada")["entities"]] == ["Ada"]
    assert entities(server, known, entity_type="Person")["total"] == 7
    assert entities(server, known, entity_type="Planet")["total"] == 0
    pages = [entities(server, known, limit=3, offset=offset)["entities"] for offset in (0, 3, 6)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({entity["uuid"] for page in pages for entity in page}) == 7


def test_entity_types_are_counted(server, known):
    assert server.api.get("/entities/types", params={"project_id": known}).json() == {"entity_types": [{"entity_type": "Person", "count": 7}], "total": 1}


def test_one_entity_tells_where_it_was_mentioned(server, project):
    memory = server.learn("Ada Lovelace met Charles Babbage in London.", project, title="The meeting")
    entity = server.api.get(f"/entities/{named(server, project, 'London')['uuid']}").json()
    assert entity.keys() >= {"uuid", "name", "description", "properties", "memories"}
    assert entity["memories"] == [{"id": memory["id"], "title": "The meeting"}]


def test_the_same_name_in_two_memories_is_one_entity(server, project):
    for _ in range(2):
        server.learn("Charles Babbage lived in London.", project)
    london = named(server, project, "London")
    assert london["mention_count"] == 2
    assert len(server.api.get(f"/entities/{london['uuid']}").json()["memories"]) == 2


def test_relationships_are_told_from_both_sides(server, known):
    ada, dan = named(server, known, "Ada"), named(server, known, "Dan")
    out = server.api.get(f"/entities/{ada['uuid']}/relationships").json()
    back = server.api.get(f"/entities/{dan['uuid']}/relationships").json()
    assert out["total"] == back["total"] == 3
    assert {edge["direction"] for edge in out["relationships"]} == {"outgoing"}
    assert {edge["direction"] for edge in back["relationships"]} == {"incoming"}
    edge = next(edge for edge in out["relationships"] if edge["related_entity"]["name"] == "Dan")
    assert edge.keys() >= {"edge_id", "relation_type", "direction", "fact", "score", "valid_at", "invalid_at", "episodes", "created_at", "updated_at", "related_entity"}
    assert edge["related_entity"].keys() >= {"uuid", "name", "entity_type", "summary", "created_at"}
    assert (edge["relation_type"], edge["fact"], len(edge["episodes"])) == ("KNOWS", "Ada knows Dan", 1)
    few = server.api.get(f"/entities/{ada['uuid']}/relationships", params={"limit": 1}).json()
    assert (len(few["relationships"]), few["total"]) == (1, 3)
    assert server.api.get(f"/entities/{ada['uuid']}/relationships", params={"relationship_type": "HATES"}).json()["total"] == 0


def test_who_belongs_together_forms_a_community(server, known):
    listed = server.api.get("/communities/", params={"project_id": known}).json()
    assert listed["total"] == 2
    for community in listed["communities"]:
        assert community.keys() >= {"uuid", "name", "summary", "member_count", "project_id", "formed_at", "created_at"}
        one = server.api.get(f"/communities/{community['uuid']}")
        assert one.status_code == 200 and one.json()["uuid"] == community["uuid"]
        members = server.api.get(f"/communities/{community['uuid']}/members").json()
        assert members["total"] == community["member_count"] == len(members["members"])
        assert {member["community_id"] for member in members["members"]} == {community["uuid"]}
    assert sorted(community["member_count"] for community in listed["communities"]) == [3, 4]
    assert server.api.get("/communities/", params={"project_id": known, "min_members": 4}).json()["total"] == 1
    paged = server.api.get("/communities/", params={"project_id": known, "limit": 1, "offset": 1}).json()
    assert (len(paged["communities"]), paged["total"], paged["offset"]) == (1, 2, 1)


def test_the_graph_has_the_shape_of_cytoscape(server, known):
    elements = server.api.get("/memory/graph", params={"project_id": known}).json()["elements"]
    nodes = {node["data"]["id"]: node["data"] for node in elements["nodes"]}
    assert {node["label"] for node in nodes.values()} == {"Entity", "Episodic", "Community"}
    assert {node["name"] for node in nodes.values() if node["label"] == "Entity"} >= set(TEAM)
    ids = [edge["data"]["id"] for edge in elements["edges"]]
    assert len(set(ids)) == len(ids)
    for edge in elements["edges"]:
        assert edge["data"]["label"] and edge["data"]["source"] in nodes and edge["data"]["target"] in nodes, "no edge into nowhere"


def test_a_limited_graph_has_no_edges_into_nowhere(server, known):
    elements = server.api.get("/memory/graph", params={"project_id": known, "limit": 3}).json()["elements"]
    nodes = {node["data"]["id"] for node in elements["nodes"]}
    assert len([node for node in elements["nodes"] if node["data"]["label"] == "Entity"]) <= 3
    assert all({edge["data"]["source"], edge["data"]["target"]} <= nodes for edge in elements["edges"])


def test_what_ingestion_added_to_the_schema_says_so(server, known):
    kinds = {kind: server.api.get(f"/projects/{known}/schema/{kind}").json() for kind in ("entities", "edges", "mappings")}
    assert [(item["name"], item["source"]) for item in kinds["entities"]] == [("Person", "generated")]
    assert [(item["name"], item["source"]) for item in kinds["edges"]] == [("KNOWS", "generated")]
    [mapping] = kinds["mappings"]
    assert (mapping["source_type"], mapping["edge_type"], mapping["target_type"], mapping["source"]) == ("Person", "KNOWS", "Person", "generated")
    for item in kinds["entities"] + kinds["edges"]:
        assert item.keys() >= {"id", "name", "description", "schema", "status", "source"}


@pytest.mark.parametrize("id", [NOBODY, "x"])
@pytest.mark.parametrize(
    "path", ["/entities/{}", "/entities/{}/relationships", "/communities/{}", "/communities/{}/members", "/memories/{}", "/projects/{}",
             "/projects/{}/schema/entities", "/projects/{}/schema/edges", "/projects/{}/schema/mappings"])
def test_what_does_not_exist_is_404(server, path, id):
    answer = server.api.get(path.format(id))
    assert answer.status_code == 404
    assert answer.json()["detail"]


@pytest.mark.parametrize("path", ["/entities/", "/entities/types", "/communities/", "/memory/graph", "/memories/", "/episodes/", "/tasks/recent"])
def test_lists_of_an_unknown_project_are_404(server, path):
    assert server.api.get(path, params={"project_id": NOBODY}).status_code == 404


@pytest.mark.parametrize("path", ["/entities/?limit=201", "/entities/?limit=0", "/entities/?offset=-1", "/communities/?min_members=x", "/communities/?limit=x", "/memory/graph?limit=x"])
def test_a_bad_query_is_422(server, path):
    assert server.api.get(path).status_code == 422


def test_the_graph_is_the_same_after_kill_9(serve):
    server = serve()
    for text in ("Ada Lovelace met Charles Babbage in London.", "Charles Babbage lived in London.", "Bob works at Acme in Paris."):
        server.learn(text)
    paths = ("/entities/", "/communities/", "/memory/graph", "/memories/", "/projects/default/schema/entities")
    before = [server.api.get(path).json() for path in paths]
    server.kill_and_restart()
    assert [server.api.get(path).json() for path in paths] == before
