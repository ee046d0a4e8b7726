"""Who published a file of PyPI: what the index attests, and what is made of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from loopback import Registry, serving

from polyhy.bridges.python import attestations, index
from polyhy.errors import MissingTool, Tampered
from polyhy.spec import Pin

SDIST = "pypi_attestations-0.0.19.tar.gz"
WHEEL = "pypi_attestations-0.0.19-py3-none-any.whl"
DIGEST = "9bb1add04b1b4e182be6b0b80931593f7a291eb49d69b4fd728a5d4cbcdc4bd3"
FORM = "application/vnd.pypi.integrity.v1+json"
REPLY = {
    "version": 1,
    "attestation_bundles": [
        {
            "publisher": {"kind": "GitHub", "repository": "trailofbits/pypi-attestations"},
            "attestations": [{}],
        }
    ],
}


def pin(*digests: str) -> Pin:
    hashes = sorted(f"sha256:{digest}" for digest in digests)
    return Pin("pypi", "pypi-attestations", "0.0.19", "pypi", native={"hashes": hashes})


def page(provenance: str, form: str, digest: str = DIGEST) -> tuple[str, bytes]:
    """What an index says of two files, of which the second has no attestation."""
    files = [
        (SDIST, digest, provenance),
        (WHEEL, "0" * 64, ""),
    ]
    if form == "html":
        links = (
            f'<a href="/files/{name}#sha256={hashed}"'
            + (f' data-provenance="{attested}"' if attested else "")
            + f">{name}</a>"
            for name, hashed, attested in files
        )
        return "text/html", "\n".join(links).encode()
    listed = [
        {"filename": name, "url": f"/f/{name}", "hashes": {"sha256": h}, "provenance": p or None}
        for name, h, p in files
    ]
    return "application/vnd.pypi.simple.v1+json", json.dumps({"files": listed}).encode()


@pytest.fixture
def registry() -> Iterator[Registry]:
    with serving(Registry()) as registry:
        registry.files["/provenance"] = (FORM, json.dumps(REPLY).encode())
        registry.files["/simple/pypi-attestations/"] = page("/provenance", "json")
        yield registry


class Attestation:
    """What is true of one file alone."""

    def verify(self, publisher: Any, subject: Any, *, offline: bool) -> None:
        if (subject.name, subject.digest) != (SDIST, DIGEST):
            raise ValueError("subject does not match distribution digest")


def read(text: bytes) -> Any:
    """The reply, as the checker's own models have it."""
    bundles = [
        SimpleNamespace(
            publisher=SimpleNamespace(**bundle["publisher"]),
            attestations=[Attestation() for _ in bundle["attestations"]],
        )
        for bundle in json.loads(text)["attestation_bundles"]
    ]
    return SimpleNamespace(attestation_bundles=bundles)


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of pypi-attestations that are used, without its cryptography."""
    found = SimpleNamespace(
        Provenance=SimpleNamespace(model_validate_json=read), Distribution=SimpleNamespace
    )
    errors = SimpleNamespace(TUFError=OSError)
    modules = {"pypi_attestations": found, "sigstore": errors, "sigstore.errors": errors}
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.parametrize("form", ["json", "html"])
def test_who_published_a_file_is_named(form: str, registry: Registry, checker: None) -> None:
    registry.files["/simple/pypi-attestations/"] = page("/provenance", form)
    said = attestations.proved(f"{registry.address}/simple", [pin(DIGEST)])
    who = "attested by GitHub trailofbits/pypi-attestations"
    assert said == {"pkg:pypi/pypi-attestations@0.0.19": who}
    (found,) = attestations.proved(f"{registry.address}/simple", [pin(DIGEST, "0" * 64)]).values()
    assert found == f"{who} (1 of 2 files)"


def test_files_that_are_not_locked_are_not_asked_for(registry: Registry, checker: None) -> None:
    (said,) = attestations.proved(f"{registry.address}/simple", [pin("1" * 64)]).values()
    assert said == "no attestation"
    assert "/provenance" not in registry.asked


@pytest.mark.parametrize("provenance", ["", "/nothing"])
def test_no_attestation_is_said_so(provenance: str, registry: Registry, checker: None) -> None:
    registry.files["/simple/pypi-attestations/"] = page(provenance, "json")
    (said,) = attestations.proved(f"{registry.address}/simple", [pin(DIGEST)]).values()
    assert said == "no attestation"


def test_an_attestation_of_another_file_is_an_error(registry: Registry, checker: None) -> None:
    other = "2" * 64
    registry.files["/simple/pypi-attestations/"] = page("/provenance", "json", other)
    with pytest.raises(Tampered, match=r"pypi_attestations-0.0.19.tar.gz\).*\n.*do not install it"):
        attestations.proved(f"{registry.address}/simple", [pin(other)])


def test_what_is_no_provenance_is_an_error(registry: Registry, checker: None) -> None:
    registry.files["/provenance"] = ("application/json", b"<html>")
    with pytest.raises(Tampered, match="do not install it"):
        attestations.proved(f"{registry.address}/simple", [pin(DIGEST)])


def test_without_the_checker_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypi_attestations", None)
    with pytest.raises(MissingTool, match="run: pip install pypi-attestations"):
        attestations.proved("http://127.0.0.1:9/simple", [pin(DIGEST)])


def test_a_file_says_its_hash_and_where_its_attestations_are(registry: Registry) -> None:
    first, second = index.files(f"{registry.address}/simple", "pypi-attestations") or []
    assert (first.hash, second.provenance) == (f"sha256:{DIGEST}", "")
    assert first.provenance == f"{registry.address}/provenance"


CHECKED = """
import sys
from polyhy.bridges.python import attestations
from polyhy.errors import Tampered
from polyhy.policy import Policy, governed
from polyhy.spec import Pin

