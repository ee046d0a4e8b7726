//! Types of Rust's standard library that have a counterpart in Python's: times, addresses, ranges.

use super::containers::fields;
use super::failure::{check, Failure, Res};
use super::ffi::*;
use super::frame::{brief, Context, Frame, Own};
use super::from_py::FromPy;
use super::to_py::ToPy;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::ops::{Bound, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Call a function of `standard.py`.
pub fn ask(name: &std::ffi::CStr, args: &[O]) -> Res<O> {
    unsafe {
        let module = Owned(check(PyImport_ImportModule(
            c"polyhy.bridges.rust.standard".as_ptr(),
        ))?);
        let f = Owned(check(PyObject_GetAttrString(module.0, name.as_ptr()))?);
        check(PyObject_VectorcallDict(
            f.0,
            args.as_ptr(),
            args.len(),
            std::ptr::null_mut(),
        ))
    }
}

fn asked(name: &std::ffi::CStr, what: &str, o: O) -> Res<Owned> {
    let made = Owned(ask(name, &[o])?);
    if is_none(made.0) {
        Err(Failure::expected(what, o))
    } else {
        Ok(made)
    }
}

fn plain<T: FromPy<Own>>(o: &Owned) -> Res<T> {
    T::from_py(o.0, &mut brief())
}

impl<H> FromPy<H> for Duration {
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        let (seconds, nanos) =
            plain::<(i64, u32)>(&asked(c"duration_parts", "a timedelta or seconds", o)?)?;
        let seconds = u64::try_from(seconds)
            .map_err(|_| Failure::conversion("a Rust Duration can't be negative"))?;
        Ok(Duration::new(seconds, nanos))
    }
}

impl<H> ToPy<H> for Duration {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        let parts = Owned((self.as_secs(), self.subsec_nanos()).to_py(c)?);
        ask(c"duration", &[parts.0])
    }
}

impl<H> FromPy<H> for SystemTime {
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        let (seconds, nanos) =
            plain::<(i64, u32)>(&asked(c"time_parts", "a datetime with a time zone", o)?)?;
        let whole = Duration::from_secs(seconds.unsigned_abs());
        let base = if seconds < 0 {
            UNIX_EPOCH - whole
        } else {
            UNIX_EPOCH + whole
        };
        Ok(base + Duration::from_nanos(nanos as u64))
    }
}

impl<H> ToPy<H> for SystemTime {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        let parts = match self.duration_since(UNIX_EPOCH) {
            Ok(after) => (after.as_secs() as i64, after.subsec_nanos() as i64),
            Err(before) => (
                -(before.duration().as_secs() as i64),
                -(before.duration().subsec_nanos() as i64),
            ),
        };
        let parts = Owned(parts.to_py(c)?);
        ask(c"time", &[parts.0])
    }
}

macro_rules! addresses {
    ($($type:ty, $reader:literal, $writer:literal;)*) => { $(
        impl<H> FromPy<H> for $type {
            fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
                let said = plain::<String>(&asked($reader, "an address", o)?)?;
                said.parse().map_err(|_| Failure::conversion(format!("{said:?} is no {}", stringify!($type))))
            }
        }
        impl<H> ToPy<H> for $type {
            fn to_py(self, _: &mut Context<H>) -> Res<O> {
                let said = Owned(check(text(&self.to_string()))?);
                ask($writer, &[said.0])
            }
        }
    )* };
}

addresses! {
    IpAddr, c"address_text", c"address"; Ipv4Addr, c"address_text", c"address"; Ipv6Addr, c"address_text", c"address";
    SocketAddr, c"socket_text", c"socket"; SocketAddrV4, c"socket_text", c"socket"; SocketAddrV6, c"socket_text", c"socket";
}

macro_rules! references {
    ($($type:ty),*) => { $(
        impl<'a, H> ToPy<H> for &'a $type {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                self.clone().to_py(c)
            }
        }
        impl<H> FromPy<H> for &'static $type {
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                let value = <$type>::from_py(o, f)?;
                Ok(f.lend(value))
            }
        }
    )* };
}

references!(Duration, SystemTime, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr);

