"""Files to be imported, and the ways to send them."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any, Iterable

import httpx

from server import BASE, Server

LINES = {"Content-Type": "application/x-ndjson"}

def line(number: int, text: str | None = None, **fields: Any) -> str:
    return json.dumps({"content": text or f"Person{number} works for Company{number % 7}.", "external_id": f"line-{number}", **fields}) + "\n"


def lines(*numbers: int) -> bytes:
    return "".join(line(number) for number in numbers).encode()


def send(server: Server, body: bytes | Iterable[bytes], project: str = "default", **options: Any) -> httpx.Response:
    return server.api.post(f"/projects/{project}/imports", content=body, headers=LINES, timeout=120, **options)


def begin(server: Server, project: str = "default", **fields: Any) -> dict[str, Any]:
    answer = server.api.post(f"/projects/{project}/imports", json=fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


def put(server: Server, begun: dict[str, Any], body: bytes | Iterable[bytes]) -> httpx.Response:
    return server.api.put(begun["upload_url"].removeprefix(BASE), content=body, headers=LINES, timeout=120)


def rejected(server: Server, task: str) -> list[dict[str, Any]]:
    answer = server.api.get(f"/tasks/{task}/rejected")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(each) for each in answer.text.splitlines()]


def total(server: Server, project: str = "default") -> int:
    return server.api.get("/memories/", params={"project_id": project, "page_size": 1}).json()["total"]


def key(server: Server, **fields: Any) -> httpx.Client:
    answer = server.api.post("/auth/keys", json={"name": "k", **fields})
    assert answer.status_code == 200, answer.text
    return server.client(answer.json()["key"])


class Upload:
    """A body that is sent piece by piece, by hand."""

    def __init__(self, server: Server, path: str, method: str = "POST", length: int | None = None, more: str = ""):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        framing = f"Content-Length: {length}" if length is not None else "Transfer-Encoding: chunked"
        self.is_chunked = length is None
        key = f"Authorization: Bearer {server.owner_key}\r\n"
        self.socket.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nContent-Type: application/x-ndjson\r\n{key}{more}{framing}\r\n\r\n".encode())

    def send(self, data: bytes) -> None:
        self.socket.sendall(f"{len(data):x}\r\n".encode() + data + b"\r\n" if self.is_chunked else data)

    def finish(self) -> tuple[int, dict[str, Any]]:
        if self.is_chunked:
            self.socket.sendall(b"0\r\n\r\n")
        return self.answer()

    def answer(self) -> tuple[int, dict[str, Any]]:
        answer = http.client.HTTPResponse(self.socket)
        answer.begin()
        self.headers = answer.headers
        return answer.status, json.loads(answer.read())

    def cut(self) -> None:
        self.socket.close()
