"""The file of an import that came to no good end, sent again."""

from __future__ import annotations

from import_files import lines, send, total
from server import Server, eventually
from test_import_removal import remove


def statuses(server: Server) -> dict[str, int]:
    found = {}
    for status in ("COMPLETED", "FAILED", "CANCELLED", "PENDING", "PROCESSING"):
        found[status] = server.api.get("/memories/", params={"processing_status": status, "page_size": 1}).json()["total"]
    return {status: count for status, count in found.items() if count}


def test_the_file_of_a_cancelled_import_is_ingested_when_it_comes_again(serve):
    server = serve("--extractor", "paced", "--paced-delay", "20ms", "--paced-parts", "1", "--workers", "2")
    body = lines(*range(200))
    first = send(server, body).json()["task_id"]
    eventually(lambda: server.api.get(f"/tasks/{first}").json()["progress"] > 0)
    cancelled = server.api.post(f"/tasks/{first}/cancel").json()["task"]["result"]
    # At once: not all that was cancelled has ended by now.
    again = send(server, body).json()
    assert (again["accepted"], again["retried"], again["unchanged"]) == (0, cancelled["cancelled"], cancelled["completed"])
    assert again["retried"] > 100
    end = server.ending(again["task_id"])
    assert end["event"] == "completed" and end["result"]["completed"] == end["result"]["retried"] == again["retried"]
    assert end["message"] == f"Import completed: {again['retried']} of 200 memories ingested, {again['unchanged']} known already"
    assert statuses(server) == {"COMPLETED": 200}
    assert server.api.get(f"/tasks/{first}").json()["result"] == cancelled
    # Each goes with the import that brought it.
    assert remove(server, first)["result"] == {"memories_removed": again["unchanged"], "memories_kept": 0}
    assert remove(server, again["task_id"])["result"] == {"memories_removed": again["retried"], "memories_kept": 0}
    assert total(server) == 0


def test_what_failed_is_tried_again_by_the_same_file(serve):
    server = serve("--extractor", "paced", "--paced-delay", "1ms", "--paced-parts", "1", "--paced-failure-rate", "0.5")
    body = lines(*range(40))
    first = send(server, body).json()["task_id"]
    failed = server.ending(first)["result"]["failed"]
    assert failed > 0
    server.kill_and_restart("--extractor", "built-in")
    again = send(server, body).json()
    assert (again["retried"], again["unchanged"], again["accepted"]) == (failed, 40 - failed, 0)
    assert server.ending(again["task_id"])["event"] == "completed"
    assert statuses(server) == {"COMPLETED": 40}
    assert server.api.get(f"/tasks/{first}").json()["status"] == "Failed"
    assert send(server, body).json()["unchanged"] == 40
