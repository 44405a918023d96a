"""What holds for everything a task's streams ever show."""

from __future__ import annotations

import re
from datetime import datetime

from events import Event, epoch_version

STAGES = ["pending", "start", "load_schema", "extract", "sync_schema", "update_communities", "completed"]
PROGRESS = {"pending": 0, "start": 10, "load_schema": 20, "sync_schema": 50, "update_communities": 75, "completed": 100}
MESSAGES = {
    "pending": "Queued",
    "start": "Starting episode ingestion...",
    "load_schema": r"Loading schema for project .+\.\.\.",
    "extract": r"Extracting entities and relationships( \(\d+ of \d+ parts\))?\.\.\.",
    "sync_schema": "Syncing schema...",
    "update_communities": "Updating communities...",
    "completed": "Episode ingestion completed",
}
TERMINAL = ("completed", "failed", "cancelled")
PROGRESS_KEYS = {
    "id", "status", "progress", "message", "result", "error", "stage", "attempt", "queue_position", "eta_seconds", "entity_id", "occurred_at"}
TASK_KEYS = {
    "id", "name", "status", "created_at", "started_at", "completed_at", "error", "worker_id", "retries", "duration", "entity_id", "entity_type",
    "progress", "message", "result", "stage", "attempt", "priority", "queue_position", "eta_seconds", "parent_task_id", "stream_url"}


def check(events: list[Event]) -> None:
    """Ids grow, progress never falls within an attempt and epoch, at most one terminal event and that last."""
    ids = [epoch_version(event.id) for event in events]
    assert all(left < right for left, right in zip(ids, ids[1:])), f"ids do not grow: {ids}"
    highest: dict[tuple[int, int], int] = {}
    for event in events:
        data = event.json
        key = data["attempt"], event.epoch_version[0]
        assert data["progress"] >= highest.get(key, 0) or event.type in ("failed", "cancelled"), f"progress fell: {events}"
        highest[key] = data["progress"]
    assert [event.type for event in events[:-1]] == ["progress"] * (len(events) - 1), "a terminal event was not the last"
    for event in events:
        check_event(event)


def check_event(event: Event) -> None:
    """One event's shape, as the contract has it."""
    data = event.json
    if event.type == "progress":
        assert data.keys() == PROGRESS_KEYS
        assert data["status"] in ("pending", "processing")
        assert "completed" not in event.data and "failed" not in event.data
    else:
        assert event.type in TERMINAL
        assert data.keys() >= TASK_KEYS | {"occurred_at"}
        assert data["status"] == event.type.capitalize()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", data["occurred_at"]), data["occurred_at"]
    datetime.fromisoformat(data["occurred_at"])
    assert "ticket" not in event.data
    assert isinstance(data["progress"], (int, float)) and 0 <= data["progress"] <= 100
    assert data["message"]


def stages(events: list[Event]) -> list[str]:
    """The stages in the order of their first event."""
    return list(dict.fromkeys(event.json["stage"] for event in events))


def check_stages(events: list[Event]) -> None:
    """Every stage of `add_episode` was shown, in order, with the contract's numbers and words."""
    assert stages(events) == STAGES
    for event in events:
        stage = event.json["stage"]
        assert re.fullmatch(MESSAGES[stage], event.json["message"]), event.json["message"]
        assert event.json["progress"] == PROGRESS[stage] if stage in PROGRESS else 30 <= event.json["progress"] <= 50
