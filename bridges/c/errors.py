"""What can go wrong with C: it does not compile, a call is refused, a process crashes."""

from __future__ import annotations

from polyhy.errors import GuestError, GuestSyntaxError, PackageError, PolyhyError


class Refused(Exception):
    """Why an argument can't cross; the function that was called says which one it was."""


class CError(GuestError):
    """A C library that can't be read or used; never a crash, for that ends the process."""


class CSyntaxError(CError, GuestSyntaxError):
    """C that does not compile: the compiler's words, at the line of the Hy file."""


class Crashed(CError):
    """A library that was imported with `:isolate True` ended its process."""


class Freed(PolyhyError, ReferenceError):
    """A handle that was given back to C is used again."""

    text = "{what} was freed"
    hint = "make a new one; what C has freed can't be used again"


class Unbound(PolyhyError, AttributeError):
    """A name that the header declares and that can't be had, with the reason."""

    text = "{name} can't be had from {library}: {detail}"


class MissingLibrary(PackageError, LookupError):
    """A C library whose headers or shared object this machine lacks."""

    text = "this machine has no C library {name!r} to compile against{detail}"
    hint = "{advice}"


class Changed(PackageError):
    """A system library is not the one that was locked."""

    text = "{file} is not the file that polyhy.lock names for {library}@{version}"
    hint = "the system changed it; to use this one: polyhy lock --upgrade {library}; polyhy sync"
