"""Who may do what: keys, roles, projects, tickets, sessions, and the flags that are refused."""

import contextlib
import re
import socket
import stat
import subprocess

import httpx
import pytest

from server import BINARY, Server, eventually


def new_key(server: Server, name: str = "test", **fields) -> dict:
    answer = server.api.post("/auth/keys", json={"name": name, **fields})
    assert answer.status_code == 200, answer.text
    return answer.json()


# -- keys


def test_the_first_start_writes_an_owner_key_that_only_its_owner_may_read(serve):
    server = serve()
    file = server.data / "owner.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert re.fullmatch(r"ms_sk_[A-Za-z0-9_-]{43}", server.owner_key)
    before = server.owner_key
    server.kill_and_restart()
    assert server.owner_key == before
    assert server.client(before).get("/projects/").status_code == 200


@pytest.mark.parametrize("header", ["Bearer {}", "bearer {}", "Token {}", "{}"])
def test_a_key_is_taken_in_each_of_its_forms(server, header):
    answer = server.client().get("/projects/", headers={"Authorization": header.format(server.owner_key)})
    assert answer.status_code == 200


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ms_sk_" + "A" * 43, "Basic eDp5", "Bearer x y", "Bearer " + "k" * 5000])
@pytest.mark.parametrize("path", ["/projects/", "/memories/", "/tasks/recent", "/entities/", "/auth/keys"])
def test_without_a_valid_key_everything_is_401(server, path, header):
    answer = server.client().get(path, headers={"Authorization": header} if header is not None else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_key_is_shown_once_and_masked_afterwards(server):
    key = new_key(server, "shown once")
    assert key.keys() >= {"key_id", "key", "name", "created_at", "expires_at", "permissions"}
    assert key["permissions"] == ["read", "write"], "an editor unless told otherwise"
    [listed] = [other for other in server.api.get("/auth/keys").json() if other["key_id"] == key["key_id"]]
    assert listed["key"] == f"ms_sk_…{key['key'][-4:]}"
    assert listed["name"] == "shown once"


def test_no_key_lies_readable_in_the_data_directory(serve):
    server = serve()
    key = new_key(server)["key"]
    server.stop()
    for file in server.data.rglob("*"):
        if file.is_file():
            assert key.encode() not in file.read_bytes(), file


def test_a_revoked_key_is_worth_nothing_at_once_and_after_a_restart(serve):
    server = serve()
    key = new_key(server)
    assert server.client(key["key"]).get("/projects/").status_code == 200
    assert server.api.delete(f"/auth/keys/{key['key_id']}").status_code == 204
    assert server.client(key["key"]).get("/projects/").status_code == 401
    server.kill_and_restart()
    assert server.client(key["key"]).get("/projects/").status_code == 401
    assert server.api.delete(f"/auth/keys/{key['key_id']}").status_code == 404


@pytest.mark.parametrize("role, permissions", [("viewer", ["read"]), ("editor", ["read", "write"]), ("owner", ["read", "write", "admin"])])
def test_a_role_and_its_permissions_are_two_names_of_one_thing(server, role, permissions):
    assert new_key(server, role=role)["permissions"] == permissions
    assert new_key(server, permissions=permissions)["permissions"] == permissions


@pytest.mark.parametrize(
    "body, fields",
    [
        ({}, {"name"}), ({"name": ""}, {"name"}), ({"name": 7, "role": "king", "expires_in_days": -1, "projects": "all"}, {"name", "role", "expires_in_days", "projects"}),
        ({"name": "x", "permissions": ["fly"]}, {"permissions"}), ({"name": "x", "expires_in_days": 0}, {"expires_in_days"}),
        ({"name": "x", "expires_in_days": 1e300}, {"expires_in_days"}),
    ], ids=str)
def test_a_bad_key_request_names_every_bad_field(server, body, fields):
    answer = server.api.post("/auth/keys", json=body)
    assert answer.status_code == 422, answer.text
    assert {error["field"] for error in answer.json()["errors"]} == fields


def test_a_key_with_an_expiry_says_when(server):
    key = new_key(server, expires_in_days=1)
    assert key["expires_at"] > key["created_at"]
    assert server.client(key["key"]).get("/projects/").status_code == 200


# -- roles


def requests_of(server: Server, project: str, task: str) -> dict[str, list[tuple[str, str, dict | None]]]:
    """By role: what it, and those above it, may do."""
    return {
        "viewer": [
            ("GET", "/projects/", None), ("GET", f"/projects/{project}", None), ("GET", "/memories/", None), ("GET", f"/tasks/{task}", None),
            ("GET", "/entities/", None), ("GET", "/communities/", None), ("GET", "/memory/graph", None),
            ("GET", f"/projects/{project}/schema/entities", None), ("POST", "/auth/tickets", {"task_id": task})],
        "editor": [
            ("POST", "/memories/", {"project_id": project, "content": "x"}), ("POST", "/episodes/", {"project_id": project, "content": "x"}),
            ("POST", f"/tasks/{task}/cancel", None)],
        "owner": [
            ("POST", "/projects/", {"name": "x"}), ("PUT", f"/projects/{project}", {"name": "y"}), ("GET", "/auth/keys", None),
            ("POST", "/auth/keys", {"name": "x"}), ("DELETE", f"/projects/{project}", None)],
    }


@pytest.mark.parametrize("role", ["viewer", "editor", "owner"])
def test_a_role_may_do_its_own_and_what_is_below_and_is_403_above(server, project, role):
    task = server.learn("Ada met Charles.", project)["task_id"]
    client = server.client(new_key(server, role=role)["key"])
    allowed = True
    for level, requests in requests_of(server, project, task).items():
        for method, path, body in requests:
            status = client.request(method, path, json=body).status_code
            assert (status != 403) == allowed, f"{role}: {method} {path} gave {status}"
            assert status != 401
        allowed = allowed and level != role


def test_a_viewer_may_stream(server, project):
    memory = server.learn("Ada met Charles.", project)
    with server.stream(memory["task_id"], key=new_key(server, role="viewer")["key"]) as stream:
        assert [event.type for event in stream.events()] == ["completed"]


# -- keys for some projects


def test_a_restricted_key_sees_nothing_of_other_projects(server):
    mine, other = server.new_project("Mine"), server.new_project("Other")
    memories = {project: server.learn("Ada Lovelace met Charles Babbage in London.", project) for project in (mine, other)}
    client = server.client(new_key(server, role="editor", projects=[mine])["key"])

    assert [project["id"] for project in client.get("/projects/").json()["projects"]] == [mine]
    assert client.get(f"/projects/{mine}").status_code == 200
    assert client.get(f"/projects/{other}").status_code == 404
    assert client.get(f"/memories/{memories[mine]['id']}").status_code == 200
    assert client.get(f"/memories/{memories[other]['id']}").status_code == 404
    listed = client.get("/memories/").json()
    assert {memory["project_id"] for memory in listed["memories"]} <= {mine} and listed["total"] <= 1
    for path in ("/memories/", "/entities/", "/communities/", "/memory/graph", "/entities/types"):
        assert client.get(path, params={"project_id": other}).status_code == 404, path
    entity = server.api.get("/entities/", params={"project_id": other}).json()["entities"][0]["uuid"]
    for path in (f"/entities/{entity}", f"/entities/{entity}/relationships"):
        assert client.get(path).status_code == 404, path
    task = memories[other]["task_id"]
    for path in (f"/tasks/{task}", f"/tasks/{task}/events", f"/tasks/{task}/stream"):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/tasks/{task}/cancel").status_code == 404
    assert client.post("/auth/tickets", json={"task_id": task}).status_code == 404
    assert client.post("/auth/tickets", json={"project_id": other}).status_code == 404
    assert client.post("/memories/", json={"project_id": other, "content": "x"}).status_code == 404
    assert {task["project_id"] for task in client.get("/tasks/recent").json()} <= {mine}
    assert {queue["project_id"] for queue in client.get("/tasks/queues").json()["queues"]} <= {mine}
    assert client.get("/tasks/stats").json()["total"] == 1
    assert sum(client.get("/tasks/status-breakdown").json().values()) == 1


def test_a_restricted_key_cannot_reach_or_make_a_project_through_group_id(server):
    mine = server.new_project("Mine")
    other = server.new_project("Somebody else's")
    client = server.client(new_key(server, role="editor", projects=[mine])["key"])
    for group in (other, "Somebody else's", "default", "brand new"):
        answer = client.post("/episodes/", json={"content": "x", "group_id": group})
        assert answer.status_code in (403, 404), f"{group}: {answer.text}"


def test_an_owner_of_some_projects_cannot_reach_beyond_them(server, project):
    """Not by a new key, not by a new project, and not by taking away the key of somebody who sees more."""
    client = server.client(new_key(server, role="owner", projects=[project])["key"])
    everything, elsewhere = new_key(server, role="owner"), new_key(server, projects=[server.new_project()])
    assert client.post("/auth/keys", json={"name": "x", "role": "owner"}).status_code == 403
    assert client.post("/projects/", json={"name": "x"}).status_code == 403
    assert client.post("/auth/keys", json={"name": "x", "projects": [project]}).status_code == 200
    for key in (everything, elsewhere):
        assert client.delete(f"/auth/keys/{key['key_id']}").status_code in (403, 404)
        assert server.client(key["key"]).get("/projects/").status_code == 200


def test_neither_keys_nor_tickets_nor_contents_are_logged(serve):
    server = serve("--log-level", "trace")
    key = new_key(server)["key"]
    memory = server.learn("Ada met Charles in the secret garden.")
    client = server.client()
    client.post("/auth/session", json={"key": key})
    client.get("/projects/")
    with server.stream(memory["task_id"], key=None, query=ticket_of(memory)) as stream:
        stream.body()
    server.stop()
    for secret in (key, server.owner_key, ticket_of(memory).partition("=")[2], *client.cookies.values(), "secret garden"):
        assert secret not in server.log()


def test_no_ticket_is_logged_whatever_is_done_with_it(serve):
    """At the level that says most: good ones, forged ones, where they don't belong, and in requests that are none."""
    server = serve("--log-level", "trace", "--workers", "0")
    key = new_key(server)
    client = server.client(key["key"])
    memory = client.post("/memories/", json={"project_id": "default", "content": "Ada met Charles."}).json()
    task, ticket = memory["task_id"], ticket_of(memory).partition("=")[2]
    project = client.post("/auth/tickets", json={"project_id": memory["project_id"]}).json()["ticket"]
    forged = ticket[:-8] + ("A" if ticket[-8] != "A" else "B") + ticket[-7:]
    tickets = (ticket, project, forged)
    for each in tickets:
        with server.stream(task, key=None, query=f"?ticket={each}") as stream:
            assert stream.status == (401 if each == forged else 200)
        with server.stream("00000000-0000-7000-8000-000000000000", key=None, query=f"?ticket={each}") as stream:
            assert stream.status in (401, 403, 404)
        anybody = server.client(headers={"Referer": f"{server.origin}/x?ticket={each}"})
        for method, path in [("POST", f"/tasks/{task}/stream"), ("GET", f"/tasks/{task}"), ("GET", "/nothing"), ("GET", "/memories/"), ("OPTIONS", "/projects/")]:
            anybody.request(method, path, params={"ticket": each})
        anybody.post("/auth/session", json={"key": each})
        anybody.get("/projects/", headers={"Authorization": f"Bearer {each}"})
        anybody.get("/projects/", headers={"Cookie": f"engram_session={each}"})
        for request in (f"GET /api/v1/tasks/{task}/stream?ticket={each} HTTP/1.0\r\n\r\n", f"GET /?ticket={each} HTTP/9.9\r\n\r\n", f"ticket={each}\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
                connection.sendall(request.encode())
                connection.recv(1000)
    assert server.api.delete(f"/auth/keys/{key['key_id']}").status_code == 204
    with server.stream(task, key=None, query=f"?ticket={ticket}") as stream:
        assert stream.status == 401
    server.stop()
    log = server.log()
    assert "/stream" in log, "the log is written at all"
    for each in tickets:
        assert each[:40] not in log and each[-20:] not in log


# -- tickets


def ticket_of(memory: dict) -> str:
    return "?" + memory["stream_url"].partition("?")[2]


def test_a_stream_url_opens_its_stream_without_a_header(server):
    memory = server.learn("Ada met Charles.")
    assert memory["stream_url"].startswith(f"/api/v1/tasks/{memory['task_id']}/stream?ticket=")
    with server.stream(memory["task_id"], key=None, query=ticket_of(memory)) as stream:
        assert [event.type for event in stream.events()] == ["completed"]
    with server.stream(memory["task_id"], key=None) as stream:
        assert stream.status == 401


def test_a_ticket_opens_only_the_stream_of_its_own_task(server):
    memory, other = server.learn("Ada met Charles."), server.learn("Ada met Babbage.")
    with server.stream(other["task_id"], key=None, query=ticket_of(memory)) as stream:
        assert stream.status == 403
        assert stream.problem()["status"] == 403


def test_a_ticket_is_for_streams_and_nothing_else(server):
    memory = server.learn("Ada met Charles.")
    assert server.client().get(f"/tasks/{memory['task_id']}{ticket_of(memory)}").status_code == 401
    ticket = ticket_of(memory).partition("=")[2]
    assert server.client(ticket).get("/projects/").status_code == 401


@pytest.mark.parametrize("ticket", ["", "x", "A" * 98, "%00", "🙂", "A" * 20_000], ids=["empty", "short", "forged", "nul", "emoji", "long"])
def test_a_ticket_that_is_none_is_401(server, ticket):
    memory = server.learn("Ada met Charles.")
    answer = server.client().get(f"/tasks/{memory['task_id']}/stream", params={"ticket": ticket})
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_a_ticket_with_any_letter_changed_is_401(server):
    memory = server.learn("Ada met Charles.")
    ticket = ticket_of(memory).partition("=")[2]
    for place in range(0, len(ticket), 7):
        letter = "A" if ticket[place] != "A" else "B"
        with server.stream(memory["task_id"], key=None, query=f"?ticket={ticket[:place]}{letter}{ticket[place + 1:]}") as stream:
            assert stream.status == 401, place


def test_a_ticket_expires(serve):
    server = serve("--ticket-lifetime", "1s")
    memory = server.learn("Ada met Charles.")

    def status() -> int:
        with server.stream(memory["task_id"], key=None, query=ticket_of(memory)) as stream:
            return stream.status

    eventually(lambda: status() == 401, what="the ticket's expiry")
    with server.stream(memory["task_id"], key=None, query=ticket_of(memory)) as stream:
        assert stream.problem()["status"] == 401


def test_a_ticket_survives_a_restart(serve):
    server = serve()
    memory = server.learn("Ada met Charles.")
    server.kill_and_restart()
    with server.stream(memory["task_id"], key=None, query=ticket_of(memory)) as stream:
        assert [event.type for event in stream.events()] == ["completed"]


def test_tickets_and_open_streams_end_with_the_key_that_made_them(serve):
    server = serve("--workers", "0")
    key = new_key(server)
    memory = server.client(key["key"]).post("/memories/", json={"project_id": "default", "content": "x"}).json()
    by_ticket = server.stream(memory["task_id"], key=None, query=ticket_of(memory))
    by_key = server.stream(memory["task_id"], key=key["key"])
    by_owner = server.stream(memory["task_id"])
    for stream in (by_ticket, by_key, by_owner):
        assert stream.next().type == "progress"

    assert server.api.delete(f"/auth/keys/{key['key_id']}").status_code == 204
    for stream in (by_ticket, by_key):
        with contextlib.suppress(ConnectionError):
            assert [event.type for event in stream.events() if event.type != "progress"] == []
        stream.close()
    for options in ({"key": None, "query": ticket_of(memory)}, {"key": key["key"]}):
        with server.stream(memory["task_id"], **options) as stream:
            assert stream.status == 401
    server.api.post(f"/tasks/{memory['task_id']}/cancel")
    assert by_owner.until("cancelled"), "other keys' streams go on"
    by_owner.close()


def test_tickets_can_be_made_for_a_task_and_for_a_project(server, project):
    memory, other = server.learn("Ada met Charles.", project), server.learn("Ada met Charles.")
    for body in ({"task_id": memory["task_id"]}, {"project_id": project}):
        answer = server.api.post("/auth/tickets", json=body)
        assert answer.status_code in (200, 201), answer.text
        query = f"?ticket={answer.json()['ticket']}"
        with server.stream(memory["task_id"], key=None, query=query) as stream:
            assert [event.type for event in stream.events()] == ["completed"]
        with server.stream(other["task_id"], key=None, query=query) as stream:
            assert stream.status == 403


@pytest.mark.parametrize("body", [{}, {"task_id": 7}, {"task_id": "x"}, {"task_id": None, "project_id": None}], ids=str)
def test_a_ticket_for_nothing_is_refused(server, body):
    assert server.api.post("/auth/tickets", json=body).status_code in (404, 422)


def test_a_ticket_for_what_does_not_exist_is_404(server):
    for name in ("task_id", "project_id"):
        assert server.api.post("/auth/tickets", json={name: "00000000-0000-7000-8000-000000000000"}).status_code == 404


# -- sessions


def test_a_key_opens_a_session_whose_cookie_no_script_can_read(server):
    client = server.client()
    answer = client.post("/auth/session", json={"key": server.owner_key})
    assert answer.status_code == 204
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Secure" not in cookie
    assert server.owner_key not in cookie
    assert client.get("/projects/").status_code == 200

    memory = server.learn("Ada met Charles.")
    with client.stream("GET", f"/tasks/{memory['task_id']}/stream") as stream:
        assert stream.status_code == 200

    assert client.delete("/auth/session").status_code == 204
    assert client.get("/projects/").status_code == 401


def test_a_wrong_key_opens_no_session(server):
    for body in ({"key": "ms_sk_" + "A" * 43}, {"key": "x"}):
        answer = server.client().post("/auth/session", json=body)
        assert answer.status_code == 401 and "set-cookie" not in answer.headers
    assert server.client().post("/auth/session", json={}).status_code == 422


def test_a_session_ends_with_its_key(server):
    key = new_key(server)
    client = server.client()
    client.post("/auth/session", json={"key": key["key"]})
    assert client.get("/projects/").status_code == 200
    server.api.delete(f"/auth/keys/{key['key_id']}")
    assert client.get("/projects/").status_code == 401


def test_the_printed_link_opens_the_console_once_and_carries_no_key(serve):
    server = serve()
    assert server.owner_key not in server.greeting
    code = re.search(r"#code=(\S+)", server.greeting).group(1)
    client = server.client()
    assert client.post("/auth/session", json={"code": code}).status_code == 204
    assert client.get("/projects/").status_code == 200
    assert server.client().post("/auth/session", json={"code": code}).status_code == 401


# -- without authentication, and flags


def test_no_auth_asks_for_nothing_and_still_takes_keys_and_tickets(serve):
    server = serve("--no-auth")
    memory = server.learn("Ada met Charles.")
    assert server.client().get("/projects/").status_code == 200
    assert server.client(server.owner_key).get("/projects/").status_code == 200
    assert server.client("ms_sk_" + "A" * 43).get("/projects/").status_code == 200
    for query in ("", ticket_of(memory), "?ticket=x"):
        with server.stream(memory["task_id"], key=None, query=query) as stream:
            assert stream.status == 200, query


REFUSED = {
    "no-auth on all addresses": ["--no-auth", "--host", "0.0.0.0"],
    "no-auth on an address of the network": ["--no-auth", "--host", "192.0.2.1"],
    "no-auth on all addresses, although plaintext is fine": ["--no-auth", "--host", "0.0.0.0", "--insecure-plaintext"],
    "no-auth on all IPv6 addresses": ["--no-auth", "--host", "::"],
    "plaintext on all addresses": ["--host", "0.0.0.0"],
    "a certificate without a key": ["--tls-certificate", "x.pem"],
    "a key without a certificate": ["--tls-key", "x.pem"],
    "a port out of range": ["--port", "70000"],
    "a negative number of workers": ["--workers", "-1"],
    "an unknown store": ["--store", "cloud"],
    "an unknown extractor": ["--extractor", "oracle"],
    "a failure rate above one": ["--paced-failure-rate", "1.5"],
    "no parts": ["--paced-parts", "0"],
    "a delay that is none": ["--paced-delay", "soon"],
    "no body at all": ["--body-limit", "0"],
    "an unknown flag": ["--frobnicate"],
}


@pytest.mark.parametrize("flags", REFUSED.values(), ids=REFUSED.keys())
def test_flags_that_make_no_sense_are_refused_with_64_and_touch_nothing(tmp_path, flags):
    ended = subprocess.run([BINARY, "serve", "--data", tmp_path / "data", *flags], capture_output=True, text=True, timeout=20)
    assert ended.returncode == 64
    assert ended.stderr.startswith("Error: ")
    assert not (tmp_path / "data").exists()


def test_insecure_plaintext_is_possible_when_asked_for_by_name(serve):
    server = serve("--host", "0.0.0.0", "--insecure-plaintext")
    assert httpx.get(f"{server.origin}/health").status_code == 200
    assert server.client().get("/projects/").status_code == 401
