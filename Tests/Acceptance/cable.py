"""A second machine of a kind, at the other end of a cable that can be pulled: nothing then says that its connections have ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Run over there: opens what it is told to, says so, and does nothing more.
CLIENT = """
import json, signal, socket, ssl, sys
sys.path.insert(0, sys.argv[1])
from streams import RawStream
order = json.loads(sys.argv[2])
trust = None
if order["certificate"]:
    # The certificate is for this machine's own names.
    trust = ssl.create_default_context(cafile=order["certificate"])
    trust.check_hostname = False
if "stream" in order:
    stream = RawStream(order["origin"], order["stream"], headers=order["headers"], trust=trust)
    said = stream.next().type
else:
    connection = socket.create_connection((order["host"], order["port"]), timeout=20)
    if trust:
        connection = trust.wrap_socket(connection)
    connection.sendall(order["bytes"].encode())
    said = connection.recv(100).split(b"\\r\\n")[0].decode()
print(said, flush=True)
signal.pause()
"""


class Cable:
    """A network namespace and a pair of interfaces. Skips the test where they can't be made."""

    here, there = "198.18.47.1", "198.18.47.2"
    #: As /proc/net/tcp writes it.
    there_in_hex = "022F12C6:"

    def __init__(self) -> None:
        self.space = f"engram-test-{os.getpid()}"
        self.near, self.far = f"eg{os.getpid()}n", f"eg{os.getpid()}f"
        self.clients: list[subprocess.Popen[str]] = []

    def __enter__(self) -> "Cable":
        try:
            self._ip("netns", "add", self.space)
            self._ip("link", "add", self.near, "type", "veth", "peer", "name", self.far, "netns", self.space)
            self._ip("address", "add", f"{self.here}/30", "dev", self.near)
            self._ip("link", "set", self.near, "up")
            self._ip("-n", self.space, "address", "add", f"{self.there}/30", "dev", self.far)
            self._ip("-n", self.space, "link", "set", self.far, "up")
        except (OSError, subprocess.CalledProcessError) as error:
            self.__exit__()
            reason = error.stderr.strip() if isinstance(error, subprocess.CalledProcessError) else error
            pytest.skip(f"a vanished client needs a network namespace and a veth pair, and this machine allows none: {reason}")
        return self

    def __exit__(self, *_: object) -> None:
        for client in self.clients:
            client.kill()
            client.wait(10)
            client.stdout.close()
        for command in (["link", "delete", self.near], ["netns", "delete", self.space]):
            try:
                subprocess.run(["ip", *command], capture_output=True)
            except OSError:
                pass

    @staticmethod
    def _ip(*words: str) -> None:
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)

    def client(self, order: str) -> str:
        """Starts a client over there; what it says once it has got what it came for."""
        command = ["ip", "netns", "exec", self.space, sys.executable, "-c", CLIENT, str(Path(__file__).parent), order]
        self.clients.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        return self.clients[-1].stdout.readline().strip()

    def pull(self) -> None:
        """From here on nothing gets through in either direction, and neither side is told."""
        self._ip("-n", self.space, "link", "set", self.far, "down")
