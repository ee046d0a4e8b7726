"""What no file of the project says: addresses of registries, places of one machine."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Each is written in two pieces, so that this file does not say it either.
HOSTS = [
    ("npmjs", r"\.(org|com)"),
    ("yarnpkg", r"\.com"),
    ("npmmirror", r"\.com"),
    ("pypi", r"\.(org|io|python)"),
    ("python", r"hosted\.org"),
    ("crates", r"\.io\b"),
    ("luarocks", r"\.org"),
    ("artifact", r"ory\b"),
]
PLACES = [(r"(?<![\w.*])/", r"(root|work|opt|srv)/\w"), (r"file:///", r"\w")]
FORBIDDEN = [re.compile(first + rest) for first, rest in HOSTS + PLACES]


def said(text: str) -> Iterator[str]:
    """What a text says and may not, each with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        for each in FORBIDDEN:
            if found := each.search(line):
                yield f"{number}: {found[0]}"


def test_no_file_says_where_it_was_made(files: list[Path]) -> None:
    assert len(files) > 100
    found = [f"{f}:{each}" for f in files for each in said((ROOT / f).read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "text", ["https://npm" + "js.org/x", "https://py" + "pi.org/simple", "cd /ro" + "ot/x"]
)
def test_what_may_not_be_said_is_found(text: str) -> None:
    assert len(list(said(f"fine\n{text}"))) == 1


def test_npm_locks_hold_hashes_and_no_addresses(files: list[Path]) -> None:
    locks = [file for file in files if file.name == "package-lock.json"]
    assert locks
    for file in locks:
        packages = json.loads((ROOT / file).read_text("utf-8"))["packages"]
        packages.pop("")
        assert [name for name, entry in packages.items() if "resolved" in entry] == []
        assert [name for name, entry in packages.items() if "integrity" not in entry] == []


def test_the_projects_lock_holds_no_addresses() -> None:
    lock = (ROOT / "polyhy.lock").read_text("utf-8")
    assert "pkg:npm/" in lock
    assert "://" not in lock
