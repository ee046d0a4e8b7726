"""The bill of materials of a lock: CycloneDX 1.6 by cyclonedx-python-lib, checked by its schema."""

from __future__ import annotations

import hashlib
import re
import uuid
import warnings
from base64 import b64decode
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from polyhy import plugins
from polyhy.errors import MissingTool, PackageError
from polyhy.packages import licences
from polyhy.packages.lock import Lock, dump
from polyhy.packages.tree import asked, requirements
from polyhy.spec import Pin


def sbom(lock: Lock, name: str = "polyhy-env") -> str:
    """The JSON text of the bill; the same bytes for the same lock. `name` is the project's."""
    try:
        from cyclonedx.output import make_outputter
        from cyclonedx.schema import OutputFormat, SchemaVersion
    except ImportError as error:
        need = "bills of materials are made by it"
        command = "pip install 'polyhy[sbom]'"
        raise MissingTool(tool="cyclonedx-python-lib", need=need, command=command) from error

    bom = _bom(lock, name)
    with warnings.catch_warnings():  # of an empty lock it would say that it is not whole
        warnings.simplefilter("ignore")
        text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=2)
    _check(text)
    return text + "\n"


def _bom(lock: Lock, name: str) -> Any:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType

    make: Any = Component  # decorators hide the constructors from type checkers
    make_bom: Any = Bom
    digest = hashlib.sha256(dump(lock).encode()).digest()
    root = make(name=name, type=ComponentType.APPLICATION, bom_ref=name)
    components = {pin: _component(pin, make) for pin in lock.pins}
    serial = uuid.UUID(bytes=digest[:16], version=4)
    bom = make_bom(components=components.values(), serial_number=serial)
    bom.metadata.component = root
    bom.metadata.timestamp = _TIME
    bom.register_dependency(root, [components[pin] for pin in asked(lock, lock.roots)])
    for pin, required in requirements(lock).items():
        bom.register_dependency(components[pin], [components[each] for each in required])
    return bom


def _component(pin: Pin, make: Any) -> Any:
    from cyclonedx.model.component import ComponentType
    from packageurl import PackageURL

    group, _, name = pin.name.rpartition("/")
    artifacts = plugins.ecosystem(pin.ecosystem).artifacts(pin)
    return make(
        name=name,
        group=group or None,
        version=pin.version,
        type=ComponentType.LIBRARY,
        purl=PackageURL.from_string(pin.purl),
        bom_ref=pin.purl,
        licenses=_licences(pin),
        hashes=[each for text in artifacts for each in _hash(text)],
    )


def _licences(pin: Pin) -> list[Any]:
    """The licence of a pin: an expression of SPDX, or the words that it has instead."""
    from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression

    if not pin.licence.strip():
        return []
    make: Any = LicenseExpression if licences.is_spdx(pin.licence) else DisjunctiveLicense
    return [make(value=pin.licence) if make is LicenseExpression else make(name=pin.licence)]


def _hash(text: str) -> list[Any]:
    """A hash as a registry gives it (`sha512-…=`, `sha256:…`), for the bill: in hexadecimal."""
    from cyclonedx.model import HashAlgorithm, HashType

    make: Any = HashType
    algorithm, _, value = text.partition("-" if "-" in text else ":")
    known, digits = _ALGORITHMS.get(algorithm, ("", 0))
    if not re.fullmatch(r"[0-9a-f]+", value):
        with suppress(ValueError):
            value = b64decode(value.split(" ")[0].partition("?")[0]).hex()
    if not known or not re.fullmatch(rf"[0-9a-f]{{{digits}}}", value):
        return []
    return [make(alg=HashAlgorithm[known], content=value)]


def _check(text: str) -> None:
    from cyclonedx.exception import MissingOptionalDependencyException
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    try:
        error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    except MissingOptionalDependencyException as missing:
        need = "the schema of a bill of materials is checked by it"
        command = "pip install 'polyhy[sbom]'"
        raise MissingTool(tool="jsonschema", need=need, command=command) from missing
    if error:
        raise PackageError(f"the bill breaks its schema: {error}"[:500])


_ALGORITHMS = {
    "md5": ("MD5", 32),
    "sha1": ("SHA_1", 40),
    "sha256": ("SHA_256", 64),
    "sha384": ("SHA_384", 96),
    "sha512": ("SHA_512", 128),
}
# a lock has no date, and the same lock makes the same bill
_TIME = datetime(1980, 1, 1, tzinfo=timezone.utc)
