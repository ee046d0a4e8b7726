"""The value rule for JavaScript: what a Python value becomes on its way in. See guest.js.

The last character of a text says what it is: a string, JSON, tagged JSON (lowering.py), an
exception. That character also makes the engine copy the text: it keeps a list of every string it
borrows from Python and searches it for each that it frees. The way out is in wire.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import orjson

from polyhy.errors import ConversionError
from polyhy.proxy import Proxy
from polyhy.values import MAX_SAFE, check_text

from .abilities import FUNCTIONS
from .lending import Lending
from .lowering import Lowering
from .wire import MOST, lay_numbers, ticket_of

STRING, JSON, TAGGED, RAISED = "\U00010000", "\U00010001", "\U00010002", "\U00010003"
LONGEST: Final = 2**29
"""The engine ends the process at a text of 2^30 characters."""

_dumps = orjson.dumps
_LONG = 1 << 16  # JSON from this length on is lent to the engine, not copied: it ends in ] or }
_STRICT = (
    orjson.OPT_PASSTHROUGH_DATACLASS
    | orjson.OPT_PASSTHROUGH_DATETIME
    | orjson.OPT_PASSTHROUGH_SUBCLASS
    | orjson.OPT_STRICT_INTEGER
)
_FEW = 8  # numbers that are as quick as text
_NUMBERS = (int, float)


class Marshal:
    """What crosses for a value. `own(x)` is the number of a guest's object, or None for others."""

    def __init__(self, lending: Lending, own: Callable[[Proxy], int | None]) -> None:
        self._lending = lending
        self._lowering = Lowering(lending, own)

        self.gives: dict[type, Callable[[Any, str | int], Any]] = {
            type(None): _same,
            bool: _same,
            float: _same,
            int: self._give_integer,
            str: self._give_text,
            list: self._give_data,
            dict: self._give_data,
            tuple: self._give_data,
        }
        """What crosses for a value, by its exact type; `give` for all others."""

        self.gives_alone = {
            **self.gives,
            list: self._give_list,
            **dict.fromkeys(FUNCTIONS, self._give_function),
        }
        """The same for the only argument of a call, which may lie in the register: see calls.py."""

    def give(self, x: Any, path: str | int) -> Any:
        """What crosses for `x`: itself where the engine is exact, or a text.

        `path` names it in errors: a number is that of an argument.
        """
        return self.gives.get(type(x), self._tagged)(x, path)

    def give_error(self, error: BaseException) -> str:
        """What crosses for an exception that a callback raised."""
        return self._lowering.error_text(error) + RAISED

    def _give_integer(self, x: int, path: str | int) -> Any:
        return x if -MAX_SAFE <= x <= MAX_SAFE else self._tagged(x, path)

    def _give_text(self, x: str, path: str | int) -> str:
        if not x.isascii():
            check_text(x, _name(path))
        if len(x) >= LONGEST:
            raise ConversionError(f"a text of {LONGEST} characters or more", path=_name(path))
        return x + STRING

    def _give_data(self, x: Any, path: str | int) -> str:
        try:
            text = _dumps(x, None, _STRICT)
        except TypeError:
            return self._tagged(x, path)
        if b"null" in text and not _is_finite(x):
            return self._tagged(x, path)
        return text.decode() + (JSON if len(text) < _LONG else "")

    def _give_list(self, x: list[Any], path: str | int) -> Any:
        if _FEW < len(x) < MOST and type(x[0]) in _NUMBERS and type(x[-1]) in _NUMBERS:
            laid = lay_numbers(x)
            if laid is not None:
                return laid
        return self._give_data(x, path)

    def _give_function(self, x: Any, path: str | int) -> Any:
        given = self._tagged(x, path)
        self._lending.tickets[id(x)] = ticket_of(self._lending.number(x))
        return given

    def _tagged(self, x: Any, path: str | int) -> str:
        return self._lowering.text(x, _name(path)) + TAGGED


def _name(path: str | int) -> str:
    return f"args[{path}]" if isinstance(path, int) else path


def _is_finite(x: Any) -> bool:
    """False where a null in its JSON may stand for a NaN or an infinity."""
    try:
        json.dumps(x, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return False
    return True


def _same(x: Any, path: str | int) -> Any:
    return x
