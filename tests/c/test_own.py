"""C of the project's own: inline, in files, headers with objects; macros and static inlines."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import polyhy
from polyhy.bridges.c.bridge import C as Bridge
from polyhy.bridges.c.errors import CSyntaxError
from polyhy.errors import GuestSyntaxError, NoSuchFile, UnknownOption, UsageError

C = Callable[[str], Any]


class TestInline:
    def test_a_source_is_a_module_of_what_it_defines(self, c: C) -> None:
        lib = c("#include <math.h>\n#define TEN 10\ndouble f(double x) { return sqrt(x) * 2; }")
        assert lib.f(9) == 6.0
        assert lib.TEN == 10
        assert set(lib.__all__) == {"f", "TEN"}

    @pytest.mark.parametrize(
        ("source", "line", "said"),
        [
            ("int f(int x) {\n  return y;\n}", 8, "undeclared identifier 'y'"),
            ("\n\nint f(", 9, "expected"),
            ("#include <no/such/header.h>", 7, "no/such/header.h"),
        ],
    )
    def test_what_is_wrong_is_said_at_the_line_of_the_hy_file(
        self, source: str, line: int, said: str
    ) -> None:
        with pytest.raises(CSyntaxError) as caught:
            polyhy.evaluate("c", source, origin="prog.hy:7")
        assert isinstance(caught.value, GuestSyntaxError)
        assert said in caught.value.message
        assert (caught.value.frames[0].file, caught.value.frames[0].line) == ("prog.hy", line)
        assert caught.value.origin == f"prog.hy:{line}"

    def test_what_is_declared_and_not_defined_is_the_linkers_error(self, c: C) -> None:
        with pytest.raises(CSyntaxError, match="undefined reference to `g'"):
            c("int g(void); int f(void) { return g(); }")

    def test_empty_parentheses_mean_no_parameters(self, c: C) -> None:
        assert c("int five() { return 5; }").five() == 5

    def test_the_same_source_is_compiled_once(self, c: C, monkeypatch: pytest.MonkeyPatch) -> None:
        source = "int once(void) { return 1; }"
        assert c(source).once() == 1
        monkeypatch.setattr(subprocess, "run", None)
        assert c(source).once() == 1

    def test_a_cell_binds_what_it_defines(self) -> None:
        bridge, names = Bridge(), {}
        bridge.start([])
        assert bridge.cell("int two(void) { return 2; }", "cell:1", names) is None
        assert names["two"]() == 2

    @pytest.mark.parametrize(
        ("source", "more"),
        [
            ("int f(void) {", True),
            ("int f(void) { return 1; }", False),
            ("int x = '{';", False),
            ('char *s = "(((";', False),
            ("/* open", True),
            ("#define A \\", True),
            ("// {", False),
        ],
    )
    def test_a_prompt_knows_when_more_must_follow(self, source: str, more: bool) -> None:
        assert Bridge().incomplete(source) is more


class TestFiles:
    def test_a_source_beside_the_program_is_compiled(self, tmp_path: Path, run: Any) -> None:
        (tmp_path / "thing.c").write_text("int three(void) { return 3; }")
        (tmp_path / "main.hy").write_text('(import-from "c" "./thing.c")\n(print (thing.three))')
        done = run("polyhy", "run", "main.hy", cwd=tmp_path)
        assert (done.stdout, done.stderr) == ("3\n", "")

    def test_a_change_of_the_source_is_seen(self, tmp_path: Path) -> None:
        file = tmp_path / "thing.c"
        for number in (1, 2):
            file.write_text(f"int number(void) {{ return {number}; }}")
            from polyhy.bridges.c.own import file as load

            assert load(file).number() == number

    def test_an_error_stands_at_the_line_of_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "bad.c").write_text("\nint f(void) { return nothing; }")
        with pytest.raises(CSyntaxError) as caught:
            polyhy.import_from("c", str(tmp_path / "bad.c"))
        assert caught.value.origin == f"{tmp_path / 'bad.c'}:2"

    def test_a_header_is_bound_with_its_object(self, header: Callable[..., Any]) -> None:
        lib = header(
            "int five(void); static inline int six(void) { return 6; }",
            "int five(void) { return 5; }",
        )
        assert (lib.five(), lib.six()) == (5, 6)

    def test_an_object_is_looked_for_beside_the_header(self, tmp_path: Path, run: Any) -> None:
        (tmp_path / "thing.h").write_text("int four(void);")
        (tmp_path / "x.c").write_text("int four(void) { return 4; }")
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-o", "libthing.so", "x.c"], cwd=tmp_path, check=True
        )
        (tmp_path / "main.hy").write_text(
            '(import-from "c" "./thing.h" :lib "./libthing.so")\n(print (thing.four))'
        )
        done = run("polyhy", "run", "main.hy", cwd=tmp_path)
        assert (done.stdout, done.stderr) == ("4\n", "")

    def test_what_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(NoSuchFile, match=r"no c file '\./no\.h'|no C file"):
            polyhy.import_from("c", "./no.h")
        with pytest.raises(NoSuchFile, match="a library is named without its header"):
            polyhy.import_from("c", "curl/curl.h")
        (tmp_path / "a.h").write_text("int a(void);")
        with pytest.raises(UsageError, match=r"no shared object '\./no\.so' beside"):
            polyhy.import_from("c", str(tmp_path / "a.h"), lib="./no.so")

    def test_an_unknown_option_is_refused_with_those_there_are(self) -> None:
        with pytest.raises(UnknownOption, match='did you mean "fast"'):
            polyhy.import_from("c", "m", fas=True)
        with pytest.raises(UsageError, match="a header of your own"):
            polyhy.import_from("c", "zlib", lib="x")


class TestMacros:
    def test_constants_have_their_values(self, c: C, zlib: Any, libc: Any) -> None:
        lib = c(
            """
            #define INT 0x10UL
            #define OCTAL 010
            #define NEGATIVE (-3)
            #define SHIFTED (1u << 31)
            #define REAL 2.5
            #define TEXT "a" "b"
            #define ALIAS INT
            #define LETTER 'x'
            enum color { RED, GREEN = 5 };
            static const int fixed = 9;
            """
        )
        got = [getattr(lib, name) for name in ("INT", "OCTAL", "NEGATIVE", "SHIFTED", "REAL")]
        assert got == [16, 8, -3, 2**31, 2.5]
        assert (lib.TEXT, lib.ALIAS, lib.LETTER, lib.GREEN, lib.fixed) == ("ab", 16, 120, 5, 9)
        assert lib.color.GREEN == 5
        assert (1, zlib.zlibVersion()) == (zlib.Z_BEST_SPEED, zlib.ZLIB_VERSION)
        assert libc.INT_MAX == 2**31 - 1

    def test_those_with_parameters_are_functions(self, c: C, zlib: Any, libm: Any) -> None:
        lib = c('#define TWICE(x) ((x) * 2)\n#define NAME(n) (n > 0 ? "yes" : "no")\nint f(void);')
        assert (lib.TWICE(4), lib.TWICE(1.25), lib.NAME(1)) == (8, 2.5, "yes")
        assert lib.TWICE(2**40) == 2**41
        assert "#define TWICE(x)" in lib.TWICE.__doc__
        stream = zlib.z_stream()
        assert zlib.deflateInit(stream, 6) == zlib.deflateEnd(stream) == zlib.Z_OK
        assert libm.isnan(float("nan")) != 0

    def test_a_macro_that_names_a_function_is_that_function(
        self, header: Callable[..., Any]
    ) -> None:
        lib = header(
            "int real_name(void);\n#define nice real_name\n", "int real_name(void) { return 8; }"
        )
        assert lib.nice() == 8

    def test_pointers_that_are_numbers_keep_their_type(self, sqlite: Any) -> None:
        assert (
            "-1" in str(sqlite.ffi.cast("intptr_t", sqlite.SQLITE_TRANSIENT))
            or sqlite.SQLITE_TRANSIENT
        )
        _, db = sqlite.sqlite3_open(":memory:")
        _, statement, _ = sqlite.sqlite3_prepare_v2(db, "select ?")
        assert statement.bind_text(1, "héllo", -1, sqlite.SQLITE_TRANSIENT) == 0
        assert statement.step() == sqlite.SQLITE_ROW
        assert statement.column_text(0) == "héllo"
        statement.finalize()
        db.close()


class TestVariables:
    def test_they_are_read_anew_each_time_and_written_through_raw(self, c: C) -> None:
        lib = c('int count = 3; const char *word = "w"; void up(void) { count++; }')
        assert (lib.count, lib.word) == (3, "w")
        lib.up()
        assert lib.count == 4
        lib.raw.count = 9
        assert lib.count == 9

    def test_those_that_are_const_have_their_values(self, c: C) -> None:
        lib = c(
            'const int answer = 42; const double half = 0.5; const char *const word = "w";'
            'const char letters[] = "text"; const int several[] = {1, 2};'
        )
        assert (lib.answer, lib.half, lib.word, lib.letters) == (42, 0.5, "w", "text")
        assert lib.several == [1, 2]
