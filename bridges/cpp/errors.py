"""What can go wrong with C++: it throws, it does not compile, a header is not here."""

from __future__ import annotations

import re

from polyhy.errors import Frame, GuestError, GuestSyntaxError, PackageError

_COMPLAINT = re.compile(
    r"^(?P<file>[^\n:]+):(?P<line>\d+):\d+: (?:fatal )?error: (?P<text>.*)$", re.MULTILINE
)


class CppError(GuestError):
    """A C++ exception: every class that derives from std::exception derives from this, too.

    What was thrown is caught by its own class or a base of it, and has its members.
    """

    language = "cpp"

    @property
    def type_name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return type(self).__cpp_name__  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def message(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.what()  # pyright: ignore[reportAttributeAccessIssue]


class CppSyntaxError(GuestSyntaxError):
    """C++ that does not compile: the compiler's words, at the line of the Hy file."""


class MissingHeader(PackageError, LookupError):
    """A header that no folder of the compiler has."""

    text = "this machine has no C++ header {name!r}"
    hint = "run: {command}"


def refused(said: str, origin: str) -> CppSyntaxError:
    """The error for what the compiler wrote about a source that stands at `origin`."""
    found = [match.groupdict() for match in _COMPLAINT.finditer(said)]
    frames = tuple(Frame(each["file"], int(each["line"]), "") for each in found)
    message = found[0]["text"] if found else said.strip()[:2000]
    where = f"{frames[0].file}:{frames[0].line}" if frames else origin
    return CppSyntaxError(
        type_name="C++", message=message, language="cpp", frames=frames, origin=where
    )
