"""The dialect: what `(require polyhy *)` gives, one topic a file."""

from typing import Any

import hy.errors
from hy.macros import require

import polyhy

_hy_macros: dict[str, Any]

for _topic in ("imports", "values"):
    require(f"polyhy.macros.{_topic}", __name__, "ALL")

hy.errors._tb_hidden_modules.update([*__path__, *polyhy.__path__])
