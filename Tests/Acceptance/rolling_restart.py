"""A server with thousands of subscribers is replaced by another: all come back when they were told to, and hear how their task ended.

As a program, with figures: `Tests/Acceptance/run program rolling_restart.py --subscribers 10000`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import tempfile
import time
from pathlib import Path

import transcripts
from crowd import Crowd
from server import Server


def flags(file: Path) -> tuple[str, ...]:
    """Of a server that ingests nothing until `release`."""
    file.write_text('{"workers": 0}')
    return "--config", str(file), "--grace", "1s"


def release(server: Server, file: Path) -> None:
    file.write_text('{"workers": 8}')
    server.process.send_signal(signal.SIGHUP)


async def restart(server: Server, file: Path, subscribers: int, tasks: int) -> dict[str, object]:
    """Checks what every subscriber saw; what was measured, in seconds from SIGTERM on."""
    names = [server.remember(f"Note {n}: Ada met Charles.")["task_id"] for n in range(tasks)]
    crowd = Crowd(server, names, subscribers)
    try:
        arrival = time.monotonic()
        await crowd.arrive()
        begin = time.monotonic()
        await asyncio.to_thread(server.stop)
        exited = time.monotonic()
        await crowd.until(lambda: all(member.ended for member in crowd.members), within=30, what="the end of all streams")
        # Each was told a time of its own: in milliseconds, between 2 and 6 s, so that all sixteen quarters of a second have some.
        told = [member.retry for member in crowd.members]
        assert 2000 <= min(told) and max(told) <= 6000
        assert len({retry // 250 for retry in told} - {24}) == 16
        await asyncio.to_thread(server.start)
        ready = time.monotonic()
        await crowd.until(lambda: all(len(member.answered) >= 2 for member in crowd.members), within=60, what="everybody's return")
        vain = sum(member.vain for member in crowd.members)
        back = sorted(member.answered[1] - begin for member in crowd.members)
        for member in crowd.members:
            assert member.faults == [], member.faults
            assert len(member.ended) == 1, f"{member.task} was cut off again"
        assert not any(member.is_done for member in crowd.members)
        release(server, file)
        await crowd.until(lambda: all(member.is_done for member in crowd.members), within=120, what="everybody's ending")
        over = time.monotonic()
        for member in crowd.members:
            transcripts.check(member.events)
            assert member.events[-1].type == "completed"
        return {
            "subscribers": subscribers, "tasks": tasks, "with_ending": sum(member.is_done for member in crowd.members), "arrival_s": round(begin - arrival, 2), "exit_s": round(exited - begin, 2),
            "ready_s": round(ready - begin, 2), "first_back_s": round(back[0], 2), "median_back_s": round(back[len(back) // 2], 2), "last_back_s": round(back[-1], 2), "vain_attempts": vain,
            "all_endings_after_release_s": round(over - begin - back[-1], 2)}
    finally:
        crowd.leave()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscribers", type=int, default=10_000)
    parser.add_argument("--tasks", type=int, default=100)
    parser.add_argument("--within", type=float, default=10, help="seconds from SIGTERM to the return of the last; more is exit code 1 (default: 10)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "engram.json"
        server = Server(Path(folder) / "server", *flags(file)).start()
        try:
            figures = asyncio.run(restart(server, file, options.subscribers, options.tasks))
        finally:
            if server.process is not None:
                server.stop()
    print(json.dumps(figures, indent=2))
    return 0 if figures["last_back_s"] <= options.within else 1


if __name__ == "__main__":
    sys.exit(main())
