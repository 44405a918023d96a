"""The client's commands, run against a server under test."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from server import BINARY, Server

SLOW = ("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "5")


def command(server: Server | None, *arguments: object) -> list[str]:
    where = ["--server", server.origin, "--data", str(server.data)] if server else []
    return [str(BINARY), *map(str, arguments), *where]


def engram(server: Server | None, *arguments: object, within: float = 60, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(server, *arguments), capture_output=True, text=True, timeout=within, **options)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def kinds(shown: list[dict[str, Any]]) -> list[str]:
    """What each line of --json is."""
    return [line["event"] for line in shown]


def only(shown: list[dict[str, Any]], event: str) -> list[dict[str, Any]]:
    return [line for line in shown if line["event"] == event]


def stored(server: Server) -> list[str]:
    """The contents of the newest hundred memories, newest first."""
    return [memory["content"] for memory in server.api.get("/memories/", params={"page_size": 100}).json()["memories"]]


def count(server: Server, project: str = "default") -> int:
    return server.api.get("/memories/", params={"project_id": project, "page_size": 1}).json()["total"]
