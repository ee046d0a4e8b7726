"""Types for editors: a `.pyi` for each package whose room can tell what it offers.

Of ecosystems whose rooms can't, one file says that there are packages, of which nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from polyhy import plugins, store
from polyhy.bridge import Bridge
from polyhy.guests import host, namespace
from polyhy.spec import Spec

FOLDER = "typings"
"""Where type checkers look for stubs of a project's own."""


class Stub(NamedTuple):
    """A package, and the file with its types; None where nothing is known of them."""

    spec: Spec
    file: Path | None


def write(specs: Iterable[Spec], root: Path, folder: Path) -> list[Stub]:
    """Write the types of installed packages below `folder`, as `polyhy/<ecosystem>/<name>.pyi`.

    So `from polyhy.c import zlib` is checked and completed. A package is loaded to be asked.
    """
    return [Stub(spec, _write(spec, root, folder)) for spec in specs]


def _write(spec: Spec, root: Path, folder: Path) -> Path | None:
    language = plugins.ecosystem(spec.ecosystem).bridge
    place = folder / "polyhy" / spec.ecosystem
    if plugins.bridge_class(language).stub is Bridge.stub:
        store.write(place / "__init__.pyi", _ANYTHING)
        return place / "__init__.pyi"
    module = namespace.load(spec.ecosystem, spec.module, root)
    text = host.bridge(language).stub(module)
    if not text:
        return None
    name = re.sub(r"\W", "_", spec.name)
    file = place / f"{name}.pyi"
    store.write(file, text)
    return file


_ANYTHING = """\
from typing import Any

def __getattr__(name: str) -> Any: ...
"""
