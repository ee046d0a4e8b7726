"""The manifest and script headers: what they say, how they are edited, and what bad ones get."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyhy import store
from polyhy.errors import ManifestError, SpecError, StoreError
from polyhy.packages import header, manifest
from polyhy.spec import Spec

HEADER = """#!/usr/bin/env hy
;; /// polyhy
;; toy.left = "1.0"     ; this is no TOML comment
;; ///
"""


def declare(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text)
    return folder


def test_a_table_for_each_ecosystem_is_read_sorted(project: Path) -> None:
    declare(
        project,
        '[tool.polyhy.dependencies]\nnpm = {"@a/b" = "^4"}\n'
        '[tool.polyhy.dependencies.toy]\nright = "*"\nleft = ""\n',
    )
    assert manifest.read(project) == [
        Spec("npm", "@a/b", "^4"),
        Spec("toy", "left"),
        Spec("toy", "right"),
    ]


def test_no_manifest_and_one_of_something_else_declare_nothing(project: Path) -> None:
    assert manifest.read(project) == []
    assert manifest.read(declare(project, "[project]\nname = 'x'\n")) == []


def test_what_is_added_is_read_back_and_comments_survive(project: Path) -> None:
    before = '# mine\n[project]\nname = "x"  # its name\n\n[tool.other]\na = [1,   2]\n'
    declare(project, before)
    specs = [Spec("npm", "@a/b", "^4"), Spec("npm", "c"), Spec("toy", "left", "1.0")]
    text = manifest.add(project, specs)
    assert text.startswith(before)
    assert manifest.read(declare(project, text)) == specs
    changed = manifest.add(project, [Spec("npm", "c", "2.x")])
    assert changed == text.replace('c = "*"', 'c = "2.x"')


def test_a_manifest_from_windows_keeps_its_line_ends(project: Path) -> None:
    file = project / "pyproject.toml"
    file.write_bytes(b'\xef\xbb\xbf[tool.polyhy.dependencies.toy]\r\nleft = "1"  # mine\r\n')
    added = manifest.add(project, [Spec("toy", "right")])
    assert added == ('[tool.polyhy.dependencies.toy]\r\nleft = "1"  # mine\r\nright = "*"\r\n')
    store.write(file, added)
    assert manifest.read(project) == [Spec("toy", "left", "1"), Spec("toy", "right")]
    assert file.read_bytes().count(b"\r\n") == file.read_bytes().count(b"\n") == 3


def test_a_manifest_is_begun_where_there_is_none(project: Path) -> None:
    text = manifest.add(project, [Spec("toy", "left")])
    assert text == '[tool.polyhy.dependencies.toy]\nleft = "*"\n'


def test_a_manifest_that_was_begun_reads_well_once_something_is_added(project: Path) -> None:
    store.write(project / "pyproject.toml", manifest.begin(project))
    assert manifest.add(project, [Spec("toy", "left"), Spec("npm", "a", "^1")]) == (
        "[tool.polyhy.dependencies]\n\n"
        '[tool.polyhy.dependencies.toy]\nleft = "*"\n\n'
        '[tool.polyhy.dependencies.npm]\na = "^1"\n'
    )


def test_the_root_is_the_nearest_folder_with_a_lock_or_a_table(project: Path) -> None:
    inner = project / "a" / "b"
    inner.mkdir(parents=True)
    declare(inner, "[project]\nname = 'tool.polyhy'\n")
    assert manifest.find_root(inner) is None
    assert manifest.home(inner) == inner
    assert manifest.home(project) == project
    declare(project, "[tool.polyhy]\n")
    assert manifest.find_root(inner) == manifest.home(inner) == project
    (project / "a" / "polyhy.lock").touch()
    assert manifest.find_root(inner) == project / "a"


@pytest.mark.parametrize(
    ("text", "line", "detail"),
    [
        ("[tool\n", 1, "bad TOML"),
        ("[tool.polyhy.dependencies.toy]\nx = 1\ny = \n", 3, "bad TOML"),
        ("[tool]\npolyhy = 1\n", 0, "tool.polyhy is not a table"),
        ("[tool.polyhy]\ndependencies = 1\n", 0, "tool.polyhy.dependencies is not a table"),
        ("[tool.polyhy.dependencies]\n\ntoi = {}\n", 3, "no ecosystem 'toi'\n  did you mean \"toy"),
        ("[tool.polyhy.dependencies]\ntoy = []\n", 2, "toy is not a table"),
        ("[tool.polyhy.dependencies.toy]\n\nleft = 1\n", 3, "its range is not a text"),
        ("[tool.polyhy.dependencies.toy]\n'a b' = '1'\n", 2, "a character that no name has"),
        ("[tool.polyhy.dependencies.toy]\n'left@1' = '1'\n", 2, "on the right of the ="),
    ],
)
def test_a_bad_manifest_is_an_error_with_its_line(
    project: Path, text: str, line: int, detail: str
) -> None:
    with pytest.raises(ManifestError) as caught:
        manifest.read(declare(project, text))
    where = f"pyproject.toml:{line}: " if line else "pyproject.toml: "
    assert where in str(caught.value)
    assert detail in str(caught.value)
    assert "\n  " in str(caught.value)
    with pytest.raises(ManifestError):
        manifest.add(declare(project, "[tool]\npolyhy = 1\n"), [Spec("toy", "left")])


def test_a_manifest_that_is_not_utf_8_or_no_file_says_so(project: Path) -> None:
    (project / "pyproject.toml").write_bytes(b"a = '\xff'")
    with pytest.raises(ManifestError, match=r"not UTF-8.*\n  save it as UTF-8"):
        manifest.read(project)
    (project / "pyproject.toml").unlink()
    (project / "pyproject.toml").mkdir()
    with pytest.raises(StoreError, match=r"can't read .*pyproject\.toml"):
        manifest.read(project)


def test_a_header_declares_in_the_same_tables() -> None:
    source = HEADER.replace("     ; this is no TOML comment", "")
    assert header.read(source, "x.hy") == [Spec("toy", "left", "1.0")]
    tables = ';; /// polyhy\n;; [toy]\n;;left = "*"\n;; [npm]\n;; "@a/b" = "1"\n;; ///\n'
    assert header.read(tables, "x.hy") == [Spec("npm", "@a/b", "1"), Spec("toy", "left")]
    assert header.read("(print 1)\n", "x.hy") == []


@pytest.mark.parametrize(
    ("source", "line", "detail"),
    [
        (HEADER, 3, "bad TOML"),
        ("\n;; /// polyhy\n;; toy.left = '1'\n", 2, "the header has no end"),
        (";; /// polyhy\n(print 1)\n;; ///\n", 2, "no comment"),
        (";; /// polyhy\n;;\n;; toi.left = '1'\n;; ///\n", 3, "no ecosystem 'toi'"),
        (";; /// polyhy\n;; toy.left = 1\n;; ///\n", 2, "its range is not a text"),
    ],
)
def test_a_bad_header_is_an_error_with_its_line(source: str, line: int, detail: str) -> None:
    with pytest.raises(ManifestError, match=rf"x\.hy:{line}: ") as caught:
        header.read(source, "x.hy")
    assert detail in str(caught.value)


TOML = st.text(alphabet="[]{}=.\"'#\n,toyleftools polyhy.dn=1@^/-\\é\0", max_size=80)


@given(TOML)
def test_any_text_in_a_manifest_is_read_or_an_error_of_ours(text: str) -> None:
    for body in (text, f"[tool.polyhy.dependencies]\n{text}", f"[tool.polyhy]\n{text}"):
        with suppress(ManifestError):
            document = manifest.parse(body, "pyproject.toml", 0)
            specs = manifest.specs(manifest._table(document, "x", "dependencies"), "x", body, 0)
            assert all(Spec.parse(str(spec)) for spec in specs if not spec.version)


@given(st.lists(TOML, max_size=4))
def test_any_text_in_a_header_is_read_or_an_error_of_ours(lines: list[str]) -> None:
    for comment in (";; ", ""):
        body = "\n".join(comment + line for line in lines)
        for source in (f";; /// polyhy\n{body}\n;; ///\n", body):
            with suppress(ManifestError):
                assert isinstance(header.read(source, "{x}.hy"), list)


@given(st.text(max_size=40))
def test_any_spec_is_read_back_from_its_text_or_an_error_of_ours(text: str) -> None:
    for spec_text in (text, f"toy:{text}", f"toy:left@{text}"):
        with suppress(SpecError):
            spec = Spec.parse(spec_text)
            assert Spec.parse(str(spec)) == spec
