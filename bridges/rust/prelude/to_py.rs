//! Results: a Python object out of a Rust value.

use super::failure::{check, Failure, Res};
use super::ffi::*;
use super::frame::Context;
use super::lease::{Lease, Terms};
use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// A type that becomes a Python object. The result is a new reference.
pub trait ToPy<H>: Sized {
    fn to_py(self, c: &mut Context<H>) -> Res<O>;

    /// What a row of these becomes: a list, bytes, or a view of the memory at `data`.
    fn row<I: ExactSizeIterator<Item = Self>>(
        _data: *const u8,
        items: I,
        c: &mut Context<H>,
    ) -> Res<O> {
        list(items, c)
    }
}

pub fn list<H, T: ToPy<H>>(items: impl ExactSizeIterator<Item = T>, c: &mut Context<H>) -> Res<O> {
    let made = Owned(check(unsafe { PyList_New(items.len() as isize) })?);
    for (at, item) in items.enumerate() {
        unsafe { PyList_SetItem(made.0, at as isize, item.to_py(c)?) };
    }
    Ok(release(made))
}

#[inline]
pub fn release(owned: Owned) -> O {
    let o = owned.0;
    std::mem::forget(owned);
    o
}

pub fn set<H, T: ToPy<H>>(items: impl Iterator<Item = T>, c: &mut Context<H>) -> Res<O> {
    let made = Owned(check(unsafe { PySet_New(std::ptr::null_mut()) })?);
    for item in items {
        let item = Owned(item.to_py(c)?);
        if unsafe { PySet_Add(made.0, item.0) } != 0 {
            return Err(Failure::Raised);
        }
    }
    Ok(release(made))
}

pub fn dict<H, K: ToPy<H>, V: ToPy<H>>(
    items: impl Iterator<Item = (K, V)>,
    c: &mut Context<H>,
) -> Res<O> {
    let made = Owned(check(unsafe { PyDict_New() })?);
    for (key, value) in items {
        let (key, value) = (Owned(key.to_py(c)?), Owned(value.to_py(c)?));
        if unsafe { PyDict_SetItem(made.0, key.0, value.0) } != 0 {
            return Err(Failure::Raised);
        }
    }
    Ok(release(made))
}

#[inline]
pub fn bytes(bytes: &[u8]) -> Res<O> {
    check(unsafe { PyBytes_FromStringAndSize(bytes.as_ptr(), bytes.len() as isize) })
}

/// The lease with which memory at `data` may be lent; what a callback is lent is copied.
fn memory_lease(data: *const u8, c: &mut Terms) -> Option<O> {
    if data.is_null() || c.scope {
        return None;
    }
    unsafe {
        let lease = c.lease();
        if !lease.is_null() && Lease::is_lent(lease) {
            Py_DecRef(lease);
            return None;
        }
        (!lease.is_null()).then_some(lease)
    }
}

macro_rules! numbers {
    ($($type:ident $format:literal => |$v:ident| $make:expr;)*) => { $(
        impl<H> ToPy<H> for $type {
            #[inline]
            fn to_py(self, _: &mut Context<H>) -> Res<O> {
                let $v = self;
                check(unsafe { $make })
            }
            fn row<I: ExactSizeIterator<Item = Self>>(data: *const u8, items: I, c: &mut Context<H>) -> Res<O> {
                if stringify!($type) == "u8" && !data.is_null() {
                    return bytes(unsafe { std::slice::from_raw_parts(data, items.len()) });
                }
                list(items, c)
            }
        }
        impl<'a, H> ToPy<H> for &'a $type {
            #[inline]
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                (*self).to_py(c)
            }
            fn row<I: ExactSizeIterator<Item = Self>>(data: *const u8, items: I, c: &mut Context<H>) -> Res<O> {
                let size = items.len() * std::mem::size_of::<$type>();
                if stringify!($type) == "u8" && !data.is_null() {
                    return bytes(unsafe { std::slice::from_raw_parts(data, size) });
                }
                let Some(lease) = memory_lease(data, c) else {
                    return list(items, c);
                };
                super::view::memory(data as *mut u8, size, $format, std::mem::size_of::<$type>(), true, lease)
            }
        }
        impl<'a, H> ToPy<H> for &'a mut $type {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                (*self).to_py(c)
            }
            fn row<I: ExactSizeIterator<Item = Self>>(data: *const u8, items: I, c: &mut Context<H>) -> Res<O> {
                let size = items.len() * std::mem::size_of::<$type>();
                let Some(lease) = memory_lease(data, c) else {
                    return list(items, c);
                };
                super::view::memory(data as *mut u8, size, $format, std::mem::size_of::<$type>(), false, lease)
            }
        }
    )* };
}

