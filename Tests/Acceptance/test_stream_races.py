"""What happens to a stream when something else happens at the same moment."""

import concurrent.futures
import socket

import httpx
import pytest
from server import BASE, Server
from streams import RawStream

PACED = ("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "20")


def test_every_stream_opened_while_its_task_begins_sees_the_end(server: Server) -> None:
    """The state is read while changes arrive: neither may hide the other."""

    def post_and_follow(number: int) -> str:
        memory = server.remember(f"Ada met Charles in London, for the {number}th time.")
        with server.stream(memory["task_id"], timeout=30) as stream:
            return [event.type for event in stream.events()][-1]

    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        endings = list(pool.map(post_and_follow, range(300)))
    assert endings == ["completed"] * 300


def test_a_stream_does_not_open_with_a_key_that_is_revoked_while_it_asks(server: Server) -> None:
    task = server.remember()["task_id"]
    made = server.api.post("/auth/keys", json={"name": "brief", "role": "viewer"}).json()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(
            f"GET {BASE}/tasks/{task}/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {made['key']}\r\nContent-Length: 2\r\n\r\nx".encode()
        )
        assert server.api.delete(f"/auth/keys/{made['key_id']}").status_code == 204
        connection.sendall(b"x")
        assert connection.recv(4096).startswith(b"HTTP/1.1 401")


@pytest.mark.parametrize("force", [False, True])
def test_deleting_a_project_ends_the_streams_of_its_tasks(serve, force: bool) -> None:
    server = serve("--workers", "0")
    project = server.new_project()
    task = server.remember(project=project)["task_id"]
    with server.stream(task) as stream:
        assert stream.next().type == "progress"
        assert server.api.delete(f"/projects/{project}", params={"force": str(force).lower()}).status_code == 204
        try:
            rest = [event.type for event in stream.events()]
        except ConnectionError:
            rest = []
        assert rest == (["cancelled"] if force else [])
    assert server.api.get(f"/tasks/{task}").status_code == 404


def test_a_cancelled_task_does_not_fall_back(serve) -> None:
    server = serve(*PACED)
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        shown = []
        for event in stream.events():
            shown.append(event.json["progress"])
            if event.type == "progress" and event.json["stage"] == "extract" and len(shown) > 2:
                server.api.post(f"/tasks/{task}/cancel")
        assert event.type == "cancelled"
    assert shown == sorted(shown)


def test_a_client_that_drips_its_body_does_not_hold_up_the_shutdown(serve) -> None:
    server = serve("--grace", "1s")
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(
            f"POST {BASE}/memories/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.owner_key}\r\nContent-Type: application/json\r\n"
            f"Content-Length: 1000\r\n\r\n{{".encode()
        )
        # The server has the request once it answers another one.
        assert server.api.get("/health").status_code == 200
        server.stop()


def test_a_foreign_page_can_not_use_a_server_that_asks_for_no_key(serve) -> None:
    server = serve("--no-auth")
    with httpx.Client(base_url=server.origin + BASE) as page:
        assert page.post("/auth/keys", json={"name": "x"}, headers={"Origin": "http://evil.example"}).status_code == 403
        assert page.get("/memories/", headers={"Host": "evil.example"}).status_code == 403
        assert page.post("/auth/keys", json={"name": "x"}, headers={"Origin": server.origin}).status_code == 200
    task = server.remember()["task_id"]
    with RawStream(server.origin.replace("127.0.0.1", "localhost"), f"{BASE}/tasks/{task}/stream") as stream:
        assert stream.status == 200


def test_the_last_owner_key_can_not_be_revoked(serve) -> None:
    server = serve()
    (owner,) = server.api.get("/auth/keys").json()
    assert server.api.delete(f"/auth/keys/{owner['key_id']}").status_code == 409
    server.api.post("/auth/keys", json={"name": "second", "role": "owner"})
    assert server.api.delete(f"/auth/keys/{owner['key_id']}").status_code == 204


def test_an_impossible_year_is_refused_and_the_server_stays(server: Server) -> None:
    for moment in ("0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"):
        answer = server.api.post("/memories/", json={"project_id": "default", "content": "x", "occurred_at": moment})
        assert answer.status_code == 422
    assert server.api.get("/health").status_code == 200
