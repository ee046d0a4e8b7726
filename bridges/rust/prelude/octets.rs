//! What any `AsRef<[u8]>` may be: bytes, or a text as Rust has it, in UTF-8.

use super::failure::{Failure, Res};
use super::ffi::*;
use super::frame::Frame;
use super::from_py::FromPy;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Octets(&'static [u8]);

impl AsRef<[u8]> for Octets {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl std::borrow::Borrow<[u8]> for Octets {
    fn borrow(&self) -> &[u8] {
        self.0
    }
}

impl<H> FromPy<H> for Octets {
    const BORROWS: bool = true;

    #[inline]
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        if unsafe { kind_of(o) == &raw mut PyUnicode_Type } {
            return <&'static str>::from_py(o, f).map(|text| Octets(text.as_bytes()));
        }
        match <&'static [u8]>::from_py(o, f) {
            Err(Failure::Said(said)) if said.kind == "conversion" && said.path.is_empty() => {
                Err(Failure::expected("bytes or a str", o))
            }
            bytes => bytes.map(Octets),
        }
    }
}