numbers! {
    i8 c"b" => |v| PyLong_FromLongLong(v as i64);
    i16 c"h" => |v| PyLong_FromLongLong(v as i64);
    i32 c"i" => |v| PyLong_FromLongLong(v as i64);
    i64 c"q" => |v| PyLong_FromLongLong(v);
    isize c"n" => |v| PyLong_FromLongLong(v as i64);
    u8 c"B" => |v| PyLong_FromLongLong(v as i64);
    u16 c"H" => |v| PyLong_FromLongLong(v as i64);
    u32 c"I" => |v| PyLong_FromLongLong(v as i64);
    u64 c"Q" => |v| PyLong_FromUnsignedLongLong(v);
    usize c"N" => |v| PyLong_FromUnsignedLongLong(v as u64);
    f32 c"f" => |v| PyFloat_FromDouble(v as f64);
    f64 c"d" => |v| PyFloat_FromDouble(v);
}

/// Values that become one of Python's own, and references to them.
macro_rules! plain {
    ($([$($g:tt)*] $type:ty => |$v:ident, $c:ident| $make:expr;)*) => { $(
        impl<$($g,)* H> ToPy<H> for $type {
            #[inline]
            fn to_py(self, $c: &mut Context<H>) -> Res<O> {
                let $v = &self;
                $make
            }
        }
        impl<'r, $($g,)* H> ToPy<H> for &'r $type {
            #[inline]
            fn to_py(self, $c: &mut Context<H>) -> Res<O> {
                let $v = self;
                $make
            }
        }
        impl<'r, $($g,)* H> ToPy<H> for &'r mut $type {
            #[inline]
            fn to_py(self, $c: &mut Context<H>) -> Res<O> {
                let $v = self;
                $make
            }
        }
    )* };
}

fn long(digits: String) -> Res<O> {
    let digits = CString::new(digits).expect("digits hold no NUL");
    check(unsafe { PyLong_FromString(digits.as_ptr(), std::ptr::null_mut(), 10) })
}

fn path(path: &OsStr) -> Res<O> {
    use std::os::unix::ffi::OsStrExt;
    let bytes = path.as_bytes();
    check(unsafe { PyUnicode_DecodeFSDefaultAndSize(bytes.as_ptr(), bytes.len() as isize) })
}

plain! {
    [] bool => |v, _c| Ok(unsafe { new_ref(if *v { &raw mut _Py_TrueStruct } else { &raw mut _Py_FalseStruct }) });
    [] () => |_v, _c| Ok(none());
    [] char => |v, _c| check(text(v.encode_utf8(&mut [0; 4])));
    [] String => |v, _c| check(text(v));
    [] Box<str> => |v, _c| check(text(v));
    [] Rc<str> => |v, _c| check(text(v));
    [] Arc<str> => |v, _c| check(text(v));
    [] i128 => |v, _c| long(v.to_string());
    [] u128 => |v, _c| long(v.to_string());
    [] PathBuf => |v, _c| path(v.as_os_str());
    [] Box<Path> => |v, _c| path(v.as_os_str());
    [] OsString => |v, _c| path(v);
    [] CString => |v, _c| bytes(v.to_bytes());
    [] std::cmp::Ordering => |v, _c| (*v as i8).to_py(_c);
    ['s] std::fmt::Arguments<'s> => |v, _c| check(text(&v.to_string()));
    ['s] std::path::Display<'s> => |v, _c| check(text(&v.to_string()));
    ['s] std::path::Component<'s> => |v, _c| path(v.as_os_str());
    ['s] Cow<'s, str> => |v, _c| check(text(v));
    ['s] Cow<'s, [u8]> => |v, _c| bytes(v);
    ['s] Cow<'s, Path> => |v, _c| path(v.as_os_str());
    ['s] Cow<'s, OsStr> => |v, _c| path(v);
    [] std::convert::Infallible => |v, _c| match *v {};
}

impl<'a, H> ToPy<H> for &'a str {
    #[inline]
    fn to_py(self, _: &mut Context<H>) -> Res<O> {
        check(text(self))
    }
}

macro_rules! borrowed {
    ($($type:ty => |$v:ident| $make:expr;)*) => { $(
        impl<'a, H> ToPy<H> for &'a $type {
            fn to_py(self, _: &mut Context<H>) -> Res<O> {
                let $v = self;
                $make
            }
        }
        impl<'a, 'b, H> ToPy<H> for &'a &'b $type {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                (*self).to_py(c)
            }
        }
    )* };
}

borrowed! {
    Path => |v| path(v.as_os_str());
    OsStr => |v| path(v);
    CStr => |v| bytes(v.to_bytes());
}

impl<'a, 'b, H> ToPy<H> for &'a &'b str {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        (*self).to_py(c)
    }
}

impl<'a, H> ToPy<H> for &'a mut str {
    fn to_py(self, _: &mut Context<H>) -> Res<O> {
        check(text(self))
    }
}
