"""What holds for every path: health, request ids, methods, slashes, problem documents, CORS."""

import json

import httpx
import pytest

from server import BASE
from streams import RawStream

ORIGIN = "https://app.example.com"


@pytest.mark.parametrize("prefix", ["", BASE])
@pytest.mark.parametrize("slash", ["", "/"])
def test_health_and_ready_need_no_key_at_the_root_and_under_the_base(server, prefix, slash):
    health = httpx.get(f"{server.origin}{prefix}/health{slash}")
    assert health.status_code == 200
    assert health.json()["status"] == "ok" and health.json()["version"]
    assert httpx.get(f"{server.origin}{prefix}/ready{slash}").status_code == 200


def test_ready_tells_how_long_the_oldest_task_has_waited(serve):
    server = serve("--workers", "0")
    assert httpx.get(f"{server.origin}/ready").json()["oldest_pending_seconds"] is None
    server.remember()
    assert httpx.get(f"{server.origin}/ready").json()["oldest_pending_seconds"] >= 0


def test_a_request_id_is_echoed_or_made(server):
    assert server.api.get("/projects/", headers={"X-Request-ID": "mine-1"}).headers["x-request-id"] == "mine-1"
    made = [server.api.get("/projects/").headers["x-request-id"] for _ in range(2)]
    assert all(made) and made[0] != made[1]
    assert server.client().get("/projects/").headers["x-request-id"], "on a 401 too"
    assert server.api.get("/nowhere").headers["x-request-id"], "on a 404 too"


def test_a_request_id_stands_in_the_log(serve):
    server = serve("--log-level", "debug")
    server.api.get("/projects/", headers={"X-Request-ID": "find-me-7"})
    server.stop()
    assert "find-me-7" in server.log()


@pytest.mark.parametrize("id", ["x" * 5000, "a b\tc", "\xe9"], ids=["long", "spaces", "not ASCII"])
def test_a_request_id_that_would_spoil_a_log_is_not_taken(server, id):
    answer = server.api.get("/projects/", headers={"X-Request-ID": id.encode("latin-1")})
    assert answer.status_code == 200 and len(answer.headers["x-request-id"]) <= 200


@pytest.mark.parametrize(
    "method, path, allowed",
    [("DELETE", "/memories/", "GET POST"), ("POST", "/tasks/recent", "GET"), ("GET", "/auth/session", "POST DELETE"), ("PUT", "/health", "GET"),
     ("PATCH", "/projects/default", "GET PUT DELETE"), ("GET", "/auth/tickets", "POST"), ("DELETE", "/tasks/00000000-0000-7000-8000-000000000000", "GET"),
     ("POST", "/tasks/00000000-0000-7000-8000-000000000000/stream", "GET"), ("LOCK", "/memories/", "GET POST")])
def test_a_wrong_method_is_405_and_says_which_are_right(server, method, path, allowed):
    answer = server.api.request(method, path)
    assert answer.status_code == 405
    assert set(allowed.split()) <= {word.strip() for word in answer.headers["allow"].split(",")}
    assert method not in answer.headers["allow"]
    assert answer.json()["status"] == 405


@pytest.mark.parametrize("path", ["/projects", "/memories", "/episodes", "/entities", "/entities/types", "/communities", "/memory/graph", "/tasks/recent", "/tasks/stats", "/auth/keys"])
def test_a_path_is_the_same_with_and_without_its_trailing_slash(server, path):
    plain, slashed = server.api.get(path), server.api.get(path + "/")
    assert (plain.status_code, slashed.status_code) == (200, 200), "and there is no redirect"
    assert plain.json().__class__ is slashed.json().__class__


