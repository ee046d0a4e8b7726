"""Cells of a prompt: output as it comes, and variables that are the session's names."""

from __future__ import annotations

import codecs
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polyhy import owner

from .quoting import words

if TYPE_CHECKING:
    from .bridge import Sh

Value = str | list[str]

_USED = re.compile(r"\$\{?[#!]?([A-Za-z_]\w*)")
_NUMBERS = re.compile(r"\(\((.*?)\)\)", re.DOTALL)
_OPEN = re.compile(rb"unexpected (?:end of file|EOF)|delimited by end-of-file")
_REPORT = r"""
for polyhy_name in $(compgen -v); do
  declare -n polyhy_value=$polyhy_name
  case ${polyhy_value[@]@a} in
    *A*) ;;
    *a*) printf '%s\0%s\0' "$polyhy_name" ${#polyhy_value[@]}; printf '%s\0' "${polyhy_value[@]}" ;;
    *) printf '%s\0-\0%s\0' "$polyhy_name" "$polyhy_value" ;;
  esac
done
unset -n polyhy_value; unset polyhy_name
printf '\0'; compgen -A function; true
"""
"""Writes each variable with the number of its items (`-` where it is no array), then functions."""


class Cells:
    """What the cells of one shell know from one to the next."""

    def __init__(self, shell: Sh) -> None:
        self.shell, self.code = shell, 0
        self.known, _ = self._report()
        self.own = frozenset(self.known)

    def run(self, source: str, origin: str, names: MutableMapping[str, Any]) -> int | None:
        """Run a cell. Its value is its exit code, where that is not 0."""
        head, some = self._given(source, names)
        shown = {str(self.shell.script): origin.rpartition(":")[0] or origin}
        self.code = self.shell.run(head + source, origin, some, partial(_printed, shown)).code
        if not self.shell.lost:
            self._share(names)
        return self.code or None

    def _given(self, source: str, names: Mapping[str, Any]) -> tuple[str, list[str]]:
        """Source that sets the variables which are names of the session, and its words."""
        text, all_words = "", []
        for name in _used(source):
            if name in self.own or name not in names:
                continue
            value, first = words(names[name], name), len(all_words) + 1
            if isinstance(names[name], (list, tuple)):
                text += f'{name}=("${{@:{first}:{len(value)}}}"); '
                self.known[name] = value
            else:
                text += f'{name}="${{{first}}}"; '
                self.known[name] = value[0]
            all_words += value
        return f"{text}set --; (exit {self.code}); ", all_words

    def _share(self, names: MutableMapping[str, Any]) -> None:
        """Give the session what the cell has set, and the functions that it defined."""
        now, functions = self._report()
        for name, value in now.items():
            if name not in self.own and self.known.get(name) != value:
                names[name] = value
        self.known = now
        for name in functions:
            if name.isidentifier() and name not in names:
                names[name] = getattr(self.shell.globals(), name)

    def _report(self) -> tuple[dict[str, Value], list[str]]:
        done = self.shell.run(_REPORT, "<names>:1", [])
        said = done.out if isinstance(done.out, str) else done.out.decode("utf-8", "replace")
        *items, functions = said.split("\0")
        rest, found = iter(items), {}
        while name := next(rest, ""):
            count = next(rest)
            found[name] = next(rest) if count == "-" else [next(rest) for _ in range(int(count))]
        return found, functions.split()


class Followed:
    """What a command writes into a file, passed on as it comes."""

    def __init__(self, file: Path) -> None:
        file.write_bytes(b"")
        self.stream = file.open("rb")
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.replaced: Mapping[str, str] = {}
        self.begun = ""

    @owner.shelter
    def pass_on(self, to: Any, *, last: bool = False) -> None:
        """Write what is new: whole lines only, where texts in them are replaced."""
        text = self.begun + self.decode(self.stream.read(), last)
        whole = text if last or not self.replaced else text[: text.rfind("\n") + 1]
        self.begun = text[len(whole) :]
        for old, new in self.replaced.items():
            whole = whole.replace(old, new)
        if whole:
            to.write(whole)
            to.flush()
        if last:
            self.stream.close()


@contextmanager
def _printed(replaced: Mapping[str, str], *files: Path) -> Iterator[Callable[[], None]]:
    """Print what a command writes into files: what is new, at each call, and the rest at last."""
    out, err = map(Followed, files)
    err.replaced = replaced

    def follow(*, last: bool = False) -> None:
        out.pass_on(sys.stdout, last=last)
        err.pass_on(sys.stderr, last=last)

    try:
        yield follow
    finally:
        follow(last=True)


def _used(source: str) -> list[str]:
    """The variables that a source names: `$x`, `${#x}`, and `x` where it computes."""
    numbers = (re.findall(r"[A-Za-z_]\w*", text) for text in _NUMBERS.findall(source))
    return list(
        dict.fromkeys([*_USED.findall(source), *(name for some in numbers for name in some)])
    )


def incomplete(source: str) -> bool:
    """True where bash read to the end and wanted more."""
    if re.search(r"(?<!\\)(?:\\\\)*\\\n?\Z", source):
        return True
    read = subprocess.run(
        ["bash", "--noprofile", "--norc", "-n"],
        input=source.encode("utf-8", "replace") + b"\n",
        capture_output=True,
        env={"LC_ALL": "C"},
    )
    return _OPEN.search(read.stderr) is not None
