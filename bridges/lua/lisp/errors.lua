-- Python's errors. What Lua itself raises is a text, which `except [e Exception]` catches, too.

function L.raise(x, cause)
  if type(x) == "table" and rawget(x, "__is_class") then x = x() end
  if cause ~= nil then x.__cause__ = cause end
  error(x, 0)
end

L.BaseException = L.class("BaseException")

function L.BaseException.__init__(self, ...)
  self.args = { ... }
end

L.Exception = L.class("Exception", L.BaseException)

L.ArithmeticError = L.class("ArithmeticError", L.Exception)

L.ZeroDivisionError = L.class("ZeroDivisionError", L.ArithmeticError)

L.OverflowError = L.class("OverflowError", L.ArithmeticError)

L.AssertionError = L.class("AssertionError", L.Exception)

L.AttributeError = L.class("AttributeError", L.Exception)

L.LookupError = L.class("LookupError", L.Exception)

L.IndexError = L.class("IndexError", L.LookupError)

L.KeyError = L.class("KeyError", L.LookupError)

L.NameError = L.class("NameError", L.Exception)

L.OSError = L.class("OSError", L.Exception)

L.RuntimeError = L.class("RuntimeError", L.Exception)

L.NotImplementedError = L.class("NotImplementedError", L.RuntimeError)

L.StopIteration = L.class("StopIteration", L.Exception)

L.TypeError = L.class("TypeError", L.Exception)

L.ValueError = L.class("ValueError", L.Exception)
