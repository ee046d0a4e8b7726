"""From a name to a loaded module: spec, lock, env, runtime. And the import hook for Python."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, MappingProxyType, ModuleType
from typing import Any, NamedTuple

from polyhy import plugins
from polyhy.bridge import Bridge
from polyhy.ecosystem import Ecosystem
from polyhy.errors import (
    NoSuchFile,
    NoSuchMember,
    UnknownEcosystem,
    suggest,
)
from polyhy.guests import host
from polyhy.packages import env, manifest
from polyhy.spec import Spec
from polyhy.values import spellings


def import_from(
    ecosystem: str, name: str, members: Sequence[str] = (), /, *, runtime: str = "", **options: Any
) -> Any:
    """Load a package that is locked and installed, or a file of the project's own.

        import_from("npm", "lodash@^4")                    the module
        import_from("npm", "date-fns", ["format"])         a list of its members
        import_from("npm", "lodash/fp", "*")               a dict of all its members
        import_from("lua", "./transform.lua")              beside the importing file
        import_from("js", "node:path", ["join"])           a module of the language itself
        import_from("npm", "sharp", runtime="node")        loaded in another runtime than its own

    `options` are the bridge's own. Nothing is fetched: NotLocked and NotInstalled say the command
    that does. With the variable `POLYHY_INSTALL=1` what is missing is installed.
    """
    importer = _importer()
    where = _folder(importer), _origin(importer)
    module = load(ecosystem, name, *where, runtime=runtime, options=options)
    if members == "*":
        return _everything(module)
    return [_member(module, each, f"{ecosystem}:{name}") for each in members] or module


def load(
    ecosystem: str,
    name: str,
    folder: Path,
    origin: str = "",
    *,
    runtime: str = "",
    options: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """Load a module for a file in `folder`: its project's env is asked, then the current one's."""
    is_path = name.startswith((".", "/"))
    if ecosystem in plugins.ecosystems():
        room = plugins.ecosystem(ecosystem)
        if not is_path:
            spec = room.spec(name)
            key = _Key(str(spec), runtime or room.bridge, spec.module, repr(options))
            return _once(key, options, lambda: _paths(room, spec, folder, origin))
        ecosystem = room.bridge
    if ecosystem in plugins.languages():
        brings = plugins.bridge_class(ecosystem).brings(name)
        file = name if brings else str(_own_file(ecosystem, name, folder, origin))
        key = _Key(f"{ecosystem}:{file}", runtime or ecosystem, file, repr(options))
        return _once(key, options, lambda: [])
    known = [*plugins.ecosystems(), *plugins.languages()]
    raise UnknownEcosystem(name=ecosystem, suggestion=plugins.suggestion(ecosystem, known))


def project(folder: Path) -> Path:
    """Where a file in `folder` looks for its project: there, else in the working folder."""
    return folder if manifest.find_root(folder) else Path.cwd()


def available(spec: Spec, start: Path) -> bool:
    """True where `spec` can be loaded from `start` with nothing installed."""
    found = env.find(start)
    if found and found.locked(spec):
        return True
    return plugins.ecosystem(spec.ecosystem).satisfied(spec)


def find_spec(name: str) -> ModuleSpec | None:
    """Python's `import polyhy.npm` and `import polyhy.npm.lodash` ask here, after all else."""
    ecosystem, _, module = name.removeprefix("polyhy.").partition(".")
    if ecosystem not in plugins.ecosystems():
        return None
    return ModuleSpec(name, _Module() if module else _Ecosystem(), is_package=not module)


# --- packages


class _Key(NamedTuple):
    """What makes two imports the same one."""

    spec: str
    runtime: str
    module: str
    options: str


_loaded: dict[_Key, tuple[Bridge, Any]] = {}
_keeping = threading.RLock()  # calls of other threads are made on the main one at any step


def _once(key: _Key, options: Mapping[str, Any], paths: Callable[[], list[Path]]) -> Any:
    """Load, or return what was loaded before into the runtime that runs now.

    Of threads that load at the same time all get what the first one kept. None waits for another
    while a module runs, which may itself wait for a thread.
    """
    if key in _loaded and _loaded[key][0] is host.bridge(key.runtime):
        return _loaded[key][1]
    value = host.load(key.runtime, key.module, paths(), options)
    bridge = host.bridge(key.runtime)
    with _keeping:
        if key not in _loaded or _loaded[key][0] is not bridge:
            _loaded[key] = bridge, value
        return _loaded[key][1]


