"""Registries of npm and PyPI on loopback, which may want a token and say when versions came out."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Registry:
    """What a server holds, by path; and what it was asked. `token` is wanted with every request."""

    token: str = ""
    user: str = ""
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    posts: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def allows(self, header: str) -> bool:
        basic = base64.b64encode(f"{self.user}:{self.token}".encode()).decode()
        return not self.token or header in (f"Bearer {self.token}", f"Basic {basic}")


@contextmanager
def serving(registry: Registry) -> Iterator[Registry]:
    """Serve a registry on a free port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            registry.asked.append(self.path)
            if not registry.allows(self.headers.get("Authorization", "")):
                return self.answer(401, "application/json", b'{"error": "who are you?"}')
            kind, content = registry.files.get(self.path.partition("?")[0], ("", b""))
            return self.answer(200 if kind else 404, kind or "text/plain", content)

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            registry.asked.append(self.path)
            reply = registry.posts.get(self.path)
            content = json.dumps(reply).encode()
            self.answer(404 if reply is None else 200, "application/json", content)

        def answer(self, code: int, kind: str, content: bytes) -> None:
            self.send_response(code)
            if code == 401:
                self.send_header("WWW-Authenticate", "Basic")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()


def npm_package(registry: Registry, name: str, versions: dict[str, Any]) -> None:
    """Put a package of npm up: by version, what its package.json says; `time` is when it came."""
    found, times = {}, {}
    for version, said in versions.items():
        said = dict(said)
        times[version] = said.pop("time", "2020-01-01T00:00:00.000Z")
        files = said.pop("files", {"index.js": "module.exports = 1"})
        manifest = {"name": name, "version": version, **said}
        content = _tarball({"package.json": json.dumps(manifest), **files})
        path = f"/{name}/-/{name.rpartition('/')[2]}-{version}.tgz"
        registry.files[path] = ("application/octet-stream", content)
        digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
        dist = {"tarball": registry.address + path, "integrity": f"sha512-{digest}"}
        scripts = {"hasInstallScript": True} if "install" in said.get("scripts", {}) else {}
        found[version] = {**manifest, "dist": dist, **scripts}
    latest = list(versions)[-1]
    packument = {"name": name, "dist-tags": {"latest": latest}, "versions": found, "time": times}
    for spelled in (name, name.replace("/", "%2f")):
        registry.files[f"/{spelled}"] = ("application/json", json.dumps(packument).encode())


def pypi_package(
    registry: Registry, name: str, versions: dict[str, str], requires: str = "", uploaded: str = ""
) -> None:
    """Put a package of PyPI up: its versions and the licence of each."""
    links = []
    for version, licence in versions.items():
        file = f"{name}-{version}-py3-none-any.whl"
        content = _wheel(name, version, licence, requires)
        registry.files[f"/files/{file}"] = ("application/octet-stream", content)
        digest = hashlib.sha256(content).hexdigest()
        when = f' data-upload-time="{uploaded}"' if uploaded else ""
        links.append(f'<a href="/files/{file}#sha256={digest}"{when}>{file}</a>')
    registry.files[f"/simple/{name}/"] = ("text/html", "\n".join(links).encode())


def pypi_source(registry: Registry, name: str, version: str, files: dict[str, str]) -> None:
    """Put a package of PyPI up that has a source and no wheel."""
    file = f"{name}-{version}.tar.gz"
    content = _tarball(files, f"{name}-{version}")
    registry.files[f"/files/{file}"] = ("application/octet-stream", content)
    link = f'<a href="/files/{file}#sha256={hashlib.sha256(content).hexdigest()}">{file}</a>'
    registry.files[f"/simple/{name}/"] = ("text/html", link.encode())


def _tarball(files: dict[str, str], folder: str = "package") -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return stream.getvalue()


def _wheel(name: str, version: str, licence: str, requires: str) -> bytes:
    stream = io.BytesIO()
    info = f"{name}-{version}.dist-info"
    said = {"Metadata-Version": "2.4", "Name": name, "Version": version, "Requires-Dist": requires}
    said |= {"License-Expression": licence, "Summary": f"the {name} of loopback"}
    metadata = "".join(f"{key}: {value}\n" for key, value in said.items() if value)
    files = {
        f"{name}.py": f"version = {version!r}\n\ndef main():\n    print('ran', version)\n",
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    record = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(stream, "w") as archive:
        for file, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(zipfile.ZipInfo(file, (2020, 1, 1, 0, 0, 0)), text)
    return stream.getvalue()