address, *digests = sys.argv[1:]
for digest in digests:
    native = {"hashes": [f"sha256:{digest}"]}
    pin = Pin("pypi", "pypi-attestations", "0.0.19", "pypi", native=native)
    with governed(Policy(offline=True)):  # the keys that come with sigstore will do
        try:
            print(*attestations.proved(address, [pin]).values())
        except Tampered as error:
            print(error)
"""


def published(folder: Path) -> bytes:
    """What PyPI answers for SDIST: a sample in the sources of the checker."""
    uv = [sys.executable, "-m", "uv"]
    wanted = ["--no-deps", "--no-binary", ":all:", "--dest", folder, "pypi-attestations"]
    subprocess.run([*uv, "tool", "run", "pip", "download", "--quiet", *wanted], check=True)
    (sources,) = folder.glob("*.tar.gz")
    with tarfile.open(sources) as tarball:
        (sample,) = (m for m in tarball if m.name.endswith(f"{SDIST}.provenance"))
        return tarball.extractfile(sample).read()


@pytest.mark.slow
@pytest.mark.registry
def test_what_pypi_answers_is_checked_by_pypi_attestations(
    registry: Registry, tmp_path: Path
) -> None:
    registry.files["/provenance"] = (FORM, published(tmp_path / "sources"))
    uv = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable]
    subprocess.run([*uv, "--target", tmp_path, "pypi-attestations"], check=True)
    address, variables = f"{registry.address}/simple", {**os.environ, "PYTHONPATH": str(tmp_path)}
    words = [sys.executable, "-c", CHECKED, address]
    said = subprocess.check_output([*words, DIGEST], env=variables, text=True)
    assert said == "attested by GitHub trailofbits/pypi-attestations\n"
    registry.files["/simple/pypi-attestations/"] = page("/provenance", "json", "2" * 64)
    said = subprocess.check_output([*words, "2" * 64], env=variables, text=True)
    assert "do not install it: its attestation is false" in said