def _paths(room: Ecosystem, spec: Spec, folder: Path, origin: str) -> list[Path]:
    found = env.find(project(folder))
    if found and found.locked(spec):
        return found.paths(spec.ecosystem)
    if room.satisfied(spec):
        return []
    if os.environ.get("POLYHY_INSTALL") == "1":
        from polyhy.packages import install

        return install.script([spec]).paths(spec.ecosystem)
    refusal = env.refusal(spec, project(folder))
    refusal.origin = origin
    raise refusal


# --- files of the project's own


def _own_file(language: str, name: str, folder: Path, origin: str) -> Path:
    folders = [folder] if name.startswith((".", "/")) else [folder, *_roots(folder)]
    suffixes = plugins.bridge_class(language).suffixes
    ends = ("",) if name.endswith(suffixes) else suffixes
    stems = dict.fromkeys((name, name if name.startswith(".") else name.replace(".", "/")))
    for file in (place / f"{stem}{end}" for place in folders for stem in stems for end in ends):
        if file.is_file():
            return file.resolve()
    where = " or ".join(map(str, folders))
    refusal = NoSuchFile(language=language, file=name, where=where, origin=origin)
    if name.startswith((".", "/")):
        refusal.hint = "check the path; it is taken from the file that imports"
    raise refusal


def _roots(folder: Path) -> Iterable[Path]:
    root = manifest.find_root(folder)
    return [root] if root and root != folder else []


# --- members


def _member(module: Any, name: str, spec: str) -> Any:
    if isinstance(module, dict):
        for spelling in spellings(name):
            if spelling in module:
                return module[spelling]
    else:
        try:
            return getattr(module, name)
        except AttributeError:
            pass
    deeper = (f"{inner}.{name}" for inner in _names(module) if _has(module, inner, name))
    known = [found] if (found := next(deeper, "")) else _names(module)
    suggestion = suggest(found or name, known, "it has")
    raise NoSuchMember(spec=spec, member=name, suggestion=suggestion)


def _everything(module: Any) -> dict[str, Any]:
    return {name: _member(module, name, "") for name in _names(module)}


def _names(module: Any) -> list[str]:
    names = getattr(module, "__all__", None) or (
        module if isinstance(module, dict) else dir(module)
    )
    return [name for name in names if name.isidentifier() and name[0] != "_"]


def _has(module: Any, inner: str, name: str) -> bool:
    """True where a name is that of a module within: `Workbook` of `xlsx.workbook`."""
    within = vars(module).get(inner) if isinstance(module, ModuleType) else None
    return isinstance(within, ModuleType) and hasattr(within, name)


# --- the importing file


def _importer() -> FrameType:
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__", "").split(".")[0] in _OURS:
        frame = frame.f_back
    return frame


_OURS = ("polyhy", "importlib")


def _folder(importer: FrameType) -> Path:
    """The folder of the importing file; the current one where there is no file."""
    named = importer.f_code.co_filename
    file = Path(named if named.startswith("<") else importer.f_globals.get("__file__") or named)
    return file.absolute().parent if file.is_file() else Path.cwd()


def _origin(importer: FrameType) -> str:
    return f"{importer.f_code.co_filename}:{importer.f_lineno}"


# --- the import hook


class _Ecosystem(Loader):
    """Makes `polyhy.npm`, a package with no file."""

    def exec_module(self, module: ModuleType) -> None:
        if _Submodules not in sys.meta_path:
            sys.meta_path.insert(0, _Submodules)


class _Submodules:
    """Keeps Python's finders from `polyhy.pypi.scipy.stats`: they would load it a second time."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        ours = name.startswith("polyhy.") and name.count(".") > 2
        return find_spec(name) if ours else None


class _Module(Loader):
    """Loads `polyhy.npm.lodash`: the guest's module takes the place of Python's."""

    def exec_module(self, module: ModuleType) -> None:
        _, ecosystem, name = module.__name__.split(".", 2)
        importer = _importer()
        folder, origin = _folder(importer), _origin(importer)
        name = spelled(ecosystem, name, folder)
        sys.modules[module.__name__] = load(ecosystem, name, folder, origin)


def spelled(ecosystem: str, name: str, folder: Path) -> str:
    """Return `date-fns/fp` for Python's `date_fns.fp`, unless `date_fns` is what is there."""
    name = name.replace(".", "/")
    spec = plugins.ecosystem(ecosystem).spec(name)
    return name if available(spec, project(folder)) else name.replace("_", "-")
