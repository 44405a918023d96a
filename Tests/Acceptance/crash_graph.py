"""What a project's ingestion has come to, by names: comparable between servers."""

from __future__ import annotations

from typing import Any

import httpx


def listing(api: httpx.Client, path: str, name: str, **query: Any) -> list[dict[str, Any]]:
    """All of a list that is given in slices."""
    found: list[dict[str, Any]] = []
    while True:
        answer = api.get(path, params={**query, "limit": 200, "offset": len(found)}).json()
        found += answer[name]
        if len(found) >= answer["total"] or not answer[name]:
            assert len(found) == answer["total"]
            return found


def graph(api: httpx.Client, project: str, indices: dict[str, int]) -> dict[str, list[Any]]:
    """Entities, relationships, communities, schema and mentions of a project.

    - indices: for each memory's id its place in the sequence.
    """
    entities = listing(api, "/entities/", "entities", project_id=project)
    names = {entity["uuid"]: (entity["name"], entity["entity_type"]) for entity in entities}
    relationships = []
    for entity in entities:
        answer = api.get(f"/entities/{entity['uuid']}/relationships", params={"limit": 200}).json()
        assert answer["total"] == len(answer["relationships"]), "more relationships than one answer can have: use fewer names"
        for edge in answer["relationships"]:
            if edge["direction"] != "outgoing":
                continue
            memories = tuple(indices[memory] for memory in edge["episodes"])
            assert len(set(memories)) == len(memories)
            relationships.append((
                names[entity["uuid"]], edge["relation_type"], names[edge["related_entity"]["uuid"]], edge["score"], edge["fact"],
                edge["valid_at"] or "", edge["invalid_at"] or "", memories))
    communities = []
    for community in listing(api, "/communities/", "communities", project_id=project):
        members = listing(api, f"/communities/{community['uuid']}/members", "members")
        assert community["member_count"] == len(members), community
        assert all(member["community_id"] == community["uuid"] for member in members)
        communities.append(sorted(names[member["uuid"]] for member in members))
    schema = [
        (kind, element.get("name") or "", element.get("source_type") or "", element.get("target_type") or "", element.get("edge_type") or "")
        for kind in ("entities", "edges", "mappings") for element in api.get(f"/projects/{project}/schema/{kind}").json()]
    mentions = []
    for memory, index in indices.items():
        for mention in api.get(f"/memories/{memory}").json()["mentions"]:
            mentions.append((index, *names[mention["entity_id"]], mention["start"] or 0, mention["end"] or 0))
    return {
        "entities": sorted((entity["name"], entity["entity_type"], entity["mention_count"]) for entity in entities),
        "relationships": sorted(relationships), "communities": sorted(communities), "schema": sorted(schema), "mentions": sorted(mentions),
    }


def difference(got: dict[str, list[Any]], wanted: dict[str, list[Any]]) -> str:
    """What tells two graphs apart, a line each; empty when they are equal."""
    lines = []
    for kind in wanted:
        lines += [f"{kind}: {item} is missing" for item in wanted[kind] if item not in got[kind]]
        lines += [f"{kind}: {item} is too much" for item in got[kind] if item not in wanted[kind]]
        if not lines and got[kind] != wanted[kind]:
            lines.append(f"{kind}: something is there twice: {len(got[kind])} instead of {len(wanted[kind])}")
    return "\n".join(lines[:20])
