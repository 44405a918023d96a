"""The console in a real browser: what it shows of a task when its stream comes through, is held back, or is lost."""

import socket
from collections.abc import Iterator

import pytest

from browser import Browser
from proxies import Proxy, program
from server import Server

HELD = ("--extractor", "paced", "--paced-delay", "10m", "--grace", "100ms")
HELD_BACK = "a proxy between this page and the server seems to hold them back"

# Writes down whatever the card says, with the percentage that stands beside it.
RECORD = """
window.said = [];
const percent = () => parseFloat(document.getElementById("card-percent").textContent) || 0;
for (const id of ["card-note", "card-percent", "card-message"])
    new MutationObserver(() => window.said.push([id, document.getElementById(id).textContent, percent()]))
        .observe(document.getElementById(id), {childList: true, characterData: true, subtree: true});
"""


class Console:
    """The page of one server, perhaps seen through a proxy, with somebody signed in."""

    def __init__(self, browser: Browser, server: Server, origin: str | None = None):
        self.browser = browser
        code = server.greeting.split("#code=")[1].split()[0]
        browser.open(f"{origin or server.origin}/console#code={code}")
        browser.until("return !document.getElementById('desk').hidden")
        browser.run(RECORD)

    def save(self, content: str) -> None:
        self.browser.type("content", content)
        self.browser.press("save")

    def until_note(self, text: str) -> None:
        self.browser.until("return document.getElementById('card-note').textContent.includes(arguments[0])", text)

    def until_message(self, text: str) -> None:
        self.browser.until("return document.getElementById('card-message').textContent.includes(arguments[0])", text)

    def until_over(self) -> None:
        self.browser.until("return document.getElementById('card-cancel').hidden && !document.getElementById('save').disabled")

    def said(self, id: str) -> list[tuple[str, float]]:
        """What one part of the card has said, and at which percentage."""
        return [(text, percent) for part, text, percent in self.browser.run("return window.said") if part == id]

    def asked(self) -> list[str]:
        """The tasks that the page has asked for by `GET /tasks/{id}`."""
        return self.browser.run(
            "return performance.getEntriesByType('resource').map((entry) => entry.name).filter((name) => /\\/tasks\\/[0-9a-f-]{36}$/.test(name))")

    def check(self) -> None:
        """Progress never falls, and no script failed."""
        shown = [percent for _, percent in self.said("card-percent")]
        assert shown == sorted(shown), shown
        assert not (wrong := [line for line in self.browser.complaints() if ".js" in line and "Failed to load" not in line]), wrong


@pytest.fixture
def browser(tmp_path) -> Iterator[Browser]:
    browser = Browser(tmp_path)
    yield browser
    browser.close()


class Holding(Proxy):
    """nginx that collects answers although a stream asks it not to; released in pieces of some size."""

    def __init__(self, server: Server, home, piece: str):
        super().__init__("nginx", server, home)
        self._piece = piece

    def _configuration(self) -> str:
        text = super()._configuration()
        # Of a chunked answer nginx passes on what it has; HTTP/1.0, its default, has no chunks.
        assert "proxy_buffering off;" in text and "proxy_http_version 1.1;" in text
        return text.replace("proxy_http_version 1.1;", "").replace("proxy_buffering off;", f"""
            proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;
            proxy_buffer_size {self._piece}; proxy_buffers 8 {self._piece}; proxy_busy_buffers_size {self._piece};
            """)


class Swallowing(Proxy):
    """nginx that sends streams to somebody who never answers."""

    def __init__(self, server: Server, home, hole: int):
        super().__init__("nginx", server, home)
        self._hole = hole

    def _configuration(self) -> str:
        before, place, after = super()._configuration().partition("location ~ /stream/?$ {")
        assert place
        return before + place + after.replace("proxy_pass http://engram;", f"proxy_pass http://127.0.0.1:{self._hole};", 1)


@pytest.fixture
def through(request, browser):
    """`through(proxy)` starts it and opens the console behind it."""
    if program("nginx") is None:
        pytest.skip("nginx is not installed: 'make acceptance' as root installs it, or apt-get install nginx")

    def start(proxy: Proxy) -> Console:
        request.addfinalizer(proxy.stop)
        return Console(browser, proxy.server, proxy.start().origin)

    return start


