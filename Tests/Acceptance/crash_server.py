"""A server that dies and comes back while clients use it: which of its lives is on, and how clients wait for the next."""

from __future__ import annotations

import random
import signal
import socket
import threading

from server import Server

PATIENCE = 60


def quiet_port(randomness: random.Random) -> int:
    """A free port below those that the kernel gives to clients: one of them must not take it while the server is down."""
    while True:
        port = randomness.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class MortalServer:
    """One life after the other, numbered from 1, on the same port and data. Clients run in threads of their own."""

    def __init__(self, server: Server):
        assert server.process is None
        self.server = server
        server.port = quiet_port(random.Random())
        self.lives = 0
        self.kills = 0
        self._is_up = False
        self._is_final = False
        self._changed = threading.Condition()

    @property
    def origin(self) -> str:
        return self.server.origin

    def begin(self, *flags: str, failpoint: str | None = None, final: bool = False) -> "MortalServer":
        """Starts the next life. `final` says that no other follows: clients need not wait for one."""
        self.server.environment = {"ENGRAM_FAILPOINT": failpoint} if failpoint else {}
        self.server.start(*flags)
        with self._changed:
            self.lives += 1
            self._is_up = True
            self._is_final = final
            self._changed.notify_all()
        return self

    def kill(self) -> None:
        self._is_up = False
        self.kills += 1
        self.server.kill()

    def stop(self) -> None:
        self._is_up = False
        self.server.stop()

    def wait_for_suicide(self) -> None:
        """Waits until the failpoint has done its work."""
        process, self.server.process = self.server.process, None
        try:
            code = process.wait(PATIENCE)
        except BaseException:
            self.server.process = process  # Still there: the fixture ends it.
            raise
        finally:
            self._is_up = False
        process.stdout.close()
        assert code == -signal.SIGKILL, f"it ended with {code}\n{self.server.log()}"
        self.kills += 1

    def life(self, after: int = 0) -> int:
        """Waits for a life beyond number `after`; its number."""
        with self._changed:
            arrived = self._changed.wait_for(lambda: self.lives > after and self._is_up or self._is_final and self.lives <= after, PATIENCE)
            assert arrived, f"no life began after number {after} within {PATIENCE} s, although the server was gone"
            assert self.lives > after, f"a connection broke in the last life ({after}), in which nobody ended the server\n{self.server.log()}"
            return self.lives

    def has_next_life(self, after: int) -> bool:
        """Waits until a life beyond number `after` has begun (true), or it is known that none will (false)."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.lives > after and self._is_up or self._is_final, PATIENCE), f"life {after} goes on and on"
            return self.lives > after
