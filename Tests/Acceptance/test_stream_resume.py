"""Last-Event-ID: a reconnecting client misses nothing, and sees nothing twice."""

import pytest

import transcripts

PLACES = {
    "header": lambda id: {"headers": {"Last-Event-ID": id}},
    "last_event_id": lambda id: {"query": f"?last_event_id={id}"},
    "lastEventId": lambda id: {"query": f"?lastEventId={id}"},
    "lastEventID": lambda id: {"query": f"?lastEventID={id}"},
}
places = pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())


def paced(serve, delay: str = "100ms"):
    return serve("--extractor", "paced", "--paced-delay", delay, "--paced-parts", "5", "--grace", "100ms")


@places
def test_behind_gets_the_newest_state_at_once(serve, place):
    server = paced(serve, "60s")
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        newest = next(event for event in stream.events() if event.json["stage"] == "extract")
    epoch, _ = newest.epoch_version
    with server.stream(task, **place(f"{epoch}-1")) as stream:
        first = stream.next()
    assert (first.id, first.data) == (newest.id, newest.data)


@places
def test_level_with_a_running_task_gets_a_comment_and_then_only_later_changes(serve, place):
    server = serve("--workers", "0")
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        current = stream.next()
    with server.stream(task, **place(current.id)) as stream:
        assert stream.status == 200
        stream.comment()
        assert b"data:" not in stream.raw
        server.api.post(f"/tasks/{task}/cancel")
        [later] = stream.events()
    assert later.type == "cancelled" and later.epoch_version > current.epoch_version


@places
def test_level_with_a_finished_task_is_204_which_ends_the_retries(server, place):
    task = server.learn("Ada met Charles in London.")["task_id"]
    with server.stream(task) as stream:
        [last] = stream.events()
    with server.stream(task, **place(last.id)) as stream:
        assert stream.status == 204
        assert stream.body() == b""


def test_the_header_wins_over_the_query(server):
    task = server.learn("Ada met Charles in London.")["task_id"]
    with server.stream(task) as stream:
        [last] = stream.events()
    with server.stream(task, headers={"Last-Event-ID": last.id}, query="?last_event_id=1-1") as stream:
        assert stream.status == 204


IGNORED = {
    "future version": "{epoch}-999999999999", "future epoch": "{next}-1", "word": "abc", "empty": "", "number": "17", "negative": "-1--1",
    "spaces": "1 - 1", "huge": "9" * 40 + "-" + "9" * 40, "long": "1-1" * 500, "not ASCII": "1-\xe9",
}


@pytest.mark.parametrize("id", IGNORED.values(), ids=IGNORED.keys())
def test_a_malformed_or_future_id_is_ignored_and_the_current_state_sent(server, id):
    task = server.learn("Ada met Charles in London.")["task_id"]
    with server.stream(task) as stream:
        [last] = stream.events()
    epoch, _ = last.epoch_version
    with server.stream(task, headers={"Last-Event-ID": id.format(epoch=epoch, next=epoch + 1)}) as stream:
        assert stream.status == 200
        [event] = stream.events()
    assert (event.id, event.type) == (last.id, "completed")


def test_ids_of_a_running_task_grow_across_a_kill(serve):
    server = paced(serve, "60s")
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        before = next(event for event in stream.events() if event.json["stage"] == "extract")
    server.kill_and_restart()
    with server.stream(task, headers={"Last-Event-ID": before.id}) as stream:
        after = stream.next()
    assert after.epoch_version > before.epoch_version
    assert after.epoch_version[0] > before.epoch_version[0]


def test_a_task_that_was_running_when_the_server_was_killed_says_that_it_was_resumed(serve):
    """Of two tasks that ran, one worker takes up the first: whoever has come back by then sees the second go on."""
    server = paced(serve)
    server.remember()
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        seen = [next(event for event in stream.events() if event.json["stage"] == "extract")]
        server.kill()
        with pytest.raises(OSError):
            seen += stream.events()
    server.start(*server.flags, "--workers", "1")
    with server.stream(task, headers={"Last-Event-ID": seen[-1].id}) as stream:
        after = list(stream.events())
    transcripts.check(seen + after)
    assert "Resumed after restart" in [event.json["message"] for event in after]
    assert after[-1].type == "completed"
    assert after[-1].epoch_version[0] == seen[-1].epoch_version[0] + 1


def test_what_waited_before_a_restart_goes_on_by_itself(serve):
    """Nobody has to post anything for that."""
    server = serve("--workers", "0")
    tasks = [server.remember()["task_id"], server.remember(priority="bulk")["task_id"]]
    server.kill_and_restart("--workers", "1")
    assert [server.ending(task)["event"] for task in tasks] == ["completed"] * 2


def test_an_ending_has_the_same_id_and_words_after_every_restart(serve):
    server = serve()
    task = server.learn("Ada met Charles in London.")["task_id"]
    shown = set()
    for _ in range(3):
        with server.stream(task) as stream:
            [event] = stream.events()
        shown.add((event.id, event.type, event.data))
        server.kill_and_restart()
    assert len(shown) == 1
    with server.stream(task, headers={"Last-Event-ID": event.id}) as stream:
        assert stream.status == 204
