"""Sources and headers: of the system, of the project, in line; their errors at their lines."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy import plugins
from polyhy.bridges.cpp import find
from polyhy.bridges.cpp.errors import CppSyntaxError
from polyhy.errors import (
    MissingTool,
    NoSuchFile,
    NotLocked,
    SpecError,
    UnknownPackage,
    UsageError,
)
from polyhy.guests import host
from polyhy.packages import install
from polyhy.spec import Spec


class TestInline:
    def test_an_expression_has_a_value(self) -> None:
        assert polyhy.evaluate("cpp", "40 + 2") == 42
        assert polyhy.evaluate("cpp", "[](int x) { return x * 2; }(4) // doubled") == 8

    def test_declarations_are_a_module(self) -> None:
        lib = polyhy.evaluate("cpp", "int inline_two() { return 2; }\nint inline_n = 3;")
        assert lib.__all__ == ["inline_n", "inline_two"]
        assert (lib.inline_two(), lib.inline_n) == (2, 3)
        lib.inline_n = 5
        assert lib.inline_n == polyhy.evaluate("cpp", "inline_n") == 5

    def test_the_same_source_is_compiled_once(self) -> None:
        source = "int compiled_once() { return 1; }"
        assert polyhy.evaluate("cpp", source) is polyhy.evaluate("cpp", source)

    def test_a_macro_has_its_value(self) -> None:
        assert polyhy.evaluate("cpp", "#define OF_A_TEST 0x10\n").OF_A_TEST == 16

    @pytest.mark.parametrize(
        ("source", "line"),
        [("int bad() {\n  return nothing; }", 11), ("nothing + 1", 10), ("\nint f( {", 11)],
    )
    def test_an_error_stands_at_its_line(self, source: str, line: int) -> None:
        with pytest.raises(CppSyntaxError) as caught:
            polyhy.evaluate("cpp", source, origin="prog.hy:10")
        assert caught.value.origin == f"prog.hy:{line}"
        assert caught.value.lineno == line

    def test_what_has_no_such_name_says_so(self) -> None:
        with pytest.raises(AttributeError, match="has no 'no_such_name'"):
            _ = polyhy.evaluate("cpp", "int named() { return 1; }").no_such_name


class TestCells:
    def test_what_is_declared_is_bound_and_statements_run(self) -> None:
        names: dict[str, Any] = {}
        assert host.cell("cpp", "int cell_x = 5;", "cell:1", names) is None
        host.cell("cpp", "cell_x += 2;", "cell:2", names)
        assert host.cell("cpp", "cell_x * 2", "cell:3", names) == 14
        host.cell("cpp", "int cell_f(int y) { return y + cell_x; }", "cell:4", names)
        assert names["cell_f"](1) == 8

    def test_an_error_is_told(self) -> None:
        with pytest.raises(CppSyntaxError, match="undeclared identifier 'no_such'"):
            host.cell("cpp", "no_such += 2;", "cell:1", {})

    @pytest.mark.parametrize(
        ("source", "more"), [("int f() {", True), ("int f() { // }", True), ("f(1)", False)]
    )
    def test_an_open_bracket_waits_for_more(self, source: str, more: bool) -> None:
        assert host.incomplete("cpp", source) is more


class TestFiles:
    def test_a_header_of_ones_own_with_its_library(self, tmp_path: Path, run: Any) -> None:
        (tmp_path / "geo.hpp").write_text("#include <part.hpp>\nnamespace geo { int four(); }")
        (tmp_path / "inner").mkdir()
        (tmp_path / "inner" / "part.hpp").write_text("inline int five() { return 5; }")
        (tmp_path / "geo.cpp").write_text("namespace geo { int four() { return 4; } }")
        words = ["g++", "-shared", "-fPIC", "-o", "libgeo.so", "geo.cpp"]
        subprocess.run(words, cwd=tmp_path, check=True)
        (tmp_path / "main.hy").write_text(
            '(import-from "cpp" "./geo.hpp" :include "inner" :lib "./libgeo.so")\n'
            "(print (geo.geo.four) (geo.five))"
        )
        done = run("polyhy", "run", "main.hy", cwd=tmp_path)
        assert (done.stdout, done.stderr) == ("4 5\n", "")

    def test_a_source_is_compiled_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "own.cpp").write_text("int of_own_source() { return 6; }")
        assert polyhy.import_from("cpp", str(tmp_path / "own.cpp"), ["of_own_source"])[0]() == 6

    def test_an_error_stands_in_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "bad.hpp").write_text("\nint of_bad() { return nothing; }")
        with pytest.raises(CppSyntaxError) as caught:
            polyhy.import_from("cpp", str(tmp_path / "bad.hpp"))
        assert caught.value.origin == f"{tmp_path / 'bad.hpp'}:2"

    def test_what_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(NoSuchFile, match=r"no\.hpp"):
            polyhy.import_from("cpp", "./no.hpp")
        (tmp_path / "alone.hpp").write_text("int of_alone();")
        with pytest.raises(UsageError, match=r"no shared object '\./no\.so'"):
            polyhy.import_from("cpp", str(tmp_path / "alone.hpp"), lib="./no.so")


class TestSystem:
    def test_a_header_only_library_is_imported_by_its_header(self) -> None:
        json = polyhy.import_from("cpp", "nlohmann/json.hpp", ["json"])[0]
        value = json.parse('{"a": [1, 2], "b": "é"}')
        assert value.dump() == '{"a":[1,2],"b":"é"}'
        assert (value["a"][1].get["int"](), value["b"].get["std::string"]()) == (2, "é")

    def test_one_in_a_folder_of_its_own_is_found(self) -> None:
        eigen = polyhy.import_from("cpp", "Eigen/Dense")
        m = eigen.MatrixXd(2, 2)
        for place, x in enumerate([1, 2, 3, 4]):
            m[place // 2, place % 2] = x
        assert m.determinant() == -2.0
        assert str(m) == "1 2\n3 4"

    def test_the_standard_library_is_imported_by_name(self) -> None:
        numeric = polyhy.import_from("cpp", "numeric")
        assert numeric.gcd(12, 18) == 6

    def test_it_is_locked_with_its_version_and_hash(self, project: Path) -> None:
        install.add(project, [Spec.parse("cpp:nlohmann>=3/json.hpp")])
        lock = (project / "polyhy.lock").read_text()
        assert "pkg:generic/nlohmann@3." in lock
        assert "sha256:" in lock

    def test_what_is_missing_names_the_systems_package(
        self, project: Path, monkeypatch: Any
    ) -> None:
        with pytest.raises(NotLocked, match=r"polyhy add cpp:no/such\.hpp"):
            polyhy.import_from("cpp", "no/such.hpp")
        with pytest.raises(UnknownPackage, match="apt-get install libno-dev"):
            install.add(project, [Spec.parse("cpp:no/such.hpp")])
        assert "libeigen3-dev" in find.install_command("Eigen/Dense")

    @pytest.mark.parametrize(
        ("range", "fits"), [("", True), ("^3", True), (">=3,<4", True), ("2", False)]
    )
    def test_a_range_is_compared(self, range: str, fits: bool) -> None:
        room = plugins.ecosystem("cpp")
        assert room.satisfied(Spec("cpp", "nlohmann", range, "json.hpp")) is fits

    def test_what_is_no_range_is_refused(self) -> None:
        with pytest.raises(SpecError, match=r"not one of C\+\+'s"):
            plugins.ecosystem("cpp").resolve([Spec("cpp", "nlohmann", "x", "json.hpp")], [])


class TestProcess:
    def test_a_forked_child_may_go_on(self) -> None:
        program = """
