"""What traits say by their names alone: which types of Rust a Python object may likely become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

BYTES = "&'static [u8]"
TEXT = "&'static str"
OCTETS = "Octets"
"""What any `AsRef<[u8]>` may be: bytes or a text."""

INTEGERS = {"Integer", "Unsigned", "PrimInt", "BitAnd", "BitOr", "BitXor", "Shl", "Shr", "Rem"}
NUMBERS = {
    *("Num", "Float", "Real", "NumCast", "FromPrimitive", "ToPrimitive", "Signed", "Zero", "One"),
    *("Add", "Sub", "Mul", "Div", "NumAssign", "NumOps", "FloatCore", "FloatConst", "AddAssign"),
    *("SubAssign", "MulAssign", "DivAssign", "Neg", "Sum", "Product", "Bounded", "NumRef"),
    *("NumAssignOps", "NumAssignRef", "AsPrimitive", "Scalar", "RealField", "ComplexField"),
    *("CoordNum", "CoordFloat", "GeoNum", "GeoFloat", "SimdRealField", "LinalgScalar"),
    *("SampleUniform", "ClosedAddAssign", "ClosedMulAssign", "ClosedSubAssign"),
}
OF_ANY = {
    *("Clone", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Debug", "Display", "Default"),
    *("Send", "Sync", "Sized", "Unpin", "UnwindSafe", "RefUnwindSafe", "ToOwned", "Drop"),
    *("Equivalent", "Any", "Borrow", "Comparable"),
}
"""Traits that PyObj has: any Python object will do."""

FIXED: Mapping[str, Sequence[str]] = {
    "ToString": ["String", "i64", "f64"],
    "Pattern": [TEXT],
    "Read": ["PyFile"],
    "BufRead": ["PyFile"],
    "Write": ["PyFile"],
    "Seek": ["PyFile"],
    "Serialize": ["PyData"],
    "Deserialize": ["PyData"],
    "DeserializeSeed": ["std::marker::PhantomData<PyData>"],
    "DeserializeOwned": ["PyData"],
    "Hasher": ["std::hash::DefaultHasher"],
    "BuildHasher": ["std::hash::RandomState"],
    "RangeBounds": ["(std::ops::Bound<{0}>, std::ops::Bound<{0}>)"],
    "SliceIndex": ["usize", "std::ops::Range<usize>"],
    "ToSocketAddrs": [TEXT],
    "Index": ["[PyObj]", "Vec<PyObj>"],
    "Error": ["std::fmt::Error"],
    "FromStr": ["String"],
    "Future": ["PyFuture"],
}
"""What one trait decides by itself. `{0}` is its argument."""

GUESSES = ("PyObj", "f64", "i64", TEXT, "String", "u8", "usize", "u32", BYTES, "Vec<u8>")


def likely(names: Iterable[str]) -> Sequence[str]:
    """The types for a parameter with traits of these names."""
    names = set(names)
    if names & INTEGERS:
        return ("i64", "usize", "u32", "u8")
    if names & NUMBERS:
        return ("f64", "i64", "f32", "i32", "u8")
    if names <= OF_ANY:
        return ("PyObj",)
    if "Copy" in names and names & {"Ord", "Eq", "Hash"} and names <= OF_ANY | {"Copy"}:
        return ("i64", "usize", "u32", "u8")
    if "Copy" in names and names <= OF_ANY | {"Copy"}:
        return ("f64", "i64", "u32")
    return GUESSES


def ease(text: str) -> int:
    """How far a type is from what Python has: texts and numbers first."""
    for rank, known in enumerate(
        (TEXT, "str", "String", BYTES, "f64", "i64", "usize", "i32", "u8")
    ):
        if text == known:
            return rank
    text = text.replace("<'static>", "")
    nested = text.count("<") + 15 * text.count("()") + 25 * text.count("'static")
    nested += 30 * (text.count("(") + text.count("[")) + (text.count(", ") == 1)
    return nested + (40 if "PyObj" in text else 30)
