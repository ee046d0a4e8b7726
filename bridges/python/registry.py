"""What is known of a PyPI package beside its files: licence, versions, vulnerabilities."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from polyhy import clients
from polyhy.ecosystem import Finding, Info
from polyhy.errors import MissingTool, NoSuchVersion, ToolFailed, UnknownPackage
from polyhy.policy import policy
from polyhy.spec import Pin, Spec
from polyhy.together import each

from . import index
from . import uv_client as uv
from .requirement import canonical


def licences(indexes: Mapping[Pin, str]) -> dict[Pin, str]:
    """The licences that wheels of pins name, as the index of each has them; empty for none."""
    return dict(zip(indexes, each(_licence, indexes.items()), strict=True))


def _licence(where: tuple[Pin, str]) -> str:
    pin, address = where
    found = index.files(address, pin.name) if address else None
    said = index.metadata(found, pin.version) if found else None
    return index.licence(said) if said else ""


def newest(specs: Sequence[Spec], ranges: Sequence[str]) -> dict[Spec, tuple[str, str]]:
    """The newest version in each range, and of all, as the index that uv would take has them."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    address = uv.index(policy().root)

    def look(asked: tuple[Spec, str]) -> tuple[str, str]:
        spec, within = asked
        found = index.files(address, canonical(spec.name)) or []
        names = {text for f in found if not f.yanked and (text := index.version_of(f))}
        versions = sorted(map(Version, names), reverse=True)
        stable = list(SpecifierSet("").filter(versions))
        fitting = list(SpecifierSet(within).filter(versions))
        return str(fitting[0]) if fitting else "", str(stable[0]) if stable else ""

    found = dict(zip(specs, each(look, zip(specs, ranges, strict=True)), strict=True))
    return {spec: pair for spec, pair in found.items() if all(pair)}


def info(spec: Spec, within: str) -> Info:
    """What the index that uv would take says of a package."""
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

    found = index.files(uv.index(policy().root), canonical(spec.name))
    if not found:
        raise UnknownPackage(ecosystem="pypi", name=spec.name, origin_of_name="the command")
    names = {text for f in found if not f.yanked and (text := index.version_of(f))}
    versions = sorted(map(Version, names), reverse=True)
    fitting = list(SpecifierSet(within).filter(versions))
    if not fitting:
        newest = f"the newest is {versions[0]}" if versions else "it has no versions"
        raise NoSuchVersion(ecosystem="pypi", name=spec.name, version=within, available=newest)
    said = index.metadata(found, str(fitting[0]))
    sizes = [f.size for f in found if index.version_of(f) == str(fitting[0])]
    return Info(
        spec.name,
        str(fitting[0]),
        tuple(map(str, versions)),
        index.licence(said) if said else "",
        str(said.get("Summary") or "") if said else "",
        _homepage(said),
        max(sizes, default=0),
        tuple(map(str, said.get_all("Requires-Dist", []))) if said else (),
    )


def audit(pins: Sequence[Pin], lines: Sequence[str]) -> list[Finding]:
    """Ask pip-audit, which fails for what it can't look up; MissingTool where it is not there."""
    with tempfile.TemporaryDirectory(prefix="polyhy-audit-") as folder:
        wanted = Path(folder, "requirements.txt")
        wanted.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        told = ["--strict", "--disable-pip", "--no-deps", "--format", "json", "--requirement"]
        command = [sys.executable, "-m", "pip_audit", *told, str(wanted)]
        done = clients.run(command)
    if "No module named pip_audit" in done.stderr:
        raise MissingTool(tool="pip-audit", need="it audits PyPI", command="pip install pip-audit")
    try:
        return _findings(json.loads(done.stdout), pins)
    except (ValueError, KeyError, TypeError):
        said = re.sub(r"(?<=://)[^/@\s]+@", "", done.stderr.strip())
        raise ToolFailed(said[-500:] or "it gave no reason", tool="pip-audit") from None


def _findings(said: Any, pins: Sequence[Pin]) -> list[Finding]:
    purls = {(pin.name, pin.version): pin.purl for pin in pins}
    return [
        Finding(
            purls[each["name"].lower(), each["version"]],
            found["id"],
            " ".join(str(found.get("description", "")).split())[:200],
            "",
            next(iter(found.get("fix_versions", [])), ""),
        )
        for each in said["dependencies"]
        for found in each["vulns"]
    ]


def _homepage(said: Any) -> str:
    if not said:
        return ""
    labelled = (str(text).partition(",") for text in said.get_all("Project-URL", []))
    urls = {label.strip().lower(): url.strip() for label, _, url in labelled}
    likely = [urls[label] for label in _HOMES if label in urls]
    return next(filter(None, [said.get("Home-page"), *likely, *urls.values()]), "")


_HOMES = ("homepage", "home", "repository", "source", "source code", "documentation")
