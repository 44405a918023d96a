"""--config: what it sets, what it refuses, and SIGHUP."""

import json
import signal

from server import eventually
from test_startup import refused


def test_a_bad_file_is_refused_with_everything_that_is_wrong(tmp_path):
    file = tmp_path / "engram.json"
    file.write_text('{"workers": -1, "speed": 3, "retry": {"timed_out": {"attempts": "x"}}}')
    said = refused("--data", tmp_path / "data", "--config", file)
    for part in [str(file), "'workers'", "'speed'", "'retry.timed_out.attempts'"]:
        assert part in said
    file.write_text("{")
    assert "not JSON" in refused("--data", tmp_path / "data", "--config", file)
    assert "can't be read" in refused("--data", tmp_path / "data", "--config", tmp_path / "none.json")
    assert not (tmp_path / "data").exists()


def test_sighup_takes_over_a_good_file_and_refuses_a_bad_one(serve, tmp_path):
    file = tmp_path / "engram.json"
    file.write_text('{"workers": 0}')
    server = serve("--config", str(file))
    memory = server.api.post("/memories/", json={"project_id": "default", "content": "Ada met Charles."}).json()

    def status() -> str:
        return server.api.get(f"/tasks/{memory['task_id']}").json()["status"]

    file.write_text('{"workers": "many"}')
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "the old settings stay" in server.log(), what="the refusal")
    assert "'workers' must be a whole number" in server.log()
    assert status() == "Pending"

    file.write_text(json.dumps({"workers": 2, "bulk_share": 4}))
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: status() == "Completed", what="the task's end")
    log = server.log()
    assert "setting=workers" in log and "before=0" in log and "after=2" in log and "setting=bulk_share" in log
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "nothing has changed" in server.log(), what="the note")


def test_sighup_ends_no_server_without_a_file_and_a_flag_wins(serve, tmp_path):
    server = serve()
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "SIGHUP changes nothing" in server.log(), what="the note")
    assert server.api.get("/projects/").status_code == 200
    server.stop()
    file = tmp_path / "engram.json"
    file.write_text('{"workers": 0}')
    server.start("--config", str(file), "--workers", "1")
    task = server.learn("Ada met Charles.")
    assert task

    # What changes in the file and has no effect is named.
    file.write_text('{"workers": 7, "task_limit": 9}')
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "setting=task_limit" in server.log(), what="the change")
    [said] = [line for line in server.log().splitlines() if "a flag wins" in line]
    assert "setting=workers" in said and str(file) in said


def test_a_file_with_a_byte_order_mark_is_read(serve, tmp_path):
    file = tmp_path / "engram.json"
    file.write_bytes(b'\xef\xbb\xbf{"workers": 2}')
    server = serve("--config", str(file))
    assert server.learn("Ada met Charles.")
