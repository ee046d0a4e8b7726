"""The dialect: what `(require polyhy *)` gives, one topic a file."""

import os
from functools import wraps
from importlib import import_module
from typing import Any

import hy
import hy.errors

import polyhy
from polyhy.names import teach

TOPICS = (
    "imports",
    "values",
    "forms",
    "module",
    "names",
    "languages",
    "targets",
    "runtimes",
    "meta",
    "messages",
)


def _counted(name: str, macro: Any) -> Any:
    """The macro, for which too many or too few forms are a mistake with a caret."""
    asks = macro.__code__.co_varnames[:1] == ("_hy_compiler",)

    @wraps(macro)
    def counted(_hy_compiler: Any, *forms: Any) -> Any:
        given = (_hy_compiler, *forms) if asks else forms
        try:
            return macro(*given)
        except TypeError:
            if _fits(macro, given):
                raise
        parts = " ".join([hy.unmangle(name).replace(".", ":"), *_parameters(macro)[asks:]])
        raise hy.errors.HySyntaxError(
            f"this is written ({parts})",
            _hy_compiler.this,
            _hy_compiler.filename,
            _hy_compiler.source,
        ) from None

    return counted


def _fits(macro: Any, forms: Any) -> bool:
    import inspect

    try:
        inspect.signature(macro).bind(*forms)
    except TypeError:
        return False
    return True


def _parameters(macro: Any) -> list[str]:
    import inspect

    found = inspect.signature(macro).parameters.values()
    return ["…" if p.kind is p.VAR_POSITIONAL else hy.unmangle(p.name) for p in found]


_hy_macros: dict[str, Any] = {}
for _topic in TOPICS:
    # Hy's own `require` looks at the whole stack, each time.
    _found = import_module(f"polyhy.macros.{_topic}").__dict__.get("_hy_macros", {})
    _hy_macros.update({name: _counted(name, macro) for name, macro in _found.items()})

teach()
_FOLDERS = ("", "emit", "guests", "sessions")
hy.errors._tb_hidden_modules.update(__path__)
hy.errors._tb_hidden_modules.update(
    os.path.join(path, folder).rstrip(os.sep) for path in polyhy.__path__ for folder in _FOLDERS
)
