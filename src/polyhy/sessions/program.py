"""A program's life: read, install what it declares, expand, evaluate, wait for its guests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

from polyhy import plugins
from polyhy.errors import UsageError
from polyhy.guests import host, namespace
from polyhy.packages import env, manifest
from polyhy.sessions import lisp, trace
from polyhy.sessions.declared import declared
from polyhy.spec import Spec

Progress = Callable[[], AbstractContextManager[Callable[[str, int, int], None]]]
"""Makes a context in which progress is shown: `with progress() as report: …`."""


class Program(NamedTuple):
    """Source with its surroundings: `folder` is sys.path[0], `argv[0]` its own name."""

    source: str
    filename: str
    argv: list[str]
    folder: str
    spec: Any = None


def run_file(path: str | Path, argv: Sequence[str] = (), progress: Progress | None = None) -> int:
    """Run a program as `__main__` and return its exit code.

    The dialect is there without a `require`, and what the program declares is installed first;
    `progress` shows how that goes. `.py` files run too, with the import hook.
    """
    return run(_of_file(Path(path), [str(path), *argv]), progress)


def run_code(code: str, argv: Sequence[str] = (), progress: Progress | None = None) -> int:
    """Run Hy source: `polyhy run -c CODE`."""
    return run(Program(code, "<string>", ["-c", *argv], ""), progress)


def run_stdin(argv: Sequence[str] = (), progress: Progress | None = None) -> int:
    """Run what stands on standard input: `polyhy run -`."""
    return run(Program(sys.stdin.read(), "<stdin>", ["-", *argv], ""), progress)


def run_module(name: str, argv: Sequence[str] = (), progress: Progress | None = None) -> int:
    """Run a module of Hy or Python as `__main__`: `polyhy run -m MODULE`."""
    import hy

    sys.path[0] = folder = os.getcwd()
    spec = _find_module(hy.mangle(name))
    source = _text(Path(spec.origin))
    return run(Program(source, spec.origin, [spec.origin, *argv], folder, spec), progress)


def run(program: Program, progress: Progress | None = None) -> int:
    """Run a program, then what its guests still have to do, and return its exit code.

    A PolyhyError before its first line (a bad header, no network) is raised; what it raises
    itself is shown.
    """
    install(program, progress)
    before, sys.argv, sys.path[0] = sys.modules["__main__"], program.argv, program.folder
    _make_importable(_start(program))
    try:
        module = _main(program)
        exec(compiled(program.source, program.filename, module), module.__dict__)
        host.wait()
    except SystemExit as leaving:
        return _exit_code(leaving.code)
    except KeyboardInterrupt:
        return 130
    except BaseException as error:
        trace.show(error)
        return 1
    finally:
        sys.modules["__main__"] = before
    return 0


def run_again(module: ModuleType) -> None:
    """Run the program of the parent once more, as `module`: in a worker of multiprocessing."""
    sys.argv[0] = os.environ[_PROGRAM]
    program = _of_file(Path(sys.argv[0]), sys.argv)
    install(program)
    _make_importable(_start(program))
    module.__file__ = program.filename
    exec(compiled(program.source, program.filename, module), module.__dict__)


def install(program: Program, progress: Progress | None = None) -> None:
    """Install what a program declares, unless its project's env has all of it.

    A lock beside the program (`polyhy lock --script`) decides. Where the project's manifest names
    it all, its lock says the versions; else an env is made for this program and its project.
    """
    specs = declared(program.source, program.filename)
    start = _start(program)
    beside = specs and Path(f"{program.filename}.lock").is_file()
    if beside or not all(namespace.available(spec, start) for spec in specs):
        _install(program, specs, start, progress or _silence)


def _of_file(file: Path, argv: list[str]) -> Program:
    return Program(_text(file), str(file.absolute()), argv, str(file.resolve().parent))


def _start(program: Program) -> Path:
    """Where a program looks for its project."""
    return namespace.project(Path(program.folder or os.getcwd()))


def _install(program: Program, specs: list[Spec], start: Path, progress: Progress) -> None:
    from polyhy.packages import install as installing

    file = Path(program.filename)
    if file.with_name(f"{file.name}.lock").is_file():
        with progress() as report:
            env.use(installing.script(specs, report, file))
        return
    root = manifest.find_root(start)
    project = manifest.read(root) if root else []
    named = {(spec.ecosystem, spec.name) for spec in project}
    with progress() as report:
        if root and named.issuperset((spec.ecosystem, spec.name) for spec in specs):
            env.use(installing.sync(root, report))
        if not all(namespace.available(spec, start) for spec in specs):
            env.use(installing.script([*specs, *project], report))


def _make_importable(start: Path) -> None:
    """Let Python's own `import` find the packages of the env in use."""
    if found := env.find(start):
        for name in plugins.ecosystems():
            if (paths := found.paths(name)) and plugins.ecosystem(name).bridge == "python":
                host.bridge("python", paths)


def declares(path: Path) -> list[Spec]:
    """What the program in a file declares."""
    return declared(_text(path), str(path))


def compiled(source: str, filename: str, module: ModuleType) -> CodeType:
    """Compile source for `module`: Python, or Hy with the dialect required."""
    if filename.endswith(".py"):
        return compile(source, filename, "exec", dont_inherit=True)
    return lisp.program(source, filename, module)


def _silence() -> AbstractContextManager[Callable[[str, int, int], None]]:
    return nullcontext(lambda *_: None)


def _main(program: Program) -> ModuleType:
    """Make the module that the program is, with its source at hand for tracebacks."""
    import builtins

    module = sys.modules["__main__"] = ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    module.__spec__ = program.spec
    if program.spec:
        module.__package__ = program.spec.parent
    if program.filename.startswith("<"):
        trace.remember(program.filename, program.source)
    else:
        module.__file__ = program.filename
        if not program.spec:
            module.__spec__, os.environ[_PROGRAM] = _WORKER, program.filename
    return module


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(f"can't read {file}: {reason}", hint="check the path") from None


def _find_module(name: str) -> Any:
    import importlib.util

    try:
        spec = importlib.util.find_spec(name)
        if spec and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
    except ImportError:
        spec = None
    if spec is None or not spec.origin or not os.path.isfile(spec.origin):
        raise UsageError(f"there is no module {name!r} to run", hint=f"looked in {sys.path[0]}")
    return spec


_WORKER = ModuleSpec("polyhy.sessions.worker", None)
"""The spec of a file's `__main__`: workers of multiprocessing first run what it names."""
_PROGRAM = "POLYHY_PROGRAM"
"""The variable that tells them which file that is."""


def _exit_code(code: Any) -> int:
    if code is None or isinstance(code, int):
        return code or 0
    print(code, file=sys.stderr)
    return 1
