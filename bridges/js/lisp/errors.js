// Python's errors, by name: those of Python that pass through are caught by them, too.

class $BaseException extends Error {
  constructor(...args) {
    super(args.map((x) => (typeof x === "string" ? x : $repr(x))).join(", "));
    this.args = args;
    Object.defineProperty(this, "name", { value: $class_name(this.constructor), enumerable: false });
    if (this.__init__ !== $BaseException.prototype.__init__) this.__init__(...args);
  }
  __init__(...args) {
    this.args = args;
    this.message = args.map((x) => (typeof x === "string" ? x : $repr(x))).join(", ");
  }
}

class $Exception extends $BaseException {}

class $ArithmeticError extends $Exception {}

class $ZeroDivisionError extends $ArithmeticError {}

class $OverflowError extends $ArithmeticError {}

class $AssertionError extends $Exception {}

class $AttributeError extends $Exception {}

class $LookupError extends $Exception {}

class $IndexError extends $LookupError {}

class $KeyError extends $LookupError {}

class $NameError extends $Exception {}

class $OSError extends $Exception {}

class $RuntimeError extends $Exception {}

class $NotImplementedError extends $RuntimeError {}

class $StopIteration extends $Exception {}

class $TypeError extends $Exception {}

class $ValueError extends $Exception {}

const $ERRORS = {
  ...{ BaseException: $BaseException, Exception: $Exception, ArithmeticError: $ArithmeticError },
  ...{ ZeroDivisionError: $ZeroDivisionError, OverflowError: $OverflowError, AssertionError: $AssertionError },
  ...{ AttributeError: $AttributeError, LookupError: $LookupError, IndexError: $IndexError, KeyError: $KeyError },
  ...{ NameError: $NameError, OSError: $OSError, RuntimeError: $RuntimeError, TypeError: $TypeError },
  ...{ NotImplementedError: $NotImplementedError, StopIteration: $StopIteration, ValueError: $ValueError },
  ...{ RangeError: $ValueError, ReferenceError: $NameError, SyntaxError: $ValueError },
};
