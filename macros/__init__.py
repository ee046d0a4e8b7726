"""The dialect: what `(require polyhy *)` gives, one topic a file."""

import os
from importlib import import_module
from typing import Any

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

_hy_macros: dict[str, Any] = {}
for _topic in TOPICS:
    # Hy's own `require` looks at the whole stack, each time.
    _hy_macros.update(import_module(f"polyhy.macros.{_topic}").__dict__.get("_hy_macros", {}))

teach()
_FOLDERS = ("", "emit", "guests", "sessions")
hy.errors._tb_hidden_modules.update(__path__)
hy.errors._tb_hidden_modules.update(
    os.path.join(path, folder).rstrip(os.sep) for path in polyhy.__path__ for folder in _FOLDERS
)