import os, polyhy
assert polyhy.evaluate("cpp", "1 + 1") == 2
child = os.fork()
if not child:
    os._exit(0 if polyhy.evaluate("cpp", "2 + 2") == 4 else 1)
assert os.waitpid(child, 0)[1] == 0
"""
        subprocess.run([sys.executable, "-c", program], check=True, timeout=100)

    def test_signals_stay_with_whom_they_were(self) -> None:
        """cling would take them: other runtimes do their work by some."""
        program = """
import polyhy
def caught():
    with open("/proc/self/status") as status:
        return [line for line in status if line.startswith("SigCgt")]
before = caught()
assert polyhy.evaluate("cpp", "1 + 1") == 2
assert caught() == before
"""
        subprocess.run([sys.executable, "-c", program], check=True, timeout=100)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_it_shares_the_process_with_other_languages(self) -> None:
        program = """
import polyhy
twice = polyhy.evaluate("js", "(x) => 2 * x")
assert twice(polyhy.evaluate("cpp", "20 + 1")) == 42
assert polyhy.evaluate("lua", "return 1") == polyhy.evaluate("c", "int one() {return 1;}").one()
"""
        subprocess.run([sys.executable, "-c", program], check=True, timeout=100)

    def test_without_cppyy_it_says_what_to_install(self, monkeypatch: Any) -> None:
        from polyhy.bridges.cpp import engine

        monkeypatch.setattr(engine.util, "find_spec", lambda name: None)
        with pytest.raises(MissingTool, match=r"pip install 'polyhy\[cpp\]'"):
            engine.cppyy.__wrapped__()
