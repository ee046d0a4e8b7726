"""Model: one crate's API as rustdoc writes it, its items found by id and by definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_VALUES = ("function", "constant", "static", "macro", "proc_attribute", "proc_derive")


class Document:
    """One crate's JSON, with its items by id and by the path of their definition."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.index: dict[str, Any] = data["index"]
        self.paths: dict[str, Any] = data["paths"]
        self.externals: dict[str, Any] = data["external_crates"]
        self.root = self.index[str(data["root"])]
        self.name: str = self.root["name"]
        self.version = data.get("crate_version") or ""
        own = (k for k, v in self.paths.items() if v["crate_id"] == 0)
        self.by_key = {self.key(number): number for number in own}

    def get(self, number: Any) -> Any:
        return self.index.get(str(number))

    def definition(self, number: Any) -> tuple[str, ...]:
        """The path where an item is defined: it names the item in all documents."""
        found = self.paths.get(str(number))
        if found:
            return tuple(found["path"])
        item = self.get(number)
        return (self.name, "?", str(number)) if item else ()

    def key(self, number: Any) -> tuple[str, ...]:
        """The definition; that of a value differs, for a type may have the same name."""
        found = self.paths.get(str(number))
        is_value = found is not None and found["kind"] in _VALUES
        return (*self.definition(number), *(["()"] if is_value else []))

    def library(self, number: Any) -> str:
        """The crate that an item is from."""
        found = self.paths.get(str(number))
        if not found or found["crate_id"] == 0:
            return self.name
        return self.externals[str(found["crate_id"])]["name"]


def kind(item: Mapping[str, Any]) -> str:
    """What an item is: `struct`, `function`."""
    return next(iter(item["inner"]))


def inner(item: Mapping[str, Any]) -> Any:
    return next(iter(item["inner"].values()))
