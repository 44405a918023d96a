"""kill -9 at any moment, and SIGTERM under load: nothing acknowledged is lost, nothing is done twice, and no stream goes back.

ENGRAM_CRASH_ROUNDS sets how often the server is killed in each run under load (20), ENGRAM_CRASH_SEED where (random).
"""

from __future__ import annotations

import os
import random
import threading
import time
from typing import Any, Callable, Iterator

import httpx
import pytest

from conftest import Started
from crash_clients import Acknowledged, Follower, Session, Writer, pace
from crash_graph import difference, graph
from crash_server import MortalServer
from events import Event, epoch_version
from server import BASE, Server

ROUNDS = int(os.environ.get("ENGRAM_CRASH_ROUNDS", "20"))
FLAGS = ("--no-auth", "--log-level", "warning")
PACED = ("--extractor", "paced", "--paced-delay", "20ms", "--paced-parts", "3")

# Seconds of silence after which a task counts as forgotten; less than those between two comments.
STUCK = 14

Graph = dict[str, list[Any]]


@pytest.fixture
def chance() -> random.Random:
    """Where a test's kills fall; printed, for a failure to be repeated."""
    seed = int(os.environ.get("ENGRAM_CRASH_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"ENGRAM_CRASH_SEED={seed}")
    return random.Random(seed)


@pytest.fixture
def mortal(serve: Callable[..., Server]) -> Callable[[], MortalServer]:
    """Makes servers that have not begun to live."""
    return lambda: MortalServer(serve(*FLAGS, start=False))


def new_project(mortal: MortalServer, name: str) -> str:
    return mortal.server.new_project(name)


def events_of(mortal: MortalServer, task: str, **options: Any) -> list[Event]:
    """Follows a task in the present life to its end."""
    with mortal.server.stream(task, timeout=STUCK, **options) as stream:
        try:
            return list(stream.events())
        except TimeoutError:
            pytest.fail(f"nobody works on a task any more: {mortal.server.api.get(f'/tasks/{task}').json()}", pytrace=False)


def end_of(mortal: MortalServer, task: str) -> Event:
    return events_of(mortal, task)[-1]


def follow_all(mortal: MortalServer, writers: list[Writer]) -> dict[str, Event]:
    """Waits until every acknowledged task has ended; its terminal event."""
    return {memory.task: end_of(mortal, memory.task) for writer in writers for memory in writer.acknowledged}


def ingested(mortal: MortalServer, writers: list[Writer]) -> tuple[dict[str, Graph], dict[tuple[str, int], Any]]:
    """Each sequence's graph, and the receipt of each of its memories."""
    graphs = {writer.sequence: graph(mortal.server.api, writer.project, writer.indices()) for writer in writers}
    receipts = {}
    for writer in writers:
        for memory in writer.acknowledged:
            receipts[writer.sequence, memory.index] = mortal.server.api.get(f"/tasks/{memory.task}").json()["result"]
    return graphs, receipts


def undisturbed(mortal: Callable[[], MortalServer], sequences: dict[str, list[int]]) -> tuple[dict[str, Graph], dict[tuple[str, int], Any]]:
    """What the same sequences come to on a server that nobody disturbs."""
    calm = mortal().begin(*FLAGS, final=True)
    writers = [Writer(calm, new_project(calm, sequence), sequence, indices) for sequence, indices in sequences.items()]
    run(writers)
    assert {event.type for event in follow_all(calm, writers).values()} == {"completed"}
    result = ingested(calm, writers)
    calm.stop()
    return result


def run(writers: list[Writer]) -> None:
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.finish()


def check_exactly_once(
    mortal: MortalServer, writers: list[Writer], cancelled: frozenset[str] | set[str] = frozenset(), attempts_are_begun_anew: bool = False
) -> None:
    """Every acknowledged memory is there once, as it was sent, and its task has come to one end; nothing else is there.

    - attempts_are_begun_anew: after a shutdown, which gives them back.
    """
    api = mortal.server.api
    endings = follow_all(mortal, writers)
    for task, event in endings.items():
        assert event.type == ("cancelled" if task in cancelled else "completed"), event
    total = 0
    for writer in writers:
        acknowledged = writer.acknowledged
        total += len(acknowledged)
        assert len({memory.task for memory in acknowledged}) == len({memory.memory for memory in acknowledged}) == len(acknowledged)
        stored: list[dict[str, Any]] = []
        page = 0
        while True:
            page += 1
            answer = api.get("/memories/", params={"project_id": writer.project, "page": page, "page_size": 100}).json()
            stored += answer["memories"]
            if not answer["memories"]:
                break
        assert answer["total"] == len(acknowledged), f"{answer['total']} memories for {len(acknowledged)} idempotency keys"
        # Newest first; the writer waited for each.
        assert [(item["id"], item["title"], item["task_id"]) for item in reversed(stored)] == [
            (memory.memory, str(memory.index), memory.task) for memory in acknowledged]
        for item in stored:
            assert item["processing_status"] == ("CANCELLED" if item["task_id"] in cancelled else "COMPLETED"), item
        for memory in acknowledged:
            task = api.get(f"/tasks/{memory.task}").json()
            assert task["status"] == ("Cancelled" if memory.task in cancelled else "Completed"), task
            assert 1 <= task["attempt"] <= mortal.lives, task
            stages = [(entry["attempt"], entry["stage"]) for entry in api.get(f"/tasks/{memory.task}/events").json()["events"]]
            assert attempts_are_begun_anew or len(set(stages)) == len(stages), f"a stage was entered twice in one attempt: {stages}"
    stats = api.get("/tasks/stats").json()
    expected = {
        "total": total, "completed": total - len(cancelled), "cancelled": len(cancelled), "pending": 0, "processing": 0, "failed": 0,
        "oldest_pending_seconds": None}
    assert {name: stats[name] for name in expected} == expected


def check_graph(mortal: MortalServer, writers: list[Writer], wanted: tuple[dict[str, Graph], dict[tuple[str, int], Any]]) -> None:
    graphs, receipts = ingested(mortal, writers)
    for writer in writers:
        assert not (lines := difference(graphs[writer.sequence], wanted[0][writer.sequence])), f"the graph of {writer.sequence} differs:\n{lines}"
    different = {key: (receipts[key], receipt) for key, receipt in wanted[1].items() if receipts[key] != receipt}
    assert not different, f"receipts differ (got, wanted): {different}"


# -- Random moments


@pytest.mark.timeout(120 + 6 * ROUNDS)
@pytest.mark.parametrize(("extractor", "end"), [((), "killed"), (PACED, "killed"), (PACED, "stopped")], ids=["built-in-killed", "paced-killed", "paced-stopped"])
def test_ended_at_random_moments_under_load(
    mortal: Callable[[], MortalServer], chance: random.Random, extractor: tuple[str, ...], end: str
) -> None:
    rounds = ROUNDS if end == "killed" else max(4, ROUNDS // 3)
    under_test = mortal().begin(*FLAGS, *extractor)
    followers = [Follower(under_test) for _ in range(4)]
    writers = []
    for follower, sequence in zip(followers, ["Amber", "Birch", "Cedar", "Dogwood"]):
        def acknowledged(memory: Acknowledged, follower: Follower = follower) -> None:
            if memory.index % 2 == 0:
                follower.add(memory.task)

        writers.append(Writer(
            under_test, new_project(under_test, sequence), sequence, range(100_000), per_life=pace(sequence, 2, 6), on_acknowledged=acknowledged))
    for client in [*writers, *followers]:
        client.start()

    for number in range(rounds):
        if number % 8 == 7:
            # Now and then a life is long enough: a task that is begun twenty times and never ends is given up.
            for writer in writers:
                if writer.acknowledged:
                    end_of(under_test, writer.acknowledged[-1].task)
        time.sleep(chance.uniform(0, 0.3))  # The random moment.
        if end == "killed":
            under_test.kill()
        else:
            under_test.stop()  # Fails unless the exit code is 0.
        under_test.begin(final=number == rounds - 1)
    for writer in writers:
        writer.finish()
    for follower in followers:
        follower.no_more()
        follower.finish()

    check_exactly_once(under_test, writers, attempts_are_begun_anew=end == "stopped")
    shown = [transcript for follower in followers for transcript in follower.transcripts]
    for transcript in shown:
        transcript.check()
    repeated = [event.json["attempt"] > 1 for event in follow_all(under_test, writers).values()]
    assert end == "killed" or not any(repeated), "a shutdown has cost an attempt"
    wanted = undisturbed(mortal, {writer.sequence: [memory.index for memory in writer.acknowledged] for writer in writers})
    check_graph(under_test, writers, wanted)
    written = sum(len(writer.acknowledged) for writer in writers)
    print(
        f"{rounds} times {end}, {written} memories, {sum(writer.session.repeated for writer in writers)} requests repeated, "
        f"{sum(memory.was_replayed for writer in writers for memory in writer.acknowledged)} answers replayed; {len(shown)} tasks followed over "
        f"{sum(transcript.connections for transcript in shown)} connections, {sum(len(transcript.epochs) > 1 for transcript in shown)} "
        f"of them through an end; {sum(repeated)} tasks were begun again")


# -- Commit boundaries

FAILPOINTS = [f"{operation}:{position}:{count}" for operation in ("accept", "claim", "commit") for position in ("before", "after") for count in (1, 3)]
SEQUENCES = {"Elm": list(range(8)), "Fir": list(range(8))}


@pytest.fixture(scope="module")
def calm_result(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Graph], dict[tuple[str, int], Any]]]:
    started = Started(tmp_path_factory.mktemp("calm"))
    yield undisturbed(lambda: MortalServer(started(*FLAGS, start=False)), SEQUENCES)
    started.end()


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_killed_at_a_commit_boundary(mortal: Callable[[], MortalServer], calm_result: tuple[dict[str, Graph], Any], failpoint: str) -> None:
    under_test = mortal().begin(*FLAGS, failpoint=failpoint)
    followers: list[Follower] = []
    # The projects first: making them is none of the counted operations.
    writers = [Writer(under_test, new_project(under_test, sequence), sequence, indices) for sequence, indices in SEQUENCES.items()]
    for writer in writers:
        follower = Follower(under_test)
        writer.on_acknowledged = lambda memory, follower=follower: follower.add(memory.task)
        followers.append(follower)
    for client in [*writers, *followers]:
        client.start()
    under_test.wait_for_suicide()
    under_test.begin(final=True)
    for writer in writers:
        writer.finish()
    for follower in followers:
        follower.no_more()
        follower.finish()
        for transcript in follower.transcripts:
            transcript.check()
    check_exactly_once(under_test, writers)
    check_graph(under_test, writers, calm_result)


# -- Lost answers


@pytest.mark.parametrize("count", [1, 3])
def test_an_answer_lost_to_a_kill_is_given_again(mortal: Callable[[], MortalServer], count: int) -> None:
    under_test = mortal().begin(*FLAGS, failpoint=f"accept:after:{count}")
    body = {"content": "Ada met Charles in London."}
    for number in range(1, count):
        assert under_test.server.api.post("/memories/", json={"content": f"Memory {number}.", "project_id": "default"}).status_code == 201
    with pytest.raises(httpx.TransportError):
        under_test.server.api.post("/memories/", json={**body, "project_id": "default"}, headers={"Idempotency-Key": "once"})
    under_test.wait_for_suicide()
    under_test.begin()

    def post(**more: Any) -> httpx.Response:
        return under_test.server.api.post("/memories/", json={**body, "project_id": "default", **more}, headers={"Idempotency-Key": "once"})

    first = post()
    assert first.status_code == 201, first.text
    assert first.headers["Idempotency-Replayed"] == "true"
    second = post()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert {**second.json(), "stream_url": ""} == {**first.json(), "stream_url": ""}
    assert post(content="Something else.").status_code == 409
    memories = under_test.server.api.get("/memories/", params={"project_id": "default"}).json()
    assert memories["total"] == count
    assert memories["memories"][0]["id"] == first.json()["id"]
    assert end_of(under_test, first.json()["task_id"]).type == "completed"


def test_a_request_killed_before_its_commit_left_nothing(mortal: Callable[[], MortalServer]) -> None:
    under_test = mortal().begin(*FLAGS, failpoint="accept:before:1")
    request = {"json": {"content": "Ada met Charles.", "project_id": "default"}, "headers": {"Idempotency-Key": "once"}}
    with pytest.raises(httpx.TransportError):
        under_test.server.api.post("/memories/", **request)
    under_test.wait_for_suicide()
    under_test.begin()
    assert under_test.server.api.get("/memories/", params={"project_id": "default"}).json()["total"] == 0
    answer = under_test.server.api.post("/memories/", **request)
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


# -- An orderly end

SLOW = ("--workers", "4", "--grace", "400ms", "--extractor", "paced", "--paced-delay", "300ms", "--paced-parts", "30")


def begun(mortal: MortalServer, writers: list[Writer], followers: list[Follower], tasks: int) -> None:
    """Lets writers write and followers follow, until this many tasks extract."""
    extracting: set[str] = set()
    reached = threading.Event()

    def see(event: Event) -> None:
        if event.json.get("stage") == "extract" and event.json["progress"] > 30:
            extracting.add(event.json["id"])
            if len(extracting) >= tasks:
                reached.set()

    def follow(memory: Acknowledged) -> None:
        follower = Follower(mortal, memory.task, on_event=see)
        follower.no_more()
        followers.append(follower)
        follower.start()

    for writer in writers:
        writer.on_acknowledged = follow
        writer.start()
    assert reached.wait(60), f"no {tasks} tasks run at once"


@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_interrupted_tasks_resume(mortal: Callable[[], MortalServer], calm_result: tuple[dict[str, Graph], Any], end: str) -> None:
    under_test = mortal().begin(*FLAGS, *SLOW)
    leave = under_test.stop if end == "stopped" else under_test.kill  # stop() fails unless the exit code is 0.
    writers = [
        Writer(under_test, new_project(under_test, sequence), sequence, indices, per_life=pace(sequence, 6, 6))
        for sequence, indices in SEQUENCES.items()]
    followers: list[Follower] = []
    begun(under_test, writers, followers, tasks=4)
    leave()
    assert not any(event.type != "progress" for follower in followers for event in follower.transcripts[0].events)

    # Nothing runs in this life, so that one can look.
    under_test.begin(*FLAGS, "--workers", "0")
    for writer in writers:
        for memory in list(writer.acknowledged):
            task = under_test.server.api.get(f"/tasks/{memory.task}").json()
            assert (task["status"], task["attempt"], task["retries"]) == ("Pending", 1, 0), task
    leave()

    # One at a time, so that those that wait can be seen to.
    under_test.begin(*FLAGS, "--workers", "1", "--extractor", "paced", "--paced-delay", "60ms", "--paced-parts", "3", final=True)
    for writer in writers:
        writer.finish()
    for follower in followers:
        follower.finish()
        follower.transcripts[0].check()
    check_resumed(followers)
    check_exactly_once(under_test, writers, attempts_are_begun_anew=end == "stopped")
    for task in follow_all(under_test, writers).values():
        # A shutdown gives attempts back; a kill has cost one.
        assert task.json["attempt"] == 1 if end == "stopped" else task.json["attempt"] in (1, 2), task
    check_graph(under_test, writers, calm_result)


def check_resumed(followers: list[Follower]) -> None:
    """Who was interrupted says that it resumes before it says that it starts."""
    resumed = 0
    for follower in followers:
        events = follower.transcripts[0].events
        last = max(follower.transcripts[0].epochs)
        ran = any(event.json["status"] == "processing" for event in events if event.epoch_version[0] < last)
        now = [event.json for event in events if event.epoch_version[0] == last]
        starts = [number for number, data in enumerate(now) if data["stage"] == "start"]
        if ran and starts and starts[0] > 0:
            assert now[starts[0] - 1]["message"] == "Resumed after restart", now
            resumed += 1
    assert resumed > 0, "no task was seen to resume"


# -- Cancelling


@pytest.mark.timeout(150)
def test_an_acknowledged_cancel_survives_a_kill(mortal: Callable[[], MortalServer], chance: random.Random) -> None:
    flags = (*FLAGS, "--extractor", "paced", "--paced-delay", "150ms", "--paced-parts", "5")
    under_test = mortal().begin(*flags)
    rounds, each = 8, 6
    projects = {sequence: new_project(under_test, sequence) for sequence in ("Gorse", "Hazel")}
    written: dict[str, list[Acknowledged]] = {sequence: [] for sequence in projects}
    answered: set[str] = set()
    unknown: set[str] = set()
    for number in range(rounds):
        writers = [
            Writer(under_test, project, sequence, range(number * each, (number + 1) * each)) for sequence, project in projects.items()]
        run(writers)
        for writer in writers:
            written[writer.sequence] += writer.acknowledged
        victims = chance.sample([memory.task for writer in writers for memory in writer.acknowledged], each)
        ready = threading.Barrier(len(victims) + 1)
        statuses: dict[str, int] = {}

        def cancel(task: str) -> None:
            with httpx.Client(base_url=under_test.origin + BASE, timeout=40) as client:
                ready.wait(30)
                try:
                    statuses[task] = client.post(f"/tasks/{task}/cancel").status_code
                except httpx.TransportError:
                    statuses[task] = 0

        threads = [threading.Thread(target=cancel, args=(task,), daemon=True) for task in victims]
        for thread in threads:
            thread.start()
        ready.wait(30)
        time.sleep(chance.uniform(0, 0.06))  # The random moment.
        under_test.kill()
        for thread in threads:
            thread.join(60)
        assert set(statuses.values()) <= {0, 200, 409}, statuses
        answered |= {task for task, status in statuses.items() if status == 200}
        unknown |= {task for task, status in statuses.items() if status == 0}
        under_test.begin(final=number == rounds - 1)

    writers = []
    for sequence, project in projects.items():
        writer = Writer(under_test, project, sequence, [])
        writer.acknowledged = written[sequence]
        writers.append(writer)
    endings = follow_all(under_test, writers)
    # Who was not answered may have been heard.
    cancelled = {task for task, event in endings.items() if event.type == "cancelled"}
    print(f"{under_test.kills} kills; cancels: {len(answered)} answered, {len(unknown)} not, of which {len(cancelled - answered)} took effect")
    assert answered <= cancelled, f"cancels taken back: {answered - cancelled}"
    assert cancelled <= answered | unknown
    check_exactly_once(under_test, writers, cancelled)
    for writer in writers:
        for memory in writer.acknowledged:
            if memory.task in cancelled:
                assert under_test.server.api.get(f"/memories/{memory.memory}").json()["mentions"] == []
    wanted = undisturbed(
        mortal, {writer.sequence: [memory.index for memory in writer.acknowledged if memory.task not in cancelled] for writer in writers})
    check_graph(under_test, writers, wanted)


# -- Epochs


def test_ids_grow_over_restarts(mortal: Callable[[], MortalServer]) -> None:
    under_test = mortal().begin(*FLAGS)
    server = under_test.server
    ended = server.learn("Ada met Charles in London.")["task_id"]
    with server.stream(ended) as stream:
        terminal = stream.next()
    under_test.stop()
    under_test.begin(*FLAGS, "--workers", "0")
    waiting = server.remember("Boris met Clara in Paris.")["task_id"]
    seen = [epoch_version(terminal.id)]
    for leave in (under_test.kill, under_test.stop, under_test.kill):
        with server.stream(waiting) as stream:
            shown = stream.next()
            assert shown.type == "progress"
            assert shown.epoch_version > max(seen), f"{shown.id} after {seen}"
            seen.append(shown.epoch_version)
        # What has ended keeps its id, and who has seen the end is not shown it again.
        with server.stream(ended) as stream:
            assert stream.next() == terminal
        with server.stream(ended, headers={"Last-Event-ID": terminal.id}) as stream:
            assert stream.status == 204
        leave()
        under_test.begin(*FLAGS, "--workers", "0")
    under_test.kill()
    under_test.begin(*FLAGS)
    events = events_of(under_test, waiting, headers={"Last-Event-ID": shown.id})
    ids = [*seen, *(event.epoch_version for event in events)]
    assert all(left < right for left, right in zip(ids, ids[1:])), ids
    assert events[-1].type == "completed"
    assert len({epoch for epoch, _ in ids}) == len(seen) + 1, f"a life has used another's epoch: {ids}"
