"""Whatever a client sends: it is told what was wrong, never a 500, and the server stays."""

import json
import random
import socket

import pytest

from server import BASE, Server


@pytest.fixture(autouse=True)
def stays_up(server):
    yield
    assert server.is_up()


def raw(server: Server, request: bytes, timeout: float = 20) -> bytes:
    """Sends bytes and reads until the server closes, or has answered in full."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=timeout) as connection:
        try:
            connection.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
                head, separator, body = answer.partition(b"\r\n\r\n")
                length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
                if separator and len(body) >= length:
                    break
        except ConnectionResetError:
            pass
        return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1]) if answer else 0


# -- bodies

NOT_JSON = {
    "empty": b"", "half": b'{"project_id": "default", "content": "x"', "word": b"hello", "trailing": b'{"project_id":"default","content":"x"} x',
    "comma": b'{"project_id":"default","content":"x",}', "single quotes": b"{'content': 'x'}", "invalid UTF-8": b'{"project_id":"default","content":"\xff\xfe"}',
    "overlong UTF-8": b'{"project_id":"default","content":"\xc0\xaf"}', "UTF-8 surrogate": b'{"project_id":"default","content":"\xed\xa0\x80"}',
    "UTF-16": '{"content":"x"}'.encode("utf-16"), "raw control": b'{"project_id":"default","content":"a\x01b"}', "NaN": b'{"project_id":"default","content":"x","metadata":{"a":NaN}}',
    "bad escape": b'{"project_id":"default","content":"\\x41"}', "lone surrogate escape": b'{"project_id":"default","content":"\\ud800"}',
    "leading zero": b'{"project_id":"default","content":"x","metadata":{"a":01}}', "deep": b"[" * 100_000, "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_no_json_is_400(server, body):
    answer = server.api.post("/memories/", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("body", ["[]", "null", "7", '"x"', "true"])
def test_json_that_is_no_object_is_refused(server, body):
    answer = server.api.post("/memories/", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("path, body", [
    ("/memories/", {"project_id": "default", "content": "a\0b"}), ("/memories/", {"project_id": "default", "content": "x", "title": "a\0b"}),
    ("/memories/", {"project_id": "default", "content": "x", "external_id": "a\0b"}), ("/memories/", {"project_id": "default", "content": "x", "tags": ["a\0b"]}),
    ("/memories/", {"project_id": "a\0b", "content": "x"}), ("/projects/", {"name": "a\0b"}), ("/auth/keys", {"name": "a\0b"}),
    ("/episodes/", {"group_id": "a\0b", "content": "x"})], ids=str)
def test_a_nul_is_refused_where_it_could_do_harm(server, path, body):
    assert server.api.post(path, json=body).status_code in (404, 422)


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "nonsense"])
def test_another_content_type_is_415(server, type):
    assert server.api.post("/memories/", content=b'{"project_id":"default","content":"x"}', headers={"Content-Type": type}).status_code == 415


@pytest.mark.parametrize("type", ["application/json", "application/json; charset=utf-8", "Application/JSON", "application/problem+json", None])
def test_json_by_any_of_its_names_is_taken(server, type):
    headers = {"Content-Type": type} if type else {}
    answer = server.api.post("/memories/", content=b'{"project_id":"default","content":"x"}', headers=headers)
    assert answer.status_code in ((201,) if type != "application/problem+json" else (201, 415)), answer.text


def test_a_body_over_the_limit_is_413_and_one_within_it_is_taken(serve):
    server = serve("--body-limit", "2000")
    assert server.remember("x" * 1000)
    for size in (2000, 100_000, 5_000_000):
        answer = server.api.post("/memories/", json={"project_id": "default", "content": "x" * size})
        assert answer.status_code == 413
        assert answer.headers["content-type"].startswith("application/problem+json")
    assert server.is_up()


def test_a_chunked_body_over_the_limit_is_413(serve):
    server = serve("--body-limit", "2000")

    def pieces():
        for _ in range(100):
            yield b"x" * 1000

    answer = server.api.post("/memories/", content=pieces(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert server.is_up()


def test_an_announced_body_over_the_limit_is_413_before_it_is_sent(server):
    request = f"POST {BASE}/memories/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.owner_key}\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
    assert status(raw(server, request.encode())) == 413


def test_a_client_that_asks_first_is_told_to_continue(server):
    """As curl does for large bodies: `Expect: 100-continue`."""
    body = b'{"project_id":"default","content":"Ada met Charles."}'
    head = (f"POST {BASE}/memories/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.owner_key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n").encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 100")
        connection.sendall(body)
        assert connection.recv(65536).startswith(b"HTTP/1.1 201")


@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("half", [False, True], ids=["closed", "half-closed"])
def test_a_body_that_is_cut_off_makes_no_memory(server, project, framing, half):
    """Even when what came would do by itself: the client had not said that this was all."""
    body = json.dumps({"project_id": project, "content": "Ada met Charles."}).encode()
    kind = f"Content-Length: {len(body) + 1}" if framing == "length" else "Transfer-Encoding: chunked"
    head = (f"POST {BASE}/memories/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.owner_key}\r\nContent-Type: application/json\r\n{kind}\r\n\r\n").encode()
    sent = head + (body if framing == "length" else b"%x\r\n%s\r\n" % (len(body), body))
    for _ in range(10):
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
            connection.sendall(sent)
            if half:
                connection.shutdown(socket.SHUT_WR)
                assert status(connection.makefile("rb").read()) in (0, 400)
    # The cut connections were there first; nothing of them is stored by the time these are answered.
    for _ in range(10):
        server.is_up()
    assert server.api.get("/memories/", params={"project_id": project}).json()["total"] == 0


def test_a_client_that_dawdles_is_disconnected(server):
    """Nothing sent, half a header, half a body: each is given its thirty seconds, and no more."""
    head = (f"POST {BASE}/memories/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.owner_key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: 100\r\n\r\n").encode()
    dawdlers = [socket.create_connection(("127.0.0.1", server.port), timeout=45) for _ in range(3)]
    for connection, beginning in zip(dawdlers, (b"", b"GET /health HTTP/1.1\r\nHost", head + b"{")):
        connection.sendall(beginning)
    for connection in dawdlers:
        while connection.recv(65536):
            pass
        connection.close()


# -- what is no HTTP

GARBAGE = {
    "noise": bytes(range(256)) * 4, "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200, "SSH": b"SSH-2.0-OpenSSH_9.6\r\n", "one word": b"hello\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/9": b"GET / HTTP/9.9\r\nHost: x\r\n\r\n", "no version": b"GET /health\r\n\r\n",
    "bad header": b"GET /health HTTP/1.1\r\nno colon\r\n\r\n", "space in a name": b"GET /health HTTP/1.1\r\nHost : x\r\n\r\n",
    "NUL in a value": b"GET /health HTTP/1.1\r\nHost: a\0b\r\n\r\n", "two lengths": b"POST /api/v1/memories/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
    "a negative length": b"POST /api/v1/memories/ HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "length and chunks": b"POST /api/v1/memories/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a bad chunk": b"POST /api/v1/memories/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a huge chunk": b"POST /api/v1/memories/ HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n\r\n",
}


@pytest.mark.parametrize("bytes", GARBAGE.values(), ids=GARBAGE.keys())
def test_what_is_no_http_is_400_or_cut_off(server, bytes):
    answer = raw(server, bytes)
    if answer:
        assert 400 <= status(answer) < 500 or status(answer) == 505, answer[:200]


def test_ten_thousand_headers_are_refused_with_a_problem(server):
    headers = b"".join(b"X-%d: %d\r\n" % (number, number) for number in range(10_000))
    answer = raw(server, b"GET /health HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n")
    assert status(answer) in (400, 431), answer[:200]
    assert b"application/problem+json" in answer.lower()


def test_a_header_of_a_megabyte_is_refused_with_a_problem(server):
    answer = raw(server, b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 1_000_000 + b"\r\n\r\n")
    assert status(answer) in (400, 431), answer[:200]
    assert b"application/problem+json" in answer.lower()


def test_an_address_of_a_megabyte_is_refused_with_a_problem(server):
    answer = raw(server, b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
    assert status(answer) in (400, 404, 414, 431), answer[:200]
    assert b"application/problem+json" in answer.lower()


@pytest.mark.parametrize("target", ["*", "http://elsewhere.example.com/health", "/health?" + "&" * 1000, "/%zz", "/%", "/a b", "/health#x"], ids=lambda target: target[:20])
def test_an_odd_target_is_answered(server, target):
    assert status(raw(server, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())) in (200, 400, 404, 405)


def test_many_requests_on_one_connection_are_answered_in_order(server):
    """Pipelined, as HTTP/1.1 allows."""
    paths = ["/health", "/nowhere", "/ready", "/health"]
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        last = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(b"".join(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for path in paths) + last)
        answer = connection.makefile("rb").read()
    statuses = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 404, 200, 200, 200]


# -- anything at all


def anything(random: random.Random, depth: int = 0):
    """A JSON value with the ends that things break at."""
    scalars = [
        None, True, False, 0, -1, 1.5, 1e308, -1e308, 2**63, -(2**63) - 1, 10**30, "", " ", "x", "\0", "🙂", "\ud7ff", "A" * 5000, "default", "2024-01-01T00:00:00Z",
        "0000-00-00T00:00:00Z", "9999-12-31T23:59:60Z", "ms_sk_x", "../..", "%s%n", "text", "json", "bulk", "read", "owner"]
    if depth > 3 or random.random() < 0.5:
        return random.choice(scalars)
    if random.random() < 0.5:
        return [anything(random, depth + 1) for _ in range(random.randrange(4))]
    return {random.choice([*FIELDS, "", "x", "\0"]): anything(random, depth + 1) for _ in range(random.randrange(6))}


FIELDS = [
    "project_id", "content", "title", "content_type", "tags", "entities", "relationships", "collaborators", "is_public", "metadata", "occurred_at",
    "external_id", "priority", "name", "type", "source", "target", "description", "group_id", "task_id", "role", "permissions", "projects", "expires_in_days", "key", "code"]


@pytest.mark.parametrize("seed", range(20))
def test_random_bodies_never_give_a_500(server, seed):
    source = random.Random(seed)
    project = server.new_project()
    for _ in range(15):
        body = {name: anything(source) for name in source.sample(FIELDS, source.randrange(1, 12))}
        body |= source.choice([{}, {"project_id": project, "content": "x"}, {"name": "x"}])
        method, path = source.choice([
            ("POST", "/memories/"), ("POST", "/memories/"), ("POST", "/episodes/"), ("POST", "/projects/"), ("PUT", f"/projects/{project}"), ("POST", "/auth/keys"),
            ("POST", "/auth/tickets"), ("POST", "/auth/session")])
        text = json.dumps(body, ensure_ascii=source.random() < 0.5)
        answer = server.api.request(method, path, content=text.encode("utf-8", "surrogatepass"), headers={"Content-Type": "application/json"})
        assert answer.status_code < 500, f"{method} {path} {text}: {answer.text}"
        if answer.status_code >= 400:
            assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("seed", range(5))
def test_random_queries_never_give_a_500(server, seed):
    source = random.Random(seed)
    names = ["project_id", "page", "page_size", "limit", "offset", "search", "tag", "status", "entity_type", "entity_id", "min_members", "relationship_type", "force", "ticket", "last_event_id"]
    values = ["", "0", "-1", "1", "99999999999999999999999", "x", "%00", "%ff", "🙂", "default", "'", "a" * 3000, "1e9", "null", "%25", "*", "[", "\\"]
    for _ in range(60):
        path = source.choice(["/memories/", "/episodes/", "/entities/", "/entities/types", "/communities/", "/memory/graph", "/tasks/recent", "/tasks/stats", "/projects/", "/tasks/x/stream"])
        query = "&".join(f"{source.choice(names)}={source.choice(values)}" for _ in range(source.randrange(5)))
        answer = server.api.get(f"{path}?{query}")
        assert answer.status_code < 500, f"{path}?{query}: {answer.text}"
