"""nginx, HAProxy and Caddy in front of a server, with the configurations that docs/proxies.md shows."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import httpx

from server import BASE, BINARY, Server, eventually
from streams import RawStream

PAGE = Path(__file__).parent / "../../docs/proxies.md"
NAMES = ("nginx", "haproxy", "caddy")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def program(name: str) -> str | None:
    """Where Debian puts it, which is not on everybody's PATH."""
    return shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")


class Proxy:
    """One of them, serving TLS with a certificate for localhost on a port of its own."""

    def __init__(self, name: str, server: Server, home: Path):
        self.name = name
        self.server = server
        self.home = home
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        home.mkdir(parents=True, exist_ok=True)
        subprocess.run([BINARY, "certificate", "--out", home], check=True, capture_output=True)
        pair = [(home / file).read_text() for file in ("certificate.pem", "key.pem")]
        (home / "engram.pem").write_text("".join(pair))
        self.trust = ssl.create_default_context(cafile=home / "certificate.pem")

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    def start(self, patience: str = "60s") -> "Proxy":
        """
        - patience: instead of what the page says.
        """
        command = getattr(self, f"_{self.name}")(self._configuration().replace("60s", patience))
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.home, env={"HOME": str(self.home)})
        eventually(self._is_up, within=20, what=f"{self.name}'s start")
        return self

    def _is_up(self) -> bool:
        assert self.process.poll() is None, (self.home / "log").read_text(errors="replace")
        try:
            return httpx.get(f"{self.origin}/health", verify=self.trust, timeout=10).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    # -- its clients

    def client(self, key: str | None = None) -> httpx.Client:
        key = key or self.server.owner_key
        return httpx.Client(base_url=self.origin + BASE, headers={"Authorization": f"Bearer {key}"}, verify=self.trust, timeout=30)

    def stream(self, task: str, last: str | None = None) -> RawStream:
        headers = {"Authorization": f"Bearer {self.server.owner_key}", **({"Last-Event-ID": last} if last else {})}
        return RawStream(self.origin, f"{BASE}/tasks/{task}/stream", headers=headers, trust=self.trust)

    # -- its configuration

    def _configuration(self) -> str:
        """The page's, with this test's addresses and files."""
        text = re.search(rf"^```{self.name}\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL).group(1)
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self.server.port}").replace("/etc/ssl/engram", str(self.home))

    def _written(self, file: str, text: str) -> Path:
        path = self.home / file
        path.write_text(text)
        return path

    def _nginx(self, text: str) -> list[str]:
        text = text.replace("listen 443", f"listen 127.0.0.1:{self.port}").replace("engram.example.com", "localhost")
        folders = "".join(f"{kind}_temp_path {self.home}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        file = self._written("nginx.conf", f"""
            daemon off; master_process off; pid {self.home}/nginx.pid; error_log stderr;
            events {{ worker_connections 1024; }}
            http {{ access_log off; {folders} {text} }}
            """)
        return [program("nginx"), "-p", str(self.home), "-c", str(file)]

    def _haproxy(self, text: str) -> list[str]:
        text = text.replace("bind :443", f"bind 127.0.0.1:{self.port}").replace("maxconn 20000", "maxconn 1000")
        return [program("haproxy"), "-db", "-f", str(self._written("haproxy.cfg", text))]

    def _caddy(self, text: str) -> list[str]:
        text = text.replace("engram.example.com", f"https://localhost:{self.port}")
        file = self._written("Caddyfile", "{\n    admin off\n    auto_https disable_redirects\n}\n" + text)
        return [program("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]
