"""A server that can't start says why in one sentence and exits with 1; a full disk loses nothing."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest

from server import BINARY, Server


def refused(*flags: object, **options) -> str:
    """Starts a server that must not start; what it says."""
    ended = subprocess.run([BINARY, "serve", "--port", "0", *map(str, flags)], capture_output=True, text=True, timeout=30, **options)
    assert ended.returncode == 1, f"{ended.returncode}: {ended.stderr}"
    lines = [line for line in ended.stderr.splitlines() if not re.match(r"\d{4}-\d\d-\d\dT\S+ (info|notice)", line)]
    assert len(lines) == 1, ended.stderr
    assert re.fullmatch(r"engram: .+\.", lines[0]), lines[0]
    assert "Fatal error" not in ended.stderr and "Swift." not in ended.stderr and "Optional(" not in ended.stderr
    return lines[0]


@pytest.fixture
def used(serve, tmp_path) -> Path:
    """A data directory with a little in it, and no server."""
    server = serve()
    server.learn("Ada met Charles.")
    server.stop()
    return server.data


def test_a_data_directory_in_use_is_refused_and_its_server_undisturbed(serve):
    server = serve()
    memory = server.learn("Ada met Charles.")
    assert str(server.data) in refused("--data", server.data)
    assert server.api.get(f"/memories/{memory['id']}").status_code == 200
    server.kill_and_restart()


def test_a_port_in_use_is_refused_and_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in refused("--data", tmp_path / "data", "--port", port)


def test_an_address_that_is_not_ours_is_refused(tmp_path):
    refused("--data", tmp_path / "data", "--host", "192.0.2.1", "--insecure-plaintext")
    refused("--data", tmp_path / "data", "--host", "no.such.host.invalid", "--insecure-plaintext")


def test_a_file_in_the_place_of_the_data_directory_is_refused(tmp_path):
    file = tmp_path / "data"
    file.write_text("mine")
    assert str(file) in refused("--data", file)
    assert file.read_text() == "mine"


@pytest.mark.parametrize("damage", ["noise", "short", "middle", "text"])
def test_a_corrupt_database_is_refused_and_not_touched(used, damage):
    [file] = used.glob("*.sqlite")
    for leftover in used.glob("*.sqlite-*"):
        leftover.unlink()
    whole = bytearray(file.read_bytes())
    if damage == "noise":
        whole[:4096] = os.urandom(4096)
    elif damage == "short":
        whole = whole[: len(whole) // 3]
    elif damage == "middle":
        # The pages behind the first: the file's header is in order, the tables are not.
        whole[4096:-4096] = b"\xa5" * (len(whole) - 8192)
    else:
        whole = bytearray(b"this is no database. " * 1000)
    file.write_bytes(whole)
    assert str(file) in refused("--data", used) or str(used) in refused("--data", used)
    assert file.read_bytes() == whole, "whoever repairs it needs it as it was"


def test_a_database_of_a_newer_version_is_refused(used):
    [file] = used.glob("*.sqlite")
    with sqlite3.connect(file) as database:
        if database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'grdb_migrations'").fetchone()[0]:
            database.execute("INSERT INTO grdb_migrations VALUES ('v9999')")
        database.execute("PRAGMA user_version = 9999")
    database.close()
    assert "newer" in refused("--data", used)


def test_a_database_of_another_program_is_refused(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    with sqlite3.connect(data / "engram.sqlite") as database:
        database.execute("CREATE TABLE tasks (a)")
        database.execute("INSERT INTO tasks VALUES (1)")
    database.close()
    refused("--data", data)
    assert sqlite3.connect(data / "engram.sqlite").execute("SELECT * FROM tasks").fetchall() == [(1,)]


def test_a_damaged_ticket_secret_is_refused(used):
    (used / "ticket.secret").write_bytes(b"short")
    assert "ticket.secret" in refused("--data", used)


def test_certificates_that_are_none_are_refused(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        subprocess.run([BINARY, "certificate", "--out", folder], check=True, capture_output=True)
    junk = tmp_path / "junk.pem"
    junk.write_text("no certificate")
    for certificate, key in [
        (tmp_path / "nowhere.pem", first / "key.pem"), (first / "certificate.pem", tmp_path / "nowhere.pem"), (junk, first / "key.pem"),
        (first / "certificate.pem", junk), (first / "certificate.pem", second / "key.pem"), (first / "key.pem", first / "certificate.pem"), (tmp_path, first / "key.pem")]:
        sentence = refused("--data", tmp_path / "data", "--tls-certificate", certificate, "--tls-key", key)
        assert str(certificate) in sentence or str(key) in sentence, sentence
    assert not (tmp_path / "data").exists()


@pytest.fixture
def mounted(tmp_path):
    """Mounts a small file system of its own; `mounted(megabytes)`."""
    places = []

    def mount(options: str) -> Path:
        place = tmp_path / f"disk-{len(places)}"
        place.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place], capture_output=True, text=True)
        if done.returncode != 0:
            pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", "-l", place], check=False)


def test_a_data_directory_that_cannot_be_written_is_refused(serve, mounted):
    """A read-only file system, since root may write anything else."""
    disk = mounted("size=32m")
    server = serve(data=disk / "data")
    server.learn("Ada met Charles.")
    server.stop()
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert str(disk) in refused("--data", disk / "data")
    assert str(disk) in refused("--data", disk / "new")
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    server.start()
    assert server.api.get("/memories/").json()["total"] == 1


def fill(disk: Path) -> Path:
    """Leaves no room on the disk."""
    file = disk / "fill"
    with file.open("wb", buffering=0) as fill:
        for size in (1 << 16, 4096, 1):
            try:
                while True:
                    fill.write(b"\0" * size)
            except OSError:
                pass
    return file


def test_a_full_disk_is_507_loses_nothing_and_heals_when_there_is_room(serve, mounted):
    disk = mounted("size=24m")
    server: Server = serve(data=disk / "data", scheme="http")
    kept = [server.learn("Ada met Charles.")["id"]]
    filler = fill(disk)

    full = False
    for _ in range(200):
        answer = server.api.post("/memories/", json={"project_id": "default", "content": "Charles lived in London. " * 200})
        if answer.status_code == 201:
            kept.append(answer.json()["id"])
            continue
        assert answer.status_code == 507, answer.text
        assert answer.headers["content-type"].startswith("application/problem+json")
        full = True
        break
    assert full, "the disk never was full"
    assert server.is_up()
    assert server.api.get(f"/memories/{kept[0]}").status_code == 200, "reading goes on"

    filler.unlink()
    kept.append(server.remember("Ada met Babbage.")["id"])
    for id in kept:
        task = server.api.get(f"/memories/{id}").json()["task_id"]
        assert server.ending(task)["event"] == "completed"
    server.kill_and_restart()
    assert server.api.get("/memories/").json()["total"] == len(kept)
    for id in kept:
        assert server.api.get(f"/memories/{id}").json()["processing_status"] == "COMPLETED"


def test_a_first_start_on_a_full_disk_is_refused(mounted):
    disk = mounted("size=1m")
    fill(disk)
    refused("--data", disk / "data")


def test_the_memory_store_keeps_nothing(serve):
    server = serve("--store", "memory")
    server.learn("Ada met Charles.")
    server.kill_and_restart()
    assert server.api.get("/memories/").json()["total"] == 0


def test_both_signals_end_it_in_good_order(serve):
    server = serve()
    server.process.send_signal(2)
    assert server.process.wait(20) == 0
    server.process = None
    server.start()


def test_a_data_directory_can_be_moved(serve, tmp_path):
    server = serve()
    memory = server.learn("Ada met Charles.")
    server.stop()
    shutil.move(server.data, tmp_path / "moved")
    server.data = tmp_path / "moved"
    server.start()
    assert server.api.get(f"/memories/{memory['id']}").status_code == 200
    with server.stream(memory["task_id"], key=None, query="?" + memory["stream_url"].partition("?")[2]) as stream:
        assert stream.until("completed")