@pytest.mark.parametrize("path", ["", "/", "/nowhere", "/memories/x/y/z", "/tasks/", "//memories", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/projects/%00", "/" + "x" * 3000])
def test_an_unknown_path_is_404_and_a_problem(server, path):
    answer = server.api.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def problems(server) -> list[httpx.Response]:
    """One of each error that is easily had."""
    api = server.api
    return [
        api.get("/nowhere"), api.get("/memories/x"), api.request("DELETE", "/memories/"), api.post("/memories/", content=b"{"),
        api.post("/memories/", json={}), api.get("/memories/?page=0"), server.client().get("/projects/"),
        api.post("/memories/", content=b"x", headers={"Content-Type": "text/plain"}), api.delete("/projects/default")]


def test_every_error_is_a_problem_document_with_a_sentence(server):
    statuses = []
    for answer in problems(server):
        statuses.append(answer.status_code)
        problem = answer.json()
        assert answer.headers["content-type"].startswith("application/problem+json"), answer.request
        assert problem.keys() >= {"type", "title", "status", "detail", "instance"}
        assert problem["status"] == answer.status_code
        assert problem["title"] and problem["detail"].endswith("."), problem
        assert problem["instance"].startswith(BASE) and "?" not in problem["instance"]
    assert sorted(set(statuses)) == [400, 401, 404, 405, 409, 415, 422]


def test_answers_are_utf_8_json_in_snake_case(server):
    answer = server.api.get("/projects/")
    assert answer.headers["content-type"].startswith("application/json")
    json.loads(answer.content.decode("utf-8", "strict"))


def test_head_is_get_without_the_body(server):
    answer = server.api.head("/projects/")
    assert answer.status_code == 200 and answer.content == b""


# -- CORS


def preflight(server, origin: str, path: str = "/memories/", method: str = "POST") -> httpx.Response:
    return server.client().options(path, headers={
        "Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization, content-type, last-event-id, idempotency-key"})


def test_a_named_origin_may_use_everything_with_credentials(serve):
    server = serve("--cors-origin", ORIGIN, "--cors-origin", "http://localhost:3000")
    for origin in (ORIGIN, "http://localhost:3000"):
        answer = preflight(server, origin)
        assert answer.status_code in (200, 204), "and a preflight carries no key"
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert "POST" in answer.headers["access-control-allow-methods"]
        for name in ("authorization", "content-type", "last-event-id", "idempotency-key"):
            assert name in answer.headers["access-control-allow-headers"].lower()
        shown = server.api.get("/projects/", headers={"Origin": origin})
        assert shown.headers["access-control-allow-origin"] == origin
        assert "origin" in shown.headers["vary"].lower()
        refused = server.client().get("/projects/", headers={"Origin": origin})
        assert refused.headers["access-control-allow-origin"] == origin, "a page must be able to read why"


def test_a_stream_carries_the_origin_too(serve):
    server = serve("--cors-origin", ORIGIN)
    memory = server.learn("Ada met Charles.")
    with server.stream(memory["task_id"], headers={"Origin": ORIGIN}) as stream:
        assert stream.headers["access-control-allow-origin"] == ORIGIN
        assert stream.headers["access-control-allow-credentials"] == "true"
    with server.stream("x", headers={"Origin": ORIGIN}) as stream:
        assert stream.status == 404 and stream.headers["access-control-allow-origin"] == ORIGIN


def test_other_origins_get_nothing(serve):
    server = serve("--cors-origin", ORIGIN)
    for origin in ("https://evil.example.com", "https://app.example.com.evil.com", "null", ORIGIN + ":8443", "http://app.example.com"):
        assert "access-control-allow-origin" not in preflight(server, origin).headers
        assert "access-control-allow-origin" not in server.api.get("/projects/", headers={"Origin": origin}).headers


def test_all_origins_come_without_credentials(serve):
    server = serve("--cors-origin", "*")
    answer = preflight(server, "https://anyone.example.com")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


def test_without_the_flag_no_origin_is_allowed(server):
    assert "access-control-allow-origin" not in preflight(server, ORIGIN).headers
    assert "access-control-allow-origin" not in server.api.get("/projects/", headers={"Origin": ORIGIN}).headers


def test_a_client_of_http_1_0_gets_all_of_a_large_answer(serve_either):
    """Its answer ends with the connection: what the socket didn't take at once must not go down with that."""
    server = serve_either("--workers", "0")
    memory = server.remember("Ada met Charles. " * 400_000)
    with RawStream(
        server.origin, f"{BASE}/memories/{memory['id']}", headers={"Authorization": f"Bearer {server.owner_key}"}, trust=server.trust,
        receive_buffer=4096, version="1.0",
    ) as answer:
        assert answer.status == 200 and answer.headers["connection"] == "close"
        assert json.loads(answer.body())["content"] == memory["content"]
        assert answer.socket.recv(1) == b""