macro_rules! nonzero {
    ($($type:ident)*) => { $(
        impl<H> FromPy<H> for std::num::$type {
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                FromPy::from_py(o, f).map(std::num::$type::new)?.ok_or_else(|| Failure::conversion("0 is not allowed here"))
            }
        }
        impl<H> ToPy<H> for std::num::$type {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                self.get().to_py(c)
            }
        }
    )* };
}

nonzero!(NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroUsize NonZeroU128 NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroIsize NonZeroI128);

/// A Python `range`, `slice` or pair: a start (or None), an end (or None).
fn ends<H, T: FromPy<H>>(o: O, f: &mut Frame<H>) -> Res<(Option<T>, Option<T>)> {
    let parts = asked(c"ends", "a range, a slice or a pair", o)?;
    <(Option<T>, Option<T>)>::from_py(parts.0, f)
}

fn both<T>(ends: (Option<T>, Option<T>)) -> Res<(T, T)> {
    match ends {
        (Some(start), Some(end)) => Ok((start, end)),
        _ => Err(Failure::conversion("a range with two ends is wanted")),
    }
}

impl<H, T: FromPy<H>> FromPy<H> for Range<T> {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        both(ends(o, f)?).map(|(start, end)| start..end)
    }
}

impl<H, T: FromPy<H>> FromPy<H> for RangeInclusive<T> {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        both(ends(o, f)?).map(|(start, end)| start..=end)
    }
}

/// One end of a range: None, or a value and whether it is excluded.
impl<H, T: FromPy<H>> FromPy<H> for Bound<T> {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        Ok(match <Option<(T, bool)>>::from_py(o, f)? {
            None => Bound::Unbounded,
            Some((value, false)) => Bound::Included(value),
            Some((value, true)) => Bound::Excluded(value),
        })
    }

    fn parts(o: O, count: usize, f: &mut Frame<H>) -> Res<Vec<O>> {
        let bounds = asked(c"bounds", "a range, a slice or a pair", o)?;
        let parts = fields(bounds.0, count, f);
        f.own(bounds);
        parts
    }
}

macro_rules! half_open {
    ($($type:ident |$start:ident, $end:ident| $make:expr;)*) => { $(
        impl<H, T: FromPy<H>> FromPy<H> for $type<T> {
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                let ($start, $end) = ends::<H, T>(o, f)?;
                $make.ok_or_else(|| Failure::conversion("this range misses an end"))
            }
        }
    )* };
}

half_open! {
    RangeFrom |start, _end| start.map(|s| s..);
    RangeTo |_start, end| end.map(|e| ..e);
    RangeToInclusive |_start, end| end.map(|e| ..=e);
}

impl<H> FromPy<H> for RangeFull {
    fn from_py(_: O, _: &mut Frame<H>) -> Res<Self> {
        Ok(..)
    }
}

fn range<H, T: ToPy<H>>(start: T, end: T, c: &mut Context<H>) -> Res<O> {
    let (start, end) = (Owned(start.to_py(c)?), Owned(end.to_py(c)?));
    ask(c"range_of", &[start.0, end.0])
}

impl<H, T: ToPy<H>> ToPy<H> for Range<T> {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        range(self.start, self.end, c)
    }
}

impl<H, T: ToPy<H>> ToPy<H> for RangeInclusive<T> {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        let (start, end) = self.into_inner();
        let (start, end) = (Owned(start.to_py(c)?), Owned(end.to_py(c)?));
        ask(c"inclusive", &[start.0, end.0])
    }
}

impl<H> FromPy<H> for std::cmp::Ordering {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        i64::from_py(o, f).map(|v| v.cmp(&0))
    }
}

/// A position as Python's `seek` has it: an offset, or an offset and whence.
impl<H> FromPy<H> for std::io::SeekFrom {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        use std::io::SeekFrom;
        let (offset, whence) = match i64::from_py(o, f) {
            Ok(offset) => (offset, 0),
            Err(_) => <(i64, u8)>::from_py(o, f)?,
        };
        match whence {
            0 => u64::try_from(offset)
                .map(SeekFrom::Start)
                .map_err(|_| Failure::conversion("it is below 0")),
            1 => Ok(SeekFrom::Current(offset)),
            _ => Ok(SeekFrom::End(offset)),
        }
    }
}
