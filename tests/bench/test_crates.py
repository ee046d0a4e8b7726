"""Calls into Rust beside a Python function, cffi's ABI mode and a module written by hand with PyO3.

The floor is a Python function that does the same. `pytest tests/bench/test_crates.py
--benchmark-enable`; PyO3's module is made by maturin, of the dependency group `bench`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy import plugins
from polyhy.bridges.rust import kept
from polyhy.bridges.rust.bridge import Rust

RUST = """
pub fn add(a: i64, b: i64) -> i64 { a + b }
pub fn length(s: &str) -> usize { s.len() }
pub fn shout(s: &str) -> String { s.to_ascii_uppercase() }
pub fn sum(xs: &[f64]) -> f64 { xs.iter().sum() }
pub struct Counter { n: i64 }
impl Counter {
    pub fn new() -> Counter { Counter { n: 0 } }
    pub fn up(&mut self) -> i64 { self.n += 1; self.n }
}
"""

PYO3 = """
use pyo3::prelude::*;
#[pyfunction] fn add(a: i64, b: i64) -> i64 { a + b }
#[pyfunction] fn length(s: &str) -> usize { s.len() }
#[pyfunction] fn shout(s: &str) -> String { s.to_ascii_uppercase() }
#[pyfunction] fn sum(xs: pyo3::buffer::PyBuffer<f64>, py: Python<'_>) -> f64 {
    xs.as_slice(py).unwrap().iter().map(|x| x.get()).sum()
}
#[pyclass] struct Counter { n: i64 }
#[pymethods] impl Counter {
    #[new] fn new() -> Counter { Counter { n: 0 } }
    fn up(&mut self) -> i64 { self.n += 1; self.n }
}
#[pymodule] fn peer(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(add, m)?)?;
    m.add_function(wrap_pyfunction!(length, m)?)?;
    m.add_function(wrap_pyfunction!(shout, m)?)?;
    m.add_function(wrap_pyfunction!(sum, m)?)?;
    m.add_class::<Counter>()
}
"""

MANIFEST = """
[package]
name = "peer"
version = "0.0.0"
edition = "2021"
[lib]
crate-type = ["cdylib"]
[dependencies]
pyo3 = { version = "*", features = ["extension-module"] }
[profile.release]
opt-level = 3
"""


class InPython:
    """The same in Python."""

    @staticmethod
    def add(a: int, b: int) -> int:
        return a + b

    @staticmethod
    def length(s: str) -> int:
        return len(s)

    @staticmethod
    def shout(s: str) -> str:
        return s.upper()

    @staticmethod
    def sum(xs: Any) -> float:
        return float(xs.sum())

    class Counter:
        def __init__(self) -> None:
            self.n = 0

        def up(self) -> int:
            self.n += 1
            return self.n


@pytest.fixture(scope="module")
def rust() -> Any:
    return polyhy.evaluate("rust", RUST, origin="bench.hy:1")


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """PyO3's module, built by maturin."""
    folder = tmp_path_factory.mktemp("peer")
    (folder / "src").mkdir()
    (folder / "src" / "lib.rs").write_text(PYO3)
    (folder / "Cargo.toml").write_text(MANIFEST)
    maturin = shutil.which("maturin") or str(Path(sys.executable).with_name("maturin"))
    words = [maturin, "build", "--release", "--out", "out", "-i", sys.executable]
    subprocess.run(words, cwd=folder, check=True, capture_output=True)
    wheel = next((folder / "out").glob("*.whl"))
    shutil.unpack_archive(wheel, folder / "unpacked", "zip")
    sys.path.insert(0, str(folder / "unpacked"))
    import peer  # pyright: ignore[reportMissingImports]

    return peer


@pytest.fixture(scope="module")
def cffi_abi(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("abi")
    source = '#[no_mangle] pub extern "C" fn add(a: i64, b: i64) -> i64 { a + b }'
    (folder / "thing.rs").write_text(source)
    words = ["rustc", "--crate-type=cdylib", "--crate-name=thing", "-O", "thing.rs"]
    subprocess.run(words, cwd=folder, check=True)
    declare = "int64_t add(int64_t a, int64_t b);"
    return polyhy.import_from("dylib", str(folder / "libthing.so"), declare=declare)


def regex(folder: Path) -> Any:
    """The crate, fetched and imported."""
    room, bridge = plugins.ecosystem("crates"), Rust()
    pins = room.wanted(room.resolve([room.spec("regex")], []))
    (folder / "into").mkdir()
    (folder / "env").mkdir()
    room.link(room.fetch(pins, folder / "into"), folder / "env")
    bridge.start([folder / "env"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLYHY_OPTIMIZE", "now")
        return bridge.load("regex")


def ways(module: Any) -> dict[str, Any]:
    """A call of each kind: a function and its arguments."""
    import numpy

    numbers, counter = numpy.arange(1e6), module.Counter()
    return {
        "rust f(int, int)": (module.add, (3, 4)),
        "rust f(str)": (module.length, ("a short text",)),
        "rust f(str) -> str": (module.shout, ("a short text",)),
        "rust method": (counter.up, ()),
        "rust f(10^6 floats)": (module.sum, (numbers,)),
    }


KINDS = [
    *("rust f(int, int)", "rust f(str)", "rust f(str) -> str"),
    *("rust method", "rust f(10^6 floats)"),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", ["polyhy", "floor", pytest.param("pyo3", marks=pytest.mark.peer)])
def test_calls(kind: str, who: str, benchmark: Any, request: pytest.FixtureRequest) -> None:
    benchmark.group = kind
    names = {"polyhy": "rust", "pyo3": "peer"}
    module = request.getfixturevalue(names[who]) if who in names else InPython
    function, args = ways(module)[kind]
    benchmark(lambda: [function(*args) for _ in range(100 if "10^6" not in kind else 1)])


@pytest.mark.parametrize("who", ["polyhy", "floor", "cffi"])
def test_scalars_beside_cffi(who: str, benchmark: Any, rust: Any, cffi_abi: Any) -> None:
    benchmark.group = "rust beside cffi"
    function = {"polyhy": rust.add, "floor": InPython.add, "cffi": cffi_abi.add}[who]
    benchmark(lambda: [function(3, 4) for _ in range(100)])


@pytest.mark.registry
@pytest.mark.parametrize("who", ["polyhy", "floor"])
def test_regex_beside_re(
    who: str, benchmark: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """`floor` is Python's `re` on the same text."""
    benchmark.group = "regex.is_match"
    text, pattern = "some words, then me@example.com", r"(\w+)@(\w+)\.com"
    if who == "polyhy":
        function = regex(tmp_path_factory.mktemp("regex")).Regex(pattern).is_match
    else:
        function = re.compile(pattern).search
    benchmark(lambda: [function(text) for _ in range(100)])


@pytest.mark.registry
@pytest.mark.parametrize("which", ["first", "second"])
def test_imports(
    which: str,
    benchmark: Any,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first import of `regex`, with what it depends on compiled; and one that finds it."""
    benchmark.group = f"the {which} import of regex"
    regex(folder := tmp_path_factory.mktemp("imported"))
    monkeypatch.setenv("POLYHY_OPTIMIZE", "never")
    made, _ = kept.built([folder / "env"], "regex", {})

    def forget() -> None:
        if which == "first":
            shutil.rmtree(made)

    imported = lambda: kept.built([folder / "env"], "regex", {})  # noqa: E731
    forget()
    imported()
    benchmark.pedantic(imported, setup=forget, rounds=3)
