"""The words of Lua that Lisp meets: its own, and those of Python that the prelude has."""

from __future__ import annotations

from polyhy.emit.code import words

GLOBALS = words(
    """
    _G assert bit collectgarbage coroutine debug dofile error ffi getmetatable io ipairs
    jit load loadstring math os pairs pcall rawequal rawget rawlen rawset require select
    setmetatable string table tonumber tostring unpack utf8 xpcall
    """
)

KEYWORDS = words(
    """
    and break do else elseif end false for function goto if in local nil not or repeat
    return then true until while
    """
)

RESERVED = KEYWORDS | {"L", "arg", "next", "print", "type"}

BUILTINS = words(
    """
    ArithmeticError AssertionError AttributeError BaseException Exception IndexError
    KeyError LookupError NameError NotImplementedError OSError OverflowError RuntimeError
    StopIteration TypeError ValueError ZeroDivisionError abs all any bin bool callable chr
    dict divmod enumerate filter float format frozenset getattr hasattr hex int isinstance
    issubclass iter len list map max min next oct ord pow print range repr reversed round set
    setattr sorted str sum tuple type zip
    """
)
