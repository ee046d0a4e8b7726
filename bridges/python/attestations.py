"""Attestations of PyPI's files (PEP 740): the index says which there are, pypi-attestations checks.

Each says who published a file: a repository and its workflow, by a certificate of Sigstore.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polyhy.errors import MissingTool, Offline, Tampered
from polyhy.policy import policy
from polyhy.spec import Pin
from polyhy.together import each

from . import index

NONE = "no attestation"


def proved(address: str, pins: Sequence[Pin]) -> Mapping[str, str]:
    """By purl, who attested the files of a pin, by the index at `address`; Tampered if falsely."""
    _checker()
    return dict(zip((pin.purl for pin in pins), each(_Asking(address), pins), strict=True))


class _Asking:
    """What is known of one pin after another."""

    def __init__(self, address: str) -> None:
        self.address = address

    def __call__(self, pin: Pin) -> str:
        known = index.files(self.address, pin.name) or []
        files = [file for file in known if file.hash in pin.native["hashes"]]
        by = [who for file in files if (who := _attested(pin, file))]
        if not by:
            return NONE
        part = "" if len(by) == len(files) else f" ({len(by)} of {len(files)} files)"
        return f"attested by {', '.join(sorted(set(by)))}{part}"


def _attested(pin: Pin, file: index.File) -> str:
    """Who attested a file; empty where nobody did."""
    said, lib = index.provenance(file), _checker()
    if said is None:
        return ""
    try:
        found = lib.Provenance.model_validate_json(said)
        subject = lib.Distribution(name=file.name, digest=file.hash.partition(":")[2])
        for bundle in found.attestation_bundles:
            for attestation in bundle.attestations:
                _verify(attestation, bundle.publisher, subject)
    except ValueError as error:  # also what pydantic raises of what is no provenance at all
        what, hint = f"{pin.label} ({file.name})", "do not install it: its attestation is false"
        raise Tampered(what=what, expected=str(error).split("\n")[0], hint=hint) from error
    return ", ".join(sorted({_name(bundle.publisher) for bundle in found.attestation_bundles}))


def _verify(attestation: Any, publisher: Any, subject: Any) -> None:
    from sigstore.errors import TUFError  # pyright: ignore[reportMissingImports]

    try:
        attestation.verify(publisher, subject, offline=policy().offline)
    except TUFError as error:
        raise Offline(f"{error}, whose keys are needed", ecosystem="pypi") from error


def _name(publisher: Any) -> str:
    """`GitHub owner/project`, or whatever else says where it was built."""
    where = getattr(publisher, "repository", None) or getattr(publisher, "email", "")
    return f"{publisher.kind} {where}".strip()


def _checker() -> Any:
    try:
        import pypi_attestations  # pyright: ignore[reportMissingImports]
    except ImportError:
        command = "pip install pypi-attestations"
        need = "it checks attestations of PyPI"
        raise MissingTool(tool="pypi-attestations", need=need, command=command) from None
    return pypi_attestations
