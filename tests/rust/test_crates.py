"""Real crates of the registry, each with a call that gives the right answer.

pytest tests/rust/test_crates.py -m crates     all of calls.py; compiles for an hour
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest

from polyhy import plugins
from polyhy.bridges.rust import build
from polyhy.spec import Pin, Spec
from polyhy.testing import EcosystemLaws

from .conftest import linked
from .crates.calls import CALLS, Call

NOWHERE = "http://127.0.0.1:9/"
SMALL = {"regex", "semver", "hex", "itoa"}


@pytest.mark.registry
class TestCrates(EcosystemLaws):
    """Cargo keeps the laws."""

    ecosystem = "crates"
    package = "regex@1"
    file = "vendor/regex-syntax-0.8.11/Cargo.toml"
    unknown = "no-such-crate-of-polyhy"
    impossible = "regex@99"
    unreachable: ClassVar = {
        "https_proxy": NOWHERE,
        "http_proxy": NOWHERE,
        "CARGO_HTTP_PROXY": NOWHERE,
        "CARGO_NET_RETRY": "0",
        "CARGO_HOME": "/tmp/polyhy-no-such-cargo-home",
    }

    def test_what_is_fetched_can_be_linked(self, pins: list[Pin], tmp_path: Path) -> None:
        syntax = next(pin for pin in pins if pin.name == "regex-syntax")
        type(self).file = f"vendor/regex-syntax-{syntax.version}/Cargo.toml"
        super().test_what_is_fetched_can_be_linked(pins, tmp_path)


class TestSpecs:
    """Features stand in the spec; versions mean what cargo means."""

    def test_features_are_part_of_the_spec(self) -> None:
        spec = plugins.ecosystem("crates").spec("tokio[rt,net]@^1")
        assert (spec.name, spec.version, spec.extras) == ("tokio", "^1", ("net", "rt"))

    @pytest.mark.parametrize(
        ("version", "asked", "inside"),
        [
            ("1.13.1", "1", True),
            ("1.13.1", "^1.2", True),
            ("1.13.1", "~1.12", False),
            ("0.8.3", "0.8", True),
            ("0.9.0", "0.8", False),
            ("1.5.0", ">=1.2, <1.6", True),
            ("1.6.0", ">=1.2, <1.6", False),
        ],
    )
    def test_a_range_means_what_cargo_means_by_it(
        self, version: str, asked: str, inside: bool
    ) -> None:
        pin = Pin("crates", "x", version, "cargo", "sha256:", (), {"asked": "*"})
        assert plugins.ecosystem("crates").answers(Spec("crates", "x", asked), pin) is inside

    def test_a_spec_with_more_features_is_another_one(self) -> None:
        pin = Pin("crates", "x", "1.0.0", "cargo", "", (), {"asked": "1", "features": ["a"]})
        room = plugins.ecosystem("crates")
        assert room.answers(Spec("crates", "x", "1", extras=("a",)), pin)
        assert not room.answers(Spec("crates", "x", "1", extras=("a", "b")), pin)

    def test_what_runs_as_it_is_built_is_said(self) -> None:
        room = plugins.ecosystem("crates")
        for runs, said in (("build.rs", "build.rs"), ("its macros", "its macros"), ("", "")):
            assert room.asks(Pin("crates", "x", "1", "cargo", native={"runs": runs})) == said
        assert "build" in room.asks(Pin("crates", "x", "1", "cargo"))

    def test_without_cargo_the_error_says_how_to_get_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from polyhy.errors import MissingTool

        monkeypatch.setenv("PATH", "/nowhere")
        monkeypatch.delenv("CARGO", raising=False)
        with pytest.raises(MissingTool, match=r"cargo is not installed(.|\n)*rustup.rs"):
            plugins.ecosystem("crates").resolve([Spec("crates", "hex")], [])

    def test_too_old_a_compiler_is_an_error_with_the_fix(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        from polyhy.bridges.rust.errors import TooOld

        old = tmp_path / "rustc"
        old.write_text("#!/bin/sh\necho 'rustc 1.60.0 (x)'\n")
        old.chmod(0o755)
        monkeypatch.setenv("RUSTC", str(old))
        with pytest.raises(TooOld, match=r"rustc is 1\.60\.0(.|\n)*rustup update"):
            plugins.ecosystem("crates").resolve([Spec("crates", "hex")], [])


@pytest.mark.registry
class TestImports:
    """A crate is imported with nothing written for it."""

    @pytest.mark.parametrize(
        "call", [c for c in CALLS if c.spec in SMALL], ids=lambda call: call.spec
    )
    def test_a_small_crate_gives_the_right_answer(
        self, crate: Callable[..., Any], call: Call
    ) -> None:
        assert eval(call.text, {"m": crate(call.spec)}) == call.answer

    def test_a_crates_error_carries_itself(self, crate: Callable[..., Any]) -> None:
        from polyhy.bridges.rust.errors import RustError

        regex = crate("regex")
        with pytest.raises(RustError, match="unclosed group") as caught:
            regex.Regex("(")
        assert isinstance(caught.value.value, regex.Error)

    def test_matches_keep_the_text_that_they_are_of(self, crate: Callable[..., Any]) -> None:
        regex = crate("regex")
        found = regex.Regex(r"\w+").find_iter("".join(["one ", "two"]))
        assert [match.as_str() for match in found] == ["one", "two"]
        assert regex.bytes.Regex("b").find(b"abc").range() == range(1, 2)

    def test_hints_choose_type_parameters(self, crate: Callable[..., Any]) -> None:
        either = crate("either", types={"L": "i64", "R": "String"})
        assert either.Either.Left(1).left() == 1
        with pytest.raises(TypeError, match="an int is wanted"):
            either.Either.Left("x")

    def test_it_is_compiled_once(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        env = linked("hex", tmp_path)
        first = build.built([env], "hex", {})
        capfd.readouterr()
        assert build.built([env], "hex", {}) == first
        assert capfd.readouterr().err == ""
        said = json.loads((first[0] / build.SKIPS).read_text())
        assert said["bound"] == said["total"] > 0

    def test_a_crate_that_was_not_asked_for_is_not_imported(self, tmp_path: Path) -> None:
        from polyhy.errors import NotInstalled

        with pytest.raises(NotInstalled, match="polyhy sync"):
            build.built([linked("hex", tmp_path)], "regex", {})


@pytest.mark.crates
@pytest.mark.slow
@pytest.mark.registry
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.spec)
def test_a_crate_gives_the_right_answer(crate: Callable[..., Any], call: Call) -> None:
    assert eval(call.text, {"m": crate(call.spec)}) == call.answer
