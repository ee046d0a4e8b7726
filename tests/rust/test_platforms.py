"""What platforms need of a graph of crates is what cargo itself says of each."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy.bridges.rust import cargo, crates, platforms

LINUX, MAC = "x86_64-unknown-linux-gnu", "aarch64-apple-darwin"
FLAGS = st.sampled_from(["unix", "windows", "true", "false", 'target_os = "linux"', "r#unix"])
HOLDING = {"unix", "true", 'target_os = "linux"', "r#unix"}


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (None, True),
        (LINUX, True),
        (MAC, False),
        ("cfg(unix)", True),
        ("cfg(windows)", False),
        ('cfg(target_os="linux")', True),
        ('cfg( target_os = "macos" )', False),
        ("cfg(not(windows))", True),
        ('cfg(all(unix, not(target_os = "macos"),))', True),
        ('cfg(any(windows, all(unix, target_arch = "x86_64")))', True),
        ("cfg(all())", True),
        ("cfg(any())", False),
        ("cfg(tokio_unstable)", False),
        ('cfg(all(windows, target_feature = "sse2"))', False),
        ('cfg(any(unix, not(target_feature = "sse2")))', True),
        ('cfg(getrandom_backend = "rdrand")', False),
    ],
)
def test_a_platform_is_told_by_what_rustc_says_of_it(wanted: str | None, holds: bool) -> None:
    assert platforms.holds(wanted, LINUX) is holds


@pytest.mark.parametrize(
    "wanted",
    [
        "cfg()",
        "cfg(unix",
        "cfg(unix))",
        "cfg(unix windows)",
        "cfg(some(unix))",
        'cfg("x")',
        'cfg(target_feature = "sse2")',
        "cfg(-)",
    ],
)
def test_what_is_no_cfg_is_left_to_cargo(wanted: str) -> None:
    with pytest.raises(ValueError, match="cfg"):
        platforms.holds(wanted, LINUX)


@given(
    st.recursive(
        FLAGS.map(lambda flag: (flag, flag in HOLDING)),
        lambda inner: (
            inner.map(lambda one: (f"not({one[0]})", not one[1]))
            | st.lists(inner).map(lambda some: (_call("all", some), all(x for _, x in some)))
            | st.lists(inner).map(lambda some: (_call("any", some), any(x for _, x in some)))
        ),
        max_leaves=12,
    )
)
def test_expressions_nest_as_deep_as_they_like(expression: tuple[str, bool]) -> None:
    text, holds = expression
    assert platforms.holds(f"cfg({text})", LINUX) is holds


@given(st.text(alphabet='cfg()anylot,="# x', max_size=30))
def test_no_text_is_more_than_unclear(text: str) -> None:
    with suppress(ValueError):
        assert platforms.holds(f"cfg({text})", LINUX) in (True, False)


def test_only_what_is_reached_on_a_platform_is_needed() -> None:
    said = _said(
        {"root": [("a", None)], "a": [("b", "cfg(windows)"), ("c", LINUX)], "b": [("d", None)]}
    )
    assert {name for name, _ in platforms.needed(said, LINUX)} == {"root", "a", "c"}
    windows = platforms.needed(said, "x86_64-pc-windows-msvc")
    assert {name for name, _ in windows} == {"root", "a", "b", "d"}
    assert platforms.differ(said)
    assert not platforms.differ(_said({"root": [("a", None)]}))


@pytest.mark.parametrize("target", platforms.CFGS)
def test_the_table_says_what_rustc_says(target: str) -> None:
    words = [cargo.rustc(), "--print", "cfg", "--target", target]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    told = {text.partition("=")[0] for text in platforms.CFGS[target]}
    assert {line for line in said if line.partition("=")[0] in told} == platforms.CFGS[target]
    assert {line for line in said if "=" not in line} <= platforms.CFGS[target]


@pytest.mark.registry
@pytest.mark.parametrize("name", ["errno@^0.3", "tokio[full]@^1", "uuid[v4,js]@^1"])
def test_cargo_says_the_same_of_every_platform(name: str, tmp_path: Path) -> None:
    spec = crates.Crates().spec(name)
    crates._project(tmp_path, {"root": crates._dependency(spec)})
    said = crates._metadata(tmp_path)
    for target in platforms.CFGS:
        words = ["metadata", "--format-version=1", "--offline", "--filter-platform", target]
        by_cargo = json.loads(cargo.run(words, tmp_path, "lock crates"))["packages"]
        known = {(each["name"], each["version"]) for each in by_cargo}
        assert platforms.needed(said, target) == known


def _call(name: str, some: list[tuple[str, bool]]) -> str:
    return f"{name}({', '.join(text for text, _ in some)})"


def _said(graph: dict[str, list[tuple[str, str | None]]]) -> dict[str, Any]:
    """What `cargo metadata` says of a graph, near enough."""
    names = {*graph, *(name for edges in graph.values() for name, _ in edges)}
    nodes = [
        {
            "id": name,
            "deps": [
                {"pkg": to, "dep_kinds": [{"kind": None, "target": target}]}
                for to, target in graph.get(name, [])
            ],
        }
        for name in sorted(names)
    ]
    packages = [{"id": name, "name": name, "version": "1.0.0"} for name in sorted(names)]
    return {"packages": packages, "resolve": {"root": "root", "nodes": nodes}}
