"""Any text, in place of a manifest, a header, a spec, a lock or a module: read, or told so well.

What is told has a line and a next step; nothing else is ever raised. A hundred thousand texts:
`pytest tests/packages/test_fuzz.py -m slow`.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polyhy import modules
from polyhy.errors import LockError, ManifestError, PolyhyError, SpecError
from polyhy.packages import faults, generation, header, install, lock, manifest
from polyhy.packages import settings as policies
from polyhy.packages.lock import Lock
from polyhy.sessions.declared import declared
from polyhy.spec import Pin, Spec

MANIFEST = """[project]
name = "x"

[tool.polyhy]
allow-scripts = ["npm:esbuild", "crates:*"]
minimum-release-age = "3 days"
allow-licenses = ["MIT"]

[tool.polyhy.dependencies.toy]
left = "^1"
"pair[all]" = "*"

[tool.polyhy.dependencies]
npm = {"@a/b" = ">=1,<2"}
"""
HEADERS = {
    "x.hy": ';; /// polyhy\n;; toy.left = "1.0"\n;; npm."@a/b" = "*"\n;; ///\n(print 1)\n',
    "x.py": "# /// script\n# dependencies = [\"six>=1 ; python_version > '3'\"]\n"
    '# tool.polyhy.dependencies.toy.left = "1"\n# ///\nprint(1)\n',
}
PINS = [
    Pin("toy", c, "1.0", "generic", "sha256:0", ("pkg:generic/a@1",), {"paths": [c]}, "MIT", "x")
    for c in "abc"
]
HASHES = ["sha256:" + "1" * 64]
DIGEST = "sha256:" + hashlib.sha256(HASHES[0].encode()).hexdigest()
PINS += [
    Pin(
        "npm", "@a/b", "1.0.0", "npm", "sha512-0", (), {"paths": ["node_modules/@a/b"], "asked": ""}
    ),
    Pin("pypi", "six", "1.0", "pypi", DIGEST, (), {"hashes": HASHES, "asked": ">=1"}),
]
ROOTS = [Spec("toy", "left", "^1"), Spec("npm", "@a/b", extras=("c",)), Spec("pypi", "six", ">=1")]
LOCK = lock.dump(Lock.of(ROOTS, PINS))
MODULE = '(require polyhy *)\n(module :name "a" :requires ["toy:left@1"] :exports [f])\n(defn f [])'
SPECS = ["npm:lodash@^4/fp", "pypi:httpx[http2] >=0.27,<1", "c:gtk+-3.0", "npm:@a/b@1.0.0+x"]
MARKS = [*"[]{}()=\"'#\n\\,.:;@/é\0\r\u2028", "[[", "]]", '"""', "= ", "\n[", "1979-05-27", "1e9"]
WORDS = ["tool.polyhy", "toy", "npm", "= 1", "= []", "///", "version = 9", "package"]
PIECES = st.one_of(st.text(max_size=6), st.sampled_from(MARKS), st.sampled_from(WORDS))


