"""What is known of npm packages beside their files: versions, vulnerabilities, signatures."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from polyhy import store
from polyhy.ecosystem import Finding, Hit, Info
from polyhy.errors import StoreError, Tampered
from polyhy.policy import policy
from polyhy.spec import Pin, Spec

from . import npm_client

_DAY = 24 * 3600.0
_SECRET = re.compile(r"://[^/]*@")
_TELLING = {f"npm_config_{name}" for name in ("registry", "userconfig", "globalconfig", "prefix")}


def info(spec: Spec) -> Info:
    """Ask `npm view`: the newest of the versions in range."""
    with _folder({}) as folder:
        asked = f"{spec.name}@{spec.version}" if spec.version else spec.name
        said = npm_client.ask(["view", asked], folder, "look a package up")
    every = said if isinstance(said, list) else [said]
    found = max(every, key=lambda each: _order(str(each["version"])))
    versions = found.get("versions", [])
    versions = sorted(versions if isinstance(versions, list) else [versions], key=_order)
    return Info(
        spec.name,
        str(found.get("version", "")),
        tuple(reversed(versions)),
        _text(found.get("license"), "type"),
        _text(found.get("description"), ""),
        _text(found.get("homepage"), ""),
        int(found.get("dist", {}).get("unpackedSize") or 0),
        tuple(f"{name}@{at}" for name, at in sorted(found.get("dependencies", {}).items())),
    )


def newest(specs: Sequence[Spec]) -> Mapping[Spec, tuple[str, str]]:
    """The newest version in range, and that of the tag `latest`: one `npm outdated` says all."""
    asked = {spec.name: spec.version or "*" for spec in specs}
    root = {"name": "polyhy-env", "dependencies": asked}
    with _folder({"package.json": json.dumps(root)}) as folder:
        said = npm_client.ask(["outdated"], folder, "look packages up")
    found = ((spec, said[spec.name]) for spec in specs if spec.name in said)
    return {spec: (str(each["wanted"]), str(each["latest"])) for spec, each in found}


def search(text: str) -> list[Hit] | None:
    """Ask the registry's own search, which says how often packages are downloaded."""
    registry = _address()
    query = urllib.parse.urlencode({"text": text, "size": 20})
    try:
        address = f"{registry.rstrip('/')}/-/v1/search?{query}"
        with urllib.request.urlopen(address, timeout=10) as reply:
            found = json.load(reply)["objects"]
    except (OSError, ValueError, KeyError):  # many registries have no search
        return None
    hits = [_hit(each) for each in found]
    return sorted(hits, key=lambda hit: -hit.downloads)


def audit(pins: Sequence[Pin], files: Mapping[str, str]) -> list[Finding]:
    """Ask `npm audit`, which sends names and versions to the registry's advisories."""
    with _folder(files) as folder:
        said = npm_client.ask(["audit", "--package-lock-only", "--audit"], folder, "audit")
    by_path = {path: pin for pin in pins for path in pin.native["paths"]}
    found = {}
    for entry in said["vulnerabilities"].values():
        for cause in entry["via"]:
            if isinstance(cause, dict):  # a text names another entry
                for path in entry["nodes"]:
                    if path in by_path:
                        finding = _finding(by_path[path], cause, entry)
                        found[finding.purl, finding.id] = finding
    return list(found.values())


def provenance(pins: Sequence[Pin], files: Mapping[str, str]) -> Mapping[str, str]:
    """Ask `npm audit signatures`, which checks what the registry and the publisher signed."""
    with _folder(files) as folder:
        for pin in pins:  # npm looks at what is installed: its names and versions are enough
            for path in pin.native["paths"]:
                at = folder / path
                at.mkdir(parents=True, exist_ok=True)  # another may lie in it, and came first
                here = {"name": pin.name, "version": pin.version}
                (at / "package.json").write_text(json.dumps(here), "utf-8")
        report = npm_client.ask(["audit", "signatures"], folder, "check signatures")
    if wrong := report.get("invalid"):
        names = ", ".join(f"npm:{each['name']}@{each['version']}" for each in wrong)
        raise Tampered(what=names, expected="its signature", hint="do not install it")
    unsigned = {(each["name"], each["version"]) for each in report.get("missing", [])}
    said = {True: "no signature", False: "signed by its registry"}
    return {pin.purl: said[(pin.name, pin.version) in unsigned] for pin in pins}


def _address() -> str:
    """The registry's address; npm, which takes long to start, is asked for it once a day."""
    place = store.cache() / "npm" / "registries" / _configured()
    with suppress(OSError):
        if time.time() - place.stat().st_mtime < _DAY:
            return place.read_text("utf-8")
    with _folder({}) as folder:
        found = npm_client.run(["config", "get", "registry"], folder, "search").strip()
    if not _SECRET.search(found):
        with suppress(StoreError):  # a cache may be shared read-only
            store.write(place, found)
    return found


def _configured() -> str:
    """The digest of what says which registry npm takes, as far as it is near."""
    said = {key: value for key, value in os.environ.items() if key.lower() in _TELLING}
    digest = hashlib.sha256(repr((npm_client.command(), sorted(said.items()))).encode())
    for folder in (policy().root, os.path.expanduser("~")):
        with suppress(OSError):
            digest.update(Path(folder, ".npmrc").read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def _order(version: str) -> Any:
    from semantic_version import Version

    try:
        return Version(version)
    except ValueError:
        return Version("0.0.0-0")


def _finding(pin: Pin, cause: Mapping[str, Any], entry: Mapping[str, Any]) -> Finding:
    name = str(cause.get("url", "")).rpartition("/")[2] or str(cause.get("source", ""))
    fix = entry.get("fixAvailable")
    fixed = str(fix["version"]) if isinstance(fix, dict) and fix.get("name") == pin.name else ""
    severity, title = str(cause.get("severity", "")), str(cause.get("title", ""))
    return Finding(pin.purl, name, title, severity, fixed)


def _hit(found: Mapping[str, Any]) -> Hit:
    package, counted = found.get("package", {}), found.get("downloads", {})
    downloads = counted.get("monthly") if isinstance(counted, dict) else 0
    texts = (_text(package.get(key), "") for key in ("name", "version", "description"))
    return Hit(*texts, downloads=int(downloads or 0))


def _text(value: Any, key: str) -> str:
    return str(value.get(key) or "") if isinstance(value, dict) else str(value or "")


@contextmanager
def _folder(files: Mapping[str, str]) -> Iterator[Path]:
    """A folder of files to start npm in, with the project's own configuration."""
    with tempfile.TemporaryDirectory(prefix="polyhy-npm-") as name:
        for file, text in files.items():
            Path(name, file).write_text(text, "utf-8")
        yield Path(name)
