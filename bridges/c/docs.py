"""Comments of headers as documentation: without their stars and the marks of doxygen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any


def clean(comment: str) -> str:
    """A comment's text without its stars, slashes and marks of doxygen."""
    text = re.sub(r"^\s*(?:/\*+[!<]*|//[/!]*<?)|\*+/\s*$", "", comment.strip())
    lines = (re.sub(r"^\s*(?:\*+(?!\w)|//[/!]*<?)? ?", "", line) for line in text.splitlines())
    text = "\n".join(line.rstrip() for line in lines).strip()
    text = re.sub(r"[@\\](?:brief|short|details)\s+", "", text)
    text = re.sub(r"[@\\]param(?:\[[\w,]+\])?\s+(\w+)", r"\1:", text)
    text = re.sub(r"[@\\](?:returns?|result)\b", "Returns", text)
    return re.sub(r"[@\\](?:c|p|a|e|ref)\s+(\S+)", r"\1", text)


def settle(records: Mapping[str, dict[str, Any]]) -> None:
    """Give comments that stand behind their functions, as in zlib.h, to those."""
    files: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for name, record in records.items():
        if record["kind"] == "function":
            files.setdefault(record["where"].rpartition(":")[0], []).append((name, record))
    for functions in files.values():
        ahead = sum(name in record["doc"] for name, record in functions)
        behind = sum(
            before in record["doc"] and name not in record["doc"]
            for (before, _), (name, record) in pairwise(functions)
        )
        if behind > max(ahead, 2):
            docs = [record["doc"] for _, record in functions[1:]]
            for (_, record), doc in zip(functions, [*docs, ""], strict=True):
                record["doc"] = doc
