"""Clients that nobody here wrote, each with its own habits, go through one script: each step with each client."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

import transcripts
from browser import Browser
from events import Event
from real_clients import AiohttpSSE, ChromiumEventSource, Client, Curl, HttpxSSE, NodeEventSource, SseclientPy
from server import BASE, Server, eventually

PACED = ("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "10")
HELD = ("--extractor", "paced", "--paced-delay", "10m", "--grace", "100ms")
UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Browser]]:
    """One for all steps, started by the first that wants it."""
    started: list[Browser] = []
    home: Path = tmp_path_factory.mktemp("browser")

    def start() -> Browser:
        if not started:
            started.append(Browser(home))
        return started[0]

    yield start
    for each in started:
        each.close()


@pytest.fixture(params=[Curl, HttpxSSE, SseclientPy, AiohttpSSE, NodeEventSource, ChromiumEventSource], ids=lambda kind: kind.name)
def client(request, browser) -> Client:
    return request.param(browser) if request.param is ChromiumEventSource else request.param()


class Followed:
    """A task, and what a client has seen of it."""

    def __init__(self, server: Server, client: Client, memory: dict[str, str]):
        self.server = server
        self.client = client
        self.task = memory["task_id"]
        self.url = memory["stream_url"]
        self.seen: list[Event] = []

    def follow(self, on_event: Callable[[Event], None] = lambda _: None, *, by_ticket: bool = False, **options: bool) -> str:
        """Lets the client follow the task, with a key if it can send one; how that ended."""

        def saw(event: Event) -> None:
            self.seen.append(event)
            on_event(event)

        by_ticket = by_ticket or not self.client.sends_headers
        headers = {} if by_ticket else {"Authorization": f"Bearer {self.server.owner_key}"}
        url = self.server.origin + (self.url if by_ticket else self.url.partition("?")[0])
        return self.client.follow(url, saw, headers=headers, **options)

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.seen]


def test_from_the_first_event_to_the_last(serve, client):
    server = serve("--extractor", "paced", "--paced-delay", "50ms", "--paced-parts", "3")
    followed = Followed(server, client, server.remember())
    assert followed.follow() == "ended"
    transcripts.check(followed.seen)
    assert followed.types[-1] == "completed"


def test_who_subscribes_late_is_shown_the_state_at_once_and_all_that_follows(serve, client):
    server = serve(*PACED)
    followed = Followed(server, client, server.remember())
    with server.stream(followed.task) as stream:
        before = next(event for event in stream.events() if event.json["stage"] == "extract")
    assert followed.follow() == "ended"
    transcripts.check(followed.seen)
    assert followed.seen[0].epoch_version >= before.epoch_version
    assert transcripts.stages(followed.seen)[-3:] == ["sync_schema", "update_communities", "completed"]


def test_through_kill_9_and_a_restart_with_the_last_id(serve, client):
    server = serve(*PACED)
    followed = Followed(server, client, server.remember())
    killed: list[Event] = []

    def kill(event: Event) -> None:
        if not killed and event.json["stage"] == "extract":
            killed.append(event)
            server.kill_and_restart()

    assert followed.follow(kill) == "ended"
    assert killed
    transcripts.check(followed.seen)
    assert followed.types[-1] == "completed"
    assert len({event.epoch_version[0] for event in followed.seen}) == 2


def test_a_finished_task_is_shown_once(server, client):
    followed = Followed(server, client, server.learn("Ada met Charles in London."))
    assert followed.follow() == "ended"
    assert followed.types == ["completed"]
    transcripts.check(followed.seen)


def test_204_ends_the_retries_of_who_does_not_close_after_the_end(server, client):
    followed = Followed(server, client, server.learn("Ada met Charles in London."))
    assert followed.follow(stays=True) == "no more"
    assert followed.types == ["completed"]


def test_a_cancelled_task_says_so_and_nothing_after_it(serve, client):
    server = serve(*HELD)
    followed = Followed(server, client, server.remember())

    def cancel(event: Event) -> None:
        if event.json["stage"] == "extract" and event.type == "progress":
            assert server.api.post(f"/tasks/{followed.task}/cancel").status_code == 200

    assert followed.follow(cancel) == "ended"
    transcripts.check(followed.seen)
    assert followed.types[-1] == "cancelled"


def test_an_unknown_task_is_404_after_which_nobody_comes_back(server, client):
    project = server.api.get("/projects/").json()["projects"][0]["id"]
    ticket = server.api.post("/auth/tickets", json={"project_id": project}).json()["ticket"]
    followed = Followed(server, client, {"task_id": UNKNOWN, "stream_url": f"{BASE}/tasks/{UNKNOWN}/stream?ticket={ticket}"})
    assert httpx.get(server.origin + followed.url).status_code == 404
    assert followed.follow() == "refused"
    assert followed.seen == []


def test_an_expired_ticket_is_401_after_which_nobody_comes_back(serve, client):
    server = serve("--ticket-lifetime", "1s", "--workers", "0")
    followed = Followed(server, client, server.remember())

    def status() -> int:
        with server.stream(followed.task, key=None, query="?" + followed.url.partition("?")[2]) as stream:
            return stream.status

    eventually(lambda: status() == 401, what="the end of the ticket")
    assert followed.follow(by_ticket=True) == "refused"
    assert followed.seen == []
