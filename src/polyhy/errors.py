"""One tree of errors: what happened, where, and the next command. Texts and hints are data."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, NamedTuple


class Frame(NamedTuple):
    """One line of a guest's stack, innermost first in `GuestError.frames`."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"at {self.function or '<top>'} ({self.file}:{self.line})"


class _Data:
    """What stands in the braces of a text: the data of an error, or what its class has for it."""

    def __init__(self, error: PolyhyError) -> None:
        self._error = error

    def __getitem__(self, name: str) -> Any:
        usual = getattr(type(self._error), name, "")
        return vars(self._error).get(name, usual if isinstance(usual, str) else "")


class PolyhyError(Exception):
    """The root of every error that polyhy raises itself.

    `str(NotLocked(spec="npm:lodash"))` is the text and, on a line of its own, the next command.
    Data given by keyword are attributes; `origin` is `file.hy:line` where it is known.
    """

    text: ClassVar[str] = "{detail}"
    hint: str = ""
    origin: str = ""
    exit_code: ClassVar[int] = 1

    def __init__(self, detail: str = "", /, **data: Any) -> None:
        super().__init__()
        self.__dict__.update(data, detail=detail)

    def __str__(self) -> str:
        data = _Data(self)
        lines = [self.text.format_map(data)]
        if self.origin:
            lines.append(f"  at {self.origin}")
        if self.hint:
            lines.append(f"  {self.hint.format_map(data)}")
        return "\n".join(lines)


# --- what the user wrote


class UsageError(PolyhyError, ValueError):
    """A name, a form or an argument that can't be meant so."""

    exit_code = 2


class SpecError(UsageError):
    text = "{spec!r} is not a package spec: {detail}"
    hint = 'write "lodash", "lodash@^4", "@scope/pkg" or "lodash/fp"'


class UnknownEcosystem(UsageError):
    text = "there is no ecosystem {name!r}"
    hint = "{suggestion}"


class UnknownLanguage(UsageError):
    text = "there is no language {name!r}"
    hint = "{suggestion}"


class UnknownOption(UsageError):
    text = "imports into {language} have no option {name!r}"
    hint = "{suggestion}"


class NoSuchFile(UsageError, ImportError):
    text = "there is no {language} file {file!r} in {where}"
    hint = "a package is imported from its ecosystem; a file by its path: ./{file}"


class NoSuchMember(UsageError, ImportError):
    text = "{spec} has no member {member!r}"
    hint = "{suggestion}"


class ManifestError(UsageError):
    text = "{file}: {detail}"


# --- packages


class PackageError(PolyhyError):
    """Anything that keeps packages from being resolved, fetched or installed."""


class NotLocked(PackageError, ImportError):
    text = "{spec} is not locked"
    hint = "run: polyhy add {spec}"


class NotInstalled(PackageError, ImportError):
    text = "{spec} is locked but not installed"
    hint = "run: polyhy sync"


class Undeclared(UsageError):
    text = "{spec} is not declared in pyproject.toml"
    hint = "declared there: {known}"


class LockError(PackageError):
    text = "{file}: {detail}"
    hint = "restore it from version control, or delete it and run: polyhy sync"


class NewerLock(LockError):
    text = "{file}: a newer polyhy wrote it (format {version})"
    hint = "run: pip install -U polyhy"


class StaleLock(PackageError):
    text = "{file} does not match the manifest: {detail}"
    hint = "run: polyhy sync"
    exit_code = 3


class UnknownPackage(PackageError, LookupError):
    text = "{ecosystem} has no package {name!r}"
    hint = "check the spelling in {origin_of_name}{more}"
    origin_of_name = "the command, the script or pyproject.toml"


class NoSuchVersion(PackageError, LookupError):
    text = "{ecosystem} has no version of {name} that satisfies {version}"
    hint = "{available}"


class Offline(PackageError, ConnectionError):
    text = "the {ecosystem} registry can't be reached: {detail}"
    hint = "nothing was changed; try again when the network is back"


class MissingTool(PackageError):
    text = "{tool} is not installed, and {need}"
    hint = "run: {command}"
    exit_code = 4


class NoBundle(UsageError):
    text = "{file} is no bundle"
    hint = "make one where the packages are installed: polyhy bundle DIR"


class NoProgram(PackageError, LookupError):
    text = "{spec} brings no command {name!r}"
    hint = "{suggestion}"


class Conflict(PackageError):
    text = "{spec} is asked in two ways: {detail}"
    hint = "declare one range that suits both in pyproject.toml: it decides"


class PolicyRefused(PackageError):
    """What the `[tool.polyhy]` settings of the project do not let in."""


class LicenceRefused(PolicyRefused):
    text = "the licence policy does not let in {detail}"
    hint = "another version may suit, or name it in allow-licenses of [tool.polyhy]"


class TooYoung(PolicyRefused):
    text = "{spec} is younger than minimum-release-age allows: {detail}"
    hint = "ask for an older version, or name it in minimum-release-age-exempt of [tool.polyhy]"


