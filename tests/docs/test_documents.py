"""Every fenced block of the documents is run, read or compared: what they show is so.

    hy, python, js, lua   run; python with `>>>` is a doctest
    text, next block      what the block before it prints, exactly; elsewhere a drawing
    sh                    each line is run in a clone, on a machine with nothing but Python
    console               the same for lines with `$ `; what follows one is its output
    toml                  read as a pyproject.toml

Any other language fails.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uv

from polyhy.packages import manifest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "bridges").glob("*/README.md")]
DOCUMENTS += (ROOT / "macros").glob("*.md")
FENCE = re.compile(r"^```(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TESTS = "uv run --extra npm pytest"
PROGRAMS = {"hy": ("block.hy", "polyhy", "run"), "python": ("block.py", "python")}
EXTRAS = {"cpp"}
"""Rooms whose README runs by hand (`-m cpp`), like their tests: what they need is compiled."""
DOCTEST = ("block.txt", "python", "-m", "doctest")


class Block(NamedTuple):
    """A fenced block; `output` is what the document says that it prints."""

    where: str
    language: str
    text: str
    output: str | None = None


def blocks(text: str, name: str) -> Iterator[Block]:
    """The blocks of a document, the outputs joined with what prints them."""
    found = [_block(match, text, name) for match in FENCE.finditer(text)]
    for block, following in pairwise([*found, Block("", "", "")]):
        if block.language == "text":
            continue
        prints = following.language == "text"
        yield block._replace(output=following.text if prints else None)


def _block(match: re.Match[str], text: str, name: str) -> Block:
    line = text.count("\n", 0, match.start()) + 1
    return Block(f"{name}:{line}", match[1], match[2])


def run_program(block: Block, folder: Path) -> None:
    """Run Hy by `polyhy run`, Python by Python; what they import is installed."""
    is_session = block.text.startswith(">>>")
    name, program, *words = DOCTEST if is_session else PROGRAMS[block.language]
    (folder / name).write_text(block.text, "utf-8")
    command = [str(Path(sys.executable).with_name(program)), *words, name]
    expect(block, printed(command, folder, POLYHY_INSTALL="1"))


def run_guest(block: Block, folder: Path) -> None:
    program = "import polyhy, sys; polyhy.evaluate(*sys.argv[1:])"
    words = [sys.executable, "-c", program, block.language, block.text]
    expect(block, printed(words, folder))


def run_shell(block: Block, folder: Path) -> None:
    """Run each command; the suite itself is only looked up in what CI runs."""
    for command, output in commands(block):
        if command.endswith("pytest"):
            assert command.endswith(f"&& {TESTS}") or command == TESTS
            assert TESTS in (ROOT / ".ci" / "run").read_text("utf-8")
            continue
        said = printed(["/bin/bash", "-c", command], folder, PATH=machine(folder))
        expect(block._replace(output=output), said)


def commands(block: Block) -> Iterator[tuple[str, str | None]]:
    """The commands of a block, each with its output if that is shown."""
    text = block.text.replace("\\\n", "")
    if block.language == "console":
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output
        return
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    yield from ((line, block.output if line == lines[-1] else None) for line in lines)


def machine(folder: Path) -> str:
    """A PATH with Python and an active venv that has pip, and nothing else."""
    venv, system = folder / ".venv-of-user", folder / ".system"
    if not venv.exists():
        system.mkdir()
        (system / "python3").symlink_to(Path(sys.base_prefix, "bin", "python3").resolve())
        words = [uv.find_uv_bin(), "venv", "--seed", "--quiet", "--python", str(system / "python3")]
        subprocess.run([*words, str(venv)], check=True, timeout=300)
    return os.pathsep.join([str(venv / "bin"), str(system)])


def read_toml(block: Block, folder: Path) -> None:
    (folder / manifest.FILE).write_text(block.text, "utf-8")
    manifest.read(folder)
    lines = [line for line in block.text.splitlines() if not line.startswith(("#", "["))]
    if "[tool.uv]" in block.text:
        ours = (ROOT / manifest.FILE).read_text("utf-8").splitlines()
        assert [line for line in lines if line not in ours] == []


WAYS: dict[str, Callable[[Block, Path], None]] = {
    **dict.fromkeys(PROGRAMS, run_program),
    **dict.fromkeys(("js", "lua"), run_guest),
    **dict.fromkeys(("sh", "console"), run_shell),
    "toml": read_toml,
}


def check(block: Block, folder: Path) -> None:
    """Do with a block what its language asks for."""
    assert block.language in WAYS, f"{block.where}: no way to check {block.language!r}"
    WAYS[block.language](block, folder)


def expect(block: Block, said: str) -> None:
    if block.output is not None:
        assert said == block.output, block.where


def printed(words: list[str], folder: Path, **variables: str) -> str:
    dropped = {"PYTHONPATH", "VIRTUAL_ENV", "POLYHY_ENV"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    done = subprocess.run(
        words, cwd=folder, env={**kept, **variables}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


ALL = [
    b for file in DOCUMENTS for b in blocks(file.read_text("utf-8"), str(file.relative_to(ROOT)))
]


def params(found: list[Block]) -> Iterator[Any]:
    """Blocks of a room that has a marker of its own carry it."""
    for block in found:
        room = Path(block.where).parent.name
        marks = [getattr(pytest.mark, room)] if room in EXTRAS else []
        yield pytest.param(block, id=f"{block.where}-{block.language}", marks=marks)


@pytest.mark.registry
@pytest.mark.parametrize("block", list(params(ALL)))
def test_a_block_does_what_the_document_says(
    block: Block, clone: Callable[[Path], Path], tmp_path: Path
) -> None:
    check(block, clone(tmp_path) if WAYS.get(block.language) is run_shell else tmp_path)


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_no_fence_of_a_document_escapes(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text.strip()
    fences = re.findall(r"^\s*(?:`{3,}|~{3,})", text, re.MULTILINE)
    assert len(fences) == 2 * len(FENCE.findall(text))


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_to_a_file_of_the_project_leads_there(file: Path) -> None:
    links = re.findall(r"\]\((?!\w+:)([^)#]+)", FENCE.sub("", file.read_text("utf-8")))
    assert [link for link in links if not (file.parent / link).exists()] == []


def test_the_readme_tells_how_to_run_the_tests() -> None:
    assert any(TESTS in b.text for b in ALL if b.where.startswith("README") and b.language == "sh")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```hy\n(print 1)\n```\nand so\n```text\n2\n```\n", "'1\\\\n' == '2\\\\n'"),
        ('```hy\n(raise (OSError "x"))\n```\n', "OSError: x"),
        ("```python\n>>> 1\n2\n\n```\n", "Expected:"),
        ("```python\nprint(3)\n```\n\n```text\n4\n```\n", "'3\\\\n' == '4\\\\n'"),
        ("```js\nthrow Error('no')\n```\n", "no"),
        ("```lua\nerror('no')\n```\n", "no"),
        ("```sh\necho lost; false\n```\n", "lost"),
        ("```console\n$ echo a\nb\n```\n", "'a\\\\n' == 'b\\\\n'"),
        ("```sh\nuv run pytest\n```\n", "pytest"),
        ("```ini\nx = 1\n```\n", "no way to check 'ini'"),
        ("```\nx = 1\n```\n", "no way to check ''"),
    ],
)
def test_a_document_that_is_wrong_fails(text: str, said: str, tmp_path: Path) -> None:
    block = next(blocks(text, "sample"))
    with pytest.raises(AssertionError, match=said):
        check(block, tmp_path)


def test_an_empty_manifest_table_or_bad_toml_fails(tmp_path: Path) -> None:
    from polyhy.errors import ManifestError

    for text in ("x = \n", "[tool.polyhy.dependencies.nmp]\nlodash = '4'\n"):
        with pytest.raises(ManifestError):
            check(Block("sample:1", "toml", text), tmp_path)