def test_a_stream_that_comes_through_is_all_that_the_card_needs(serve, tmp_path, through):
    server = serve("--extractor", "paced", "--paced-delay", "600ms", "--paced-parts", "10")
    console = through(Proxy("nginx", server, tmp_path / "proxy"))
    console.save("Ada met Charles in London.")
    console.until_over()
    assert console.browser.text("card-percent") == "100 %"
    # It took longer than the page waits for a first event, and every part was shown.
    assert {percent for _, percent in console.said("card-percent")} >= {30, 40, 50, 75, 100}
    assert [text for text, _ in console.said("card-note") if text] == []
    assert console.asked() == []
    console.check()


def test_a_stream_that_is_held_back_is_told_and_the_server_asked_instead(serve, tmp_path, through):
    server = serve(*HELD)
    console = through(Holding(server, tmp_path / "proxy", "256k"))
    console.save("Ada met Charles in London.")
    console.until_note(HELD_BACK)
    console.until_message("Extracting entities and relationships")
    assert console.browser.text("card-percent") == "30 %"
    assert console.asked()
    assert server.api.post(f"/tasks/{console.asked()[0].rpartition('/')[2]}/cancel").status_code == 200
    console.until_over()
    assert console.browser.text("card-note") == ""
    console.check()


def test_a_stream_that_never_comes_is_replaced_to_the_end(serve, tmp_path, through):
    server = serve("--extractor", "paced", "--paced-delay", "800ms", "--paced-parts", "10")
    with socket.create_server(("127.0.0.1", 0)) as hole:
        console = through(Swallowing(server, tmp_path / "proxy", hole.getsockname()[1]))
        console.save("Ada met Charles in London.")
        console.until_note(HELD_BACK)
        console.until_over()
    assert console.browser.text("card-percent") == "100 %"
    assert "entities" in console.browser.text("card-message"), "its receipt is shown as after a stream"
    assert len(console.asked()) >= 3
    assert console.browser.text("card-note") == ""
    console.check()


def test_when_a_stream_comes_through_after_all_the_card_follows_it_again(serve, tmp_path, through):
    """nginx passes on what it has collected once that fills a buffer: some ten events late, and older than what was shown meanwhile."""
    server = serve("--extractor", "paced", "--paced-delay", "300ms", "--paced-parts", "60")
    console = through(Holding(server, tmp_path / "proxy", "8k"))
    console.save("Ada met Charles in London.")
    console.until_note(HELD_BACK)
    console.until_over()
    notes = console.said("card-note")
    first = next(place for place, (text, _) in enumerate(notes) if HELD_BACK in text)
    assert any(text == "" and percent < 75 for text, percent in notes[first:]), notes
    assert console.browser.text("card-percent") == "100 %"
    console.check()


def test_a_server_that_is_killed_and_comes_back_is_waited_for(serve, browser):
    server = serve("--extractor", "paced", "--paced-delay", "300ms", "--paced-parts", "10")
    console = Console(browser, server)
    console.save("Ada met Charles in London.")
    console.until_message("Extracting entities and relationships")
    server.kill()
    console.until_note("Reconnecting")
    server.start()
    console.until_over()
    assert browser.text("card-percent") == "100 %" and browser.text("card-note") == ""


def test_who_has_lost_the_key_meanwhile_is_asked_to_sign_in(serve, browser):
    server = serve(*HELD)
    made = server.api.post("/auth/keys", json={"name": "page", "role": "editor"}).json()
    console = Console(browser, server)
    browser.press("sign-out")
    browser.until("return !document.getElementById('sign-in').hidden")
    browser.type("key", made["key"])
    browser.run("document.querySelector('#sign-in button').click()")
    browser.until("return !document.getElementById('desk').hidden")
    console.save("Ada met Charles in London.")
    console.until_message("Extracting entities and relationships")
    assert server.api.delete(f"/auth/keys/{made['key_id']}").status_code == 204
    browser.until("return !document.getElementById('sign-in').hidden")
    console.until_message("its progress can't be shown")
