"""The words of JavaScript that Lisp meets."""

from __future__ import annotations

from polyhy.emit.code import words

CONSTRUCTORS = words(
    """
    Array ArrayBuffer BigInt64Array BigUint64Array DataView Date Error
    FinalizationRegistry Float32Array Float64Array Int16Array Int32Array Int8Array Map
    Promise Proxy RangeError RegExp Set TextDecoder TextEncoder URL URLSearchParams
    Uint16Array Uint32Array Uint8Array WeakMap WeakRef WeakSet
    """
)

GLOBALS = words(
    """
    AbortController Atomics BigInt Boolean Buffer Function Infinity Intl JSON Math NaN
    Number Object Reflect String Symbol clearInterval clearTimeout console crypto
    decodeURI decodeURIComponent encodeURI encodeURIComponent fetch globalThis isFinite
    isNaN parseFloat parseInt performance process queueMicrotask require setInterval
    setTimeout structuredClone undefined
    """
)

RESERVED = words(
    """
    Infinity Math NaN Object Uint8Array abstract arguments async await break case catch
    class const continue debugger default delete do else enum eval export exports extends
    false finally for function globalThis if implements import in instanceof interface let
    module new null package private protected public require return static super switch
    this throw true try typeof undefined var void while with yield
    """
)
