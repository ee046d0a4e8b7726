"""Real crates of the registry, each with a call that gives the right answer.

pytest tests/rust/test_crates.py -m crates     all of calls.py; compiles for an hour
"""

from __future__ import annotations

import inspect
import json
import pydoc
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from polyhy import plugins
from polyhy.bridges.rust import cargo, kept
from polyhy.bridges.rust.crates import Crates
from polyhy.spec import Pin, Spec
from polyhy.testing import EcosystemLaws

from .conftest import linked
from .crates.calls import CALLS, Call

CHAOS = Path(__file__).parent / "crates" / "chaos.py"
NOWHERE = "http://127.0.0.1:9/"
HINTED = """
(require polyhy * :readers *)
(import-from "crates" either :with {L i64 R String})
(print (.left (either.Either.Left 1)))
(try (either.Either.Left "x") (except [e TypeError] (print e)))
"""
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
def test_a_lock_is_the_same_whatever_machine_writes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Crates()
    machines = {
        "aarch64-apple-darwin": {"errno", "libc"},
        "x86_64-pc-windows-msvc": {"windows-sys", "windows-link"},
        "riscv64gc-unknown-linux-gnu": {"errno", "libc", "windows-sys", "windows-link"},
    }
    locks = []
    for machine, needs in machines.items():
        monkeypatch.setattr(cargo, "host", lambda machine=machine: machine)
        locks.append(room.resolve([room.spec("errno@^0.3")], []))
        assert {pin.name for pin in room.wanted(locks[-1])} == needs | {"errno"}
    assert locks[0] == locks[1] == locks[2]
    assert all(pin.licence for pin in locks[0])


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

    def test_hints_are_given_in_lisp(self, tmp_path: Path) -> None:
        (tmp_path / "hinted.hy").write_text(HINTED)
        beside = Path(sys.executable).parent
        for words in (["polyhy", "add", "crates:either", "--yes"], ["hy", "hinted.hy"]):
            command = [str(beside / words[0]), *words[1:]]
            done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == ["1", "args[0]: an int is wanted, and this is a str"]

    def test_help_shows_a_class_with_its_signatures_and_text(
        self, crate: Callable[..., Any]
    ) -> None:
        regex = crate("regex")
        shown = pydoc.plain(pydoc.render_doc(regex.Regex))
        assert "A compiled regular expression for searching Unicode haystacks" in shown
        assert "is_match(self, /, haystack)" in shown
        assert str(inspect.signature(regex.Regex.replace_all)) == "(self, /, haystack, rep)"
        assert "Returns true if and only if there is a match" in regex.Regex.is_match.__doc__

    def test_traits_on_types_of_others_are_functions(self, crate: Callable[..., Any]) -> None:
        heck = crate("heck")
        assert heck.ToSnakeCase.to_snake_case("helloWorld") == "hello_world"
        assert str(inspect.signature(heck.ToSnakeCase.to_snake_case)) == "(self)"
        with pytest.raises(TypeError, match="a str is wanted"):
            heck.ToSnakeCase.to_snake_case(1)

    def test_it_is_compiled_once(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        env = linked("hex", tmp_path)
        first = kept.built([env], "hex", {})
        capfd.readouterr()
        assert kept.built([env], "hex", {}) == first
        assert capfd.readouterr().err == ""
        said = json.loads((first[0] / kept.SKIPS).read_text())
        assert said["bound"] == said["total"] > 0

    def test_a_crate_that_was_not_asked_for_is_not_imported(self, tmp_path: Path) -> None:
        from polyhy.errors import NotInstalled

        with pytest.raises(NotInstalled, match="polyhy sync"):
            kept.built([linked("hex", tmp_path)], "regex", {})


def programs_of(spec: str, folder: Path) -> dict[str, Sequence[str]]:
    """The commands of a crate that is linked in `folder`."""
    room = Crates()
    pin = next(p for p in room.resolve([room.spec(spec)], []) if "asked" in p.native)
    return dict(room.programs(pin, linked(spec, folder)))


@pytest.mark.registry
def test_a_name_may_be_written_with_dashes_for_underscores() -> None:
    room = plugins.ecosystem("crates")
    spec = room.spec("any-ascii")
    (pin,) = room.resolve([spec], [])
    assert pin.name == "any_ascii"
    assert room.answers(spec, pin)


@pytest.mark.registry
class TestPrograms:
    """What a crate brings as commands is compiled when it is wanted."""

    def test_a_library_brings_none(self, tmp_path: Path) -> None:
        assert programs_of("hex", tmp_path) == {}

    @pytest.mark.crates
    @pytest.mark.slow
    def test_ripgrep_is_compiled_once_and_finds_what_is_there(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "poem.txt").write_text("one\ntwo\n")
        (tmp_path / "first").mkdir()
        command = programs_of("ripgrep", tmp_path / "first")["rg"]
        done = subprocess.run(
            [*command, "-n", "t.o", "poem.txt"], cwd=tmp_path, capture_output=True
        )
        assert done.stdout == b"2:two\n"
        capfd.readouterr()
        (tmp_path / "second").mkdir()
        assert programs_of("ripgrep", tmp_path / "second")["rg"] == command
        assert "building" not in capfd.readouterr().err


@pytest.mark.registry
class TestAnyOrder:
    """Whatever is called, in any order: it is answered or refused, and the process lives."""

    @pytest.mark.parametrize("seed", [1, 2])
    @pytest.mark.parametrize("name", ["regex", "semver"])
    def test_random_calls_never_crash(
        self, crate: Callable[..., Any], name: str, seed: int
    ) -> None:
        words = [sys.executable, str(CHAOS), crate(name).__file__, name, str(seed), "3000"]
        done = subprocess.run(words, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout.startswith(b"3000 calls: {'answered'")


@pytest.mark.crates
@pytest.mark.slow
@pytest.mark.registry
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.spec)
def test_a_crate_gives_the_right_answer(crate: Callable[..., Any], call: Call) -> None:
    assert eval(call.text, {"m": crate(call.spec)}) == call.answer
