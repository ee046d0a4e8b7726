"""Print the README's table of bound functions, from the extensions that the cache holds.

python tests/rust/crates/table.py     after `pytest tests/rust/test_crates.py -m crates`
"""

from __future__ import annotations

import json
import re
from collections import Counter

from polyhy.bridges.rust import cargo, kept

NAME = re.compile(r"(?P<name>.+?)-(?P<version>\d+\.\d+.*)-[0-9a-f]{16}")


def rows() -> list[str]:
    """A row for each crate: the newest extension of it."""
    found: dict[str, tuple[float, str]] = {}
    for file in (cargo.cache() / "extensions").glob(f"*/{kept.SKIPS}"):
        name = NAME.fullmatch(file.parent.name)
        said = json.loads(file.read_text("utf-8"))
        if name and said["total"] and not name["name"].startswith("inline-"):
            made = file.stat().st_mtime
            row = _row(f"{name['name']} {name['version']}", said)
            found[name["name"]] = max(found.get(name["name"], (0.0, "")), (made, row))
    return [found[name][1] for name in sorted(found)]


def _row(name: str, said: dict) -> str:
    reasons = (re.sub(r"<.*", "<…>", reason) for reason in said["skipped"].values())
    counted = Counter(reason for reason in reasons if reason != "it is unsafe")
    most = next((reason for reason, _ in counted.most_common(1)), "")
    return f"| {name} | {said['bound']} of {said['total']} | {most} |"


if __name__ == "__main__":
    print("\n".join(rows()))
