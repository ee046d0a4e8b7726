"""What came of a command: its output, what it complained of, its exit code."""

from __future__ import annotations

from typing import NamedTuple

from polyhy.errors import GuestError


class ShError(GuestError):
    """A command that ended with another exit code than 0; `value` is its `Done`."""

    type_name = "ShError"
    language = "sh"


class Done(NamedTuple):
    """True where the exit code is 0; as text, its output without the line break at the end.

    >>> done = Done("a\\nb\\n", "", 0)
    >>> str(done), list(done.lines), bool(done), bool(Done("", "no", 1))
    ('a\\nb', ['a', 'b'], True, False)
    """

    out: str | bytes
    err: str | bytes
    code: int

    @property
    def lines(self) -> list[str] | list[bytes]:
        return self.out.splitlines()

    def check(self) -> Done:
        """Return itself; ShError where the exit code is not 0."""
        if self.code:
            said = self.err if isinstance(self.err, str) else self.err.decode("utf-8", "replace")
            message = f"exit code {self.code}: {said.strip()}".rstrip(": ")
            raise ShError(message=message, value=self)
        return self

    def __bool__(self) -> bool:
        return self.code == 0

    def __str__(self) -> str:
        text = self.out if isinstance(self.out, str) else repr(self.out)
        return text.removesuffix("\n")
