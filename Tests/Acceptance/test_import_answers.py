"""What imports answer when a body is cut, compressed, repeated or not what it was."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket

import pytest

from import_files import LINES, Upload, begin, line, lines, put, send, total
from server import BASE, eventually


# -- a body that breaks off


def cut_off(upload: Upload, how: str) -> None:
    if how == "half-close":
        upload.socket.shutdown(socket.SHUT_WR)
    else:
        upload.socket.sendall(b"ZZ\r\n")


@pytest.mark.parametrize("how", ["half-close", "bad chunk"])
def test_a_cut_upload_is_told_that_what_came_before_is_kept(server, project, how):
    begun = begin(server, project)
    upload = Upload(server, begun["upload_url"], "PUT")
    upload.send(lines(*range(10)))
    cut_off(upload, how)
    status, body = upload.answer()
    assert status == 400 and "is kept" in body["detail"] and "Nothing" not in body["detail"]
    assert server.api.get(begun["upload_url"].removeprefix(BASE)).json()["accepted"] == 10
    assert put(server, begun, lines(*range(12))).json()["accepted"] == 12


def test_a_cut_import_of_one_step_is_told_so_too(server, project):
    upload = Upload(server, f"{BASE}/projects/{project}/imports", length=10_000)
    upload.send(lines(1))
    cut_off(upload, "half-close")
    status, body = upload.answer()
    assert status == 400 and "is kept" in body["detail"] and "Nothing" not in body["detail"]
    assert total(server, project) == 1


def test_a_cut_repetition_is_no_fault_of_the_server(server, project):
    begun = begin(server, project)
    body = lines(*range(10))
    assert put(server, begun, body).status_code == 202
    upload = Upload(server, begun["upload_url"], "PUT")
    upload.send(body[:100])
    cut_off(upload, "bad chunk")
    status, answer = upload.answer()
    assert status == 400 and "is kept" in answer["detail"]


def test_a_beginning_is_told_from_another_file(server, project):
    begun = begin(server, project)
    upload = Upload(server, begun["upload_url"], "PUT")
    upload.send(lines(*range(300)))
    state = begun["upload_url"].removeprefix(BASE)
    taken = eventually(lambda: server.api.get(state).json()["bytes"])
    upload.cut()
    beginning = lines(*range(300))[: taken // 2]
    # With its length known and not.
    for content in (lambda: beginning, lambda: iter([beginning])):
        answer = eventually(lambda: (answer := put(server, begun, content())).headers.get("retry-after") is None and answer)
        assert answer.status_code == 409 and "shorter" in answer.json()["detail"]
    answer = put(server, begun, b"x" * len(lines(*range(300))))
    assert answer.status_code == 409 and "others" in answer.json()["detail"]


# -- how it stands


def test_an_import_tells_what_it_has_and_whether_that_is_all(server, project):
    begun = begin(server, project)
    state = begun["upload_url"].removeprefix(BASE)
    empty = server.api.get(state).json()
    assert (empty["complete"], empty["bytes"], empty["sha256"]) == (False, 0, hashlib.sha256(b"").hexdigest())
    body = lines(1, 2, 3)
    answer = put(server, begun, body).json()
    for found in (answer, server.api.get(state).json()):
        assert (found["complete"], found["bytes"], found["lines"]) == (True, len(body), 3)
        assert found["sha256"] == hashlib.sha256(body).hexdigest()
    assert server.ending(begun["task_id"])["event"] == "completed"
    assert server.api.get(state).json()["status"] == "Completed"

    cancelled = begin(server, project)
    server.api.post(f"/tasks/{cancelled['task_id']}/cancel").raise_for_status()
    found = eventually(
        lambda: (found := server.api.get(cancelled["upload_url"].removeprefix(BASE)).json())["state"] == "ended" and found)
    assert (found["status"], found["complete"]) == ("Cancelled", False)


@pytest.mark.parametrize(
    "content, message",
    [
        (line(1), "1 memory taken in from 1 line"), ("{bad\n", "0 memories taken in from 1 line; 1 rejected"),
        (line(1) + "\n{bad\n" + line(2), "2 memories taken in from 4 lines; 1 rejected"), ("", "0 memories taken in from 0 lines")])
def test_only_what_was_taken_in_is_said_to_be(server, project, content, message):
    assert send(server, content.encode(), project).json()["message"].partition(",")[0] == message


def test_what_is_no_import_has_nothing_of_one(server, project):
    task = server.remember(project=project)["task_id"]
    for method, path in [("GET", "rejected"), ("DELETE", "imported")]:
        answer = server.api.request(method, f"/tasks/{task}/{path}")
        assert answer.status_code == 404 and "no import" in answer.json()["detail"]


def test_an_empty_priority_is_none(server, project):
    assert send(server, lines(1), project, params={"priority": ""}).status_code == 202
    assert send(server, lines(1), project, params={"priority": "soon"}).status_code == 422


def test_an_import_that_was_over_too_early_says_so_and_what_to_do(serve):
    """A retry tries again what was taken in; the rest of the file is another import's."""
    server = serve("--workers", "0")
    begun = begin(server)
    upload = Upload(server, begun["upload_url"], "PUT")
    upload.send(lines(*range(300)))
    eventually(lambda: total(server) > 0)
    upload.cut()
    server.api.post(f"/tasks/{begun['task_id']}/cancel").raise_for_status()
    kept = total(server)
    server.kill_and_restart("--workers", "4")
    retried = eventually(lambda: (answer := server.api.post(f"/tasks/{begun['task_id']}/retry")).status_code == 200 and answer)
    assert retried.json()["task"]["attempt"] == 2
    answer = eventually(lambda: (answer := put(server, begun, lines(*range(600)))).headers.get("retry-after") is None and answer)
    assert answer.status_code == 409 and "before its file was complete" in answer.json()["detail"]
    end = server.ending(begun["task_id"])
    assert end["event"] == "failed" and "before its file was complete" in end["error"] and end["result"]["completed"] >= kept
    anew = send(server, lines(*range(600))).json()
    assert anew["unchanged"] == end["result"]["completed"] and server.ending(anew["task_id"])["event"] == "completed"
    assert total(server) == 600