class NeedsConsent(PolicyRefused):
    """Packages that run code of their own to be built, and nobody agreed yet."""

    text = "to be built, packages run code of their own: {detail}"
    hint = "read it, then run again with --yes, or name them in allow-scripts of [tool.polyhy]"


class WrongBuild(PackageError, ImportError):
    """A package's native code that was built for another runtime than the one that loads it."""

    text = "{file} was built for {built}, and this runtime is {runtime}"
    hint = "run: polyhy sync"


class Tampered(PackageError):
    text = "{what} does not have the hash that polyhy.lock says ({expected})"
    hint = "its registry sends other files now, or the lock was edited: restore polyhy.lock"


class ToolFailed(PackageError):
    text = "{tool} failed: {detail}"


class StoreError(PackageError, OSError):
    text = "can't write {file}: {detail}"
    hint = "the environment in use was not changed"


# --- values and runtimes


class ConversionError(PolyhyError, TypeError):
    """A value that can't cross exactly. `path` says which: `args[0].users[3].id`."""

    text = "{path}: {detail}"


class GuestError(PolyhyError):
    """An error raised inside a guest: `type_name`, `message`, `frames`, and the guest's `value`.

    What the error lacks itself is asked of an object that was thrown: `error.code`.
    """

    type_name: str = "Error"
    message: str = ""
    language: str = ""
    frames: tuple[Frame, ...] = ()
    value: Any = None

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            with suppress(AttributeError, RuntimeUnavailable):
                return getattr(self._thrown(), name)
        what = f"{type(self).__name__!r} object has no attribute {name!r}"
        raise AttributeError(what, name=name, obj=self)

    def __dir__(self) -> list[str]:
        names = set(super().__dir__())
        with suppress(RuntimeUnavailable):
            names.update(dir(self._thrown()))
        return sorted(names)

    def _thrown(self) -> Any:
        """The object that was thrown; of plain data, nobody wants the methods."""
        return None if isinstance(self.value, _PLAIN) else self.value

    def __str__(self) -> str:
        head = f"{self.type_name}: {self.message}" if self.message else self.type_name
        hint = [f"  {self.hint}"] if self.hint else []
        return "\n".join([head, *(f"    {frame}" for frame in self.frames), *hint])


_PLAIN = (bool, int, float, str, bytes, list, tuple, dict)


class _Told:
    """An attribute of a GuestSyntaxError that its frame tells, unless a front sets another."""

    def __init__(self, tell: Callable[[GuestError], Any]) -> None:
        self._tell = tell

    def __get__(self, error: GuestError | None, _: type) -> Any:
        return "" if error is None else self._tell(error)


def _line(error: GuestError) -> str | None:
    """The line of source at which it stands; None where it is not known."""
    import linecache

    frame = error.frames[0] if error.frames else Frame("", 0, "")
    return linecache.getline(frame.file, frame.line) or None


class GuestSyntaxError(GuestError, SyntaxError):  # pyright: ignore[reportIncompatibleVariableOverride]
    """Guest source that does not parse.

    Python's tracebacks show a SyntaxError by these attributes.
    """

    text = _Told(_line)  # pyright: ignore
    end_lineno = end_offset = offset = None  # pyright: ignore
    msg = _Told(lambda e: f"{e.type_name}: {e.message}" if e.message else e.type_name)  # pyright: ignore
    filename = _Told(lambda e: e.frames[0].file if e.frames else None)  # pyright: ignore
    lineno = _Told(lambda e: e.frames[0].line if e.frames else None)  # pyright: ignore


class TimedOut(GuestError, TimeoutError):
    """A guest was stopped because its time was up."""


class OutOfMemory(GuestError, MemoryError):
    """A guest was stopped because it wanted more memory than it may have."""


class Interrupted(PolyhyError):
    """Ctrl-C, where a KeyboardInterrupt would end more than what runs: the loop that serves it."""

    text = "interrupted"


class RuntimeUnavailable(PolyhyError, RuntimeError):
    """A runtime that can't be entered now."""


class Forked(RuntimeUnavailable):
    text = (
        "the {language} runtime was started before this process was forked, and can't be used here"
    )
    hint = "start workers by spawn: multiprocessing.set_start_method('spawn')"


class Stopped(RuntimeUnavailable, ReferenceError):
    text = "this {language} object belongs to a runtime that was stopped"
    hint = "import it again"


class Freed(RuntimeUnavailable, ReferenceError):
    text = "this {language} object was freed with its scope"
    hint = "keep it: scope.keep(x)"


def suggest(name: str, known: list[str] | tuple[str, ...], what: str) -> str:
    """Return `did you mean "npm"?`, or the list of what there is."""
    import difflib

    if close := difflib.get_close_matches(name, known, 1):
        return f'did you mean "{close[0]}"?'
    names = sorted(set(known))
    more = ", …" if len(names) > _MANY else ""
    return f"{what}: {', '.join(names[:_MANY])}{more}"


_MANY = 40
