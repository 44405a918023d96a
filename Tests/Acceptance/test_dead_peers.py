"""Clients that vanish without a word: a machine that lost its power, a cable that was pulled."""

import json
from pathlib import Path

import pytest

from cable import Cable
from server import BASE, eventually


def order(server, **fields) -> str:
    certificate = server.tls_flags[1] if server.tls_flags else None
    return json.dumps({
        "origin": f"{server.scheme}://{Cable.here}:{server.port}", "host": Cable.here, "port": server.port, "certificate": certificate, **fields})


def connections(cable: Cable) -> int:
    """Those that the server has open to the other machine, as the kernel lists them."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(remote.startswith(cable.there_in_hex) and state == "01" for _, _, remote, state, *_ in lines)


@pytest.mark.timeout(150)
def test_clients_that_vanish_without_a_word_are_gone_within_a_minute_and_the_others_stay(serve_either):
    """Streams, and a connection between two requests, which is not ended for being idle before 75 s."""
    with Cable() as cable:
        server = serve_either("--workers", "0", "--host", "0.0.0.0", "--insecure-plaintext")
        task = server.remember()["task_id"]
        authorization = {"Authorization": f"Bearer {server.owner_key}"}
        with server.stream(task) as present:
            assert present.next().type == "progress"
            for _ in range(3):
                assert cable.client(order(server, stream=f"{BASE}/tasks/{task}/stream", headers=authorization)) == "progress"
            health = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
            assert cable.client(order(server, bytes=health)).startswith("HTTP/1.1 200")
            assert connections(cable) == 4
            cable.pull()
            eventually(lambda: connections(cable) == 0, within=60, every=0.5, what="the end of the vanished clients")
            assert present.comment() == "", "who is there and says nothing is not taken for gone"
            assert present.comment() == ""
            server.api.post(f"/tasks/{task}/cancel")
            assert present.until("cancelled")