@st.composite
def damaged(draw: Callable, whole: str) -> str:
    """A text with some pieces of it lost, and others put in."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(whole)))
        lost = draw(st.integers(0, 12))
        whole = whole[:at] + draw(PIECES) + whole[at + lost :]
    return whole


def told(error: PolyhyError, where: str) -> None:
    """An error names a line of its file, and what to do."""
    first, _, hint = str(error).partition("\n")
    assert re.match(rf"\S*{re.escape(where)}:\d+: .", first), str(error)
    assert hint.strip(), str(error)


def explained(error: PolyhyError) -> None:
    """An error says what to do next."""
    first, _, hint = str(error).partition("\n  ")
    assert first.strip()
    assert hint.strip(), str(error)


def read_manifest(text: str, folder: Path) -> None:
    (folder / "pyproject.toml").write_bytes(text.encode())
    try:
        specs = manifest.read(folder)
        policies.read(folder)
        assert all(isinstance(spec, Spec) for spec in specs)
        manifest.add(folder, [Spec("toy", "right")])
        manifest.remove(folder, specs)
    except ManifestError as error:
        told_or_shape(error)


def told_or_shape(error: ManifestError) -> None:
    """An error about a whole table may name no line, but then it names the table."""
    if re.search(r"pyproject.toml: (tool[.\w]* is not a table|it is not UTF-8)", str(error)):
        assert error.hint
    else:
        told(error, "pyproject.toml")


def read_header(text: str, name: str) -> None:
    try:
        assert isinstance(header.read(text, name), list)
    except ManifestError as error:
        told(error, name)


def read_lock(text: str, folder: Path) -> None:
    """Read by itself, then by the rooms whose packages it names."""
    (folder / "polyhy.lock").write_text(text, "utf-8", newline="")
    try:
        assert lock.parse(lock.dump(lock.parse(text)))
        found = faults.read(folder)
        assert found
        assert isinstance(faults.of(found), dict)
        generation.wanted(found)
    except LockError as error:
        told(error, "polyhy.lock")
    except PolyhyError as error:  # a root that its ecosystem can't read
        explained(error)
    assert isinstance(lock.salvage(text), Lock)


def read_spec(text: str) -> None:
    for ecosystem in ("", "toy"):
        try:
            spec = Spec.parse(text, ecosystem)
        except SpecError as error:
            explained(error)
            continue
        assert Spec.parse(str(spec)) == spec


def read_module(text: str) -> None:
    assert all(isinstance(found, modules.Module) for found in modules.find(text, "x.hy"))
    try:
        assert isinstance(declared(text, "x.hy"), list)
    except PolyhyError as error:
        explained(error)


@given(damaged(MANIFEST))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_manifest(tmp_path: Path, text: str) -> None:
    read_manifest(text, tmp_path)


@pytest.mark.parametrize("name", HEADERS)
@given(st.data())
def test_any_header(name: str, data: st.DataObject) -> None:
    read_header(data.draw(damaged(HEADERS[name])), name)


@given(damaged(LOCK))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_lock(tmp_path: Path, text: str) -> None:
    read_lock(text, tmp_path)


@given(st.sampled_from(SPECS).flatmap(damaged))
def test_any_spec(text: str) -> None:
    read_spec(text)


@given(damaged(MODULE))
def test_any_module(text: str) -> None:
    read_module(text)


@given(damaged(MANIFEST))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_manifest_is_synced_or_says_why_not(project: Path, text: str) -> None:
    """The whole command, on a manifest of toys alone."""
    (project / "pyproject.toml").write_text(text.replace("npm", "toy"), "utf-8", newline="")
    try:
        install.sync(project)
    except PolyhyError as error:
        explained(error)


@pytest.mark.slow
def test_a_hundred_thousand_texts(tmp_path: Path) -> None:
    """Damage done by a plain generator: thirty times as quick as one that can shrink."""
    generator = random.Random(20_000)
    pieces = [*MARKS, *WORDS]
    ways: list[tuple[list[str], Callable[[str], None]]] = [
        ([MANIFEST], lambda text: read_manifest(text, tmp_path)),
        ([HEADERS["x.hy"]], lambda text: read_header(text, "x.hy")),
        ([HEADERS["x.py"]], lambda text: read_header(text, "x.py")),
        ([LOCK], lambda text: read_lock(text, tmp_path)),
        (SPECS, read_spec),
        ([MODULE], read_module),
    ]
    for number in range(100_000):
        wholes, read = ways[number % len(ways)]
        text = generator.choice(wholes)
        for _ in range(generator.randint(1, 4)):
            at, lost = generator.randint(0, len(text)), generator.choice((0, 0, 1, 3, 20))
            text = text[:at] + generator.choice(pieces) + text[at + lost :]
        try:
            read(text)
        except Exception as error:
            raise AssertionError(f"{number}: {text!r}") from error