# -- compressed


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip"])
def test_a_compressed_body_is_415(server, project, coding):
    headers = {"Content-Encoding": coding}
    memory = json.dumps({"project_id": project, "content": "Ada met Charles."}).encode()
    requests = [
        server.api.build_request("POST", f"/projects/{project}/imports", content=gzip.compress(lines(1)), headers={**LINES, **headers}),
        server.api.build_request(
            "POST", "/memories/", content=gzip.compress(memory), headers={"Content-Type": "application/json", **headers})]
    for request in requests:
        answer = server.api.send(request)
        assert answer.status_code == 415 and coding.split()[-1] in answer.json()["detail"]
        assert answer.headers["accept-encoding"] == "identity"
    assert total(server, project) == 0
    answer = server.api.post(f"/projects/{project}/imports", content=lines(1), headers={**LINES, "Content-Encoding": "identity"})
    assert answer.status_code == 202


# -- repeated


def keyed(server, project, body, key="monday"):
    return server.api.post(f"/projects/{project}/imports", content=body, headers={**LINES, "Idempotency-Key": key}, timeout=60)


def unnamed(*numbers: int) -> bytes:
    return "".join(json.dumps({"content": f"Note {n}"}) + "\n" for n in numbers).encode()


def test_the_same_key_and_body_is_one_import(server, project):
    body = unnamed(*range(20))
    first = keyed(server, project, body)
    assert first.status_code == 202 and "idempotency-replayed" not in first.headers
    again = keyed(server, project, body)
    assert again.status_code == 202 and again.headers["idempotency-replayed"] == "true"
    assert again.json()["task_id"] == first.json()["task_id"] and again.json()["accepted"] == 20
    assert server.ending(first.json()["task_id"])["event"] == "completed"
    assert keyed(server, project, body).json()["task_id"] == first.json()["task_id"]
    assert total(server, project) == 20

    other = keyed(server, project, unnamed(1))
    assert other.status_code == 409 and "Idempotency-Key" in other.json()["detail"]
    begun = server.api.post(f"/projects/{project}/imports", json={}, headers={"Idempotency-Key": "monday"})
    assert begun.status_code == 409
    assert keyed(server, project, body, "tuesday").json()["task_id"] != first.json()["task_id"]
    assert total(server, project) == 40


def test_an_import_of_one_step_with_a_key_goes_on_after_a_cut(serve):
    server = serve()
    body = unnamed(*range(2000))
    upload = Upload(server, f"{BASE}/projects/default/imports", length=len(body), more="Idempotency-Key: monday\r\n")
    upload.send(body[:20_000])
    eventually(lambda: total(server) > 0)
    assert keyed(server, "default", body).headers["retry-after"]
    server.kill_and_restart()
    answer = keyed(server, "default", body)
    assert answer.status_code == 202 and answer.json()["accepted"] == 2000
    assert server.ending(answer.json()["task_id"])["event"] == "completed"
    assert total(server) == 2000


def test_a_retry_that_comes_too_early_is_told_when(serve):
    """Its children are cancelled bit by bit."""
    server = serve("--workers", "0")
    task = send(server, unnamed(*range(20_000))).json()["task_id"]
    server.api.post(f"/tasks/{task}/cancel").raise_for_status()
    early = server.api.post(f"/tasks/{task}/retry")
    assert early.status_code == 409 and early.headers["retry-after"] == "1"
    retried = eventually(lambda: (answer := server.api.post(f"/tasks/{task}/retry")).status_code == 200 and answer, 30)
    assert retried.json()["task"]["attempt"] == 2
