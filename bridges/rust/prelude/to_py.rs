//! Results: a Python object out of a Rust value.

use super::failure::{check, Failure, Res};
use super::ffi::*;
use super::frame::Context;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// A type that becomes a Python object. The result is a new reference.
pub trait ToPy: Sized {
    fn to_py(self, c: &mut Context) -> Res<O>;

    /// What a row of these becomes: a list, bytes, or a view of the memory at `data`.
    fn row<I: ExactSizeIterator<Item = Self>>(
        _data: *const u8,
        items: I,
        c: &mut Context,
    ) -> Res<O> {
        list(items, c)
    }
}

pub fn list<T: ToPy>(items: impl ExactSizeIterator<Item = T>, c: &mut Context) -> Res<O> {
    let made = Owned(check(unsafe { PyList_New(items.len() as isize) })?);
    for (at, item) in items.enumerate() {
        unsafe { PyList_SetItem(made.0, at as isize, item.to_py(c)?) };
    }
    Ok(release(made))
}

pub fn release(owned: Owned) -> O {
    let o = owned.0;
    std::mem::forget(owned);
    o
}

pub fn set<T: ToPy>(items: impl Iterator<Item = T>, c: &mut Context) -> Res<O> {
    let made = Owned(check(unsafe { PySet_New(std::ptr::null_mut()) })?);
    for item in items {
        let item = Owned(item.to_py(c)?);
        if unsafe { PySet_Add(made.0, item.0) } != 0 {
            return Err(Failure::Raised);
        }
    }
    Ok(release(made))
}

pub fn dict<K: ToPy, V: ToPy>(items: impl Iterator<Item = (K, V)>, c: &mut Context) -> Res<O> {
    let made = Owned(check(unsafe { PyDict_New() })?);
    for (key, value) in items {
        let (key, value) = (Owned(key.to_py(c)?), Owned(value.to_py(c)?));
        if unsafe { PyDict_SetItem(made.0, key.0, value.0) } != 0 {
            return Err(Failure::Raised);
        }
    }
    Ok(release(made))
}

pub fn bytes(bytes: &[u8]) -> Res<O> {
    check(unsafe { PyBytes_FromStringAndSize(bytes.as_ptr(), bytes.len() as isize) })
}

macro_rules! numbers {
    ($($type:ident $format:literal => |$v:ident| $make:expr;)*) => { $(
        impl ToPy for $type {
            #[inline]
            fn to_py(self, _: &mut Context) -> Res<O> {
                let $v = self;
                check(unsafe { $make })
            }
            fn row<I: ExactSizeIterator<Item = Self>>(data: *const u8, items: I, c: &mut Context) -> Res<O> {
                if stringify!($type) == "u8" && !data.is_null() {
                    return bytes(unsafe { std::slice::from_raw_parts(data, items.len()) });
                }
                list(items, c)
            }
        }
        impl<'a> ToPy for &'a $type {
            #[inline]
            fn to_py(self, c: &mut Context) -> Res<O> {
                (*self).to_py(c)
            }
            fn row<I: ExactSizeIterator<Item = Self>>(data: *const u8, items: I, c: &mut Context) -> Res<O> {
                let size = items.len() * std::mem::size_of::<$type>();
                if stringify!($type) == "u8" && !data.is_null() {
                    return bytes(unsafe { std::slice::from_raw_parts(data, size) });
                }
                let lease = unsafe { c.lease() };
                if data.is_null() || lease.is_null() || c.scoped.is_some() {
                    return list(items, c);
                }
                super::view::memory(data as *mut u8, size, $format, std::mem::size_of::<$type>(), true, lease)
            }
        }
        impl<'a> ToPy for &'a mut $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                (*self).to_py(c)
            }
            fn row<I: ExactSizeIterator<Item = Self>>(data: *const u8, items: I, c: &mut Context) -> Res<O> {
                let size = items.len() * std::mem::size_of::<$type>();
                let lease = unsafe { c.lease() };
                if data.is_null() || lease.is_null() || c.scoped.is_some() {
                    return list(items, c);
                }
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
        impl<$($g)*> ToPy for $type {
            #[inline]
            fn to_py(self, $c: &mut Context) -> Res<O> {
                let $v = &self;
                $make
            }
        }
        impl<'r, $($g)*> ToPy for &'r $type {
            #[inline]
            fn to_py(self, $c: &mut Context) -> Res<O> {
                let $v = self;
                $make
            }
        }
        impl<'r, $($g)*> ToPy for &'r mut $type {
            #[inline]
            fn to_py(self, $c: &mut Context) -> Res<O> {
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

impl<'a> ToPy for &'a str {
    #[inline]
    fn to_py(self, _: &mut Context) -> Res<O> {
        check(text(self))
    }
}

macro_rules! borrowed {
    ($($type:ty => |$v:ident| $make:expr;)*) => { $(
        impl<'a> ToPy for &'a $type {
            fn to_py(self, _: &mut Context) -> Res<O> {
                let $v = self;
                $make
            }
        }
        impl<'a, 'b> ToPy for &'a &'b $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
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

impl<'a, 'b> ToPy for &'a &'b str {
    fn to_py(self, c: &mut Context) -> Res<O> {
        (*self).to_py(c)
    }
}

impl<'a> ToPy for &'a mut str {
    fn to_py(self, _: &mut Context) -> Res<O> {
        check(text(self))
    }
}

impl<'a, T> ToPy for &'a [T]
where
    &'a T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        <&'a T>::row(self.as_ptr() as *const u8, self.iter(), c)
    }
}

impl<'a, T> ToPy for &'a mut [T]
where
    &'a mut T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        <&'a mut T>::row(self.as_ptr() as *const u8, self.iter_mut(), c)
    }
}

impl<'a, 'b, T> ToPy for &'a &'b [T]
where
    &'b T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        (*self).to_py(c)
    }
}

impl<T: ToPy> ToPy for Option<T> {
    #[inline]
    fn to_py(self, c: &mut Context) -> Res<O> {
        match self {
            Some(value) => value.to_py(c),
            None => Ok(none()),
        }
    }
}

impl<'a, T> ToPy for &'a Option<T>
where
    &'a T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        self.as_ref().to_py(c)
    }
}

impl<T: ToPy, E: std::fmt::Display> ToPy for Result<T, E> {
    fn to_py(self, c: &mut Context) -> Res<O> {
        match self {
            Ok(value) => value.to_py(c),
            Err(error) => Err(Failure::of("error", error.to_string())),
        }
    }
}

/// Rows: what owns its items, and what borrows them.
macro_rules! rows {
    ($($type:ty;)*) => { $(
        impl<T: ToPy> ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let list = Vec::from(self);
                let data = list.as_ptr() as *const u8;
                T::row(data, list.into_iter(), c)
            }
        }
        impl<'a, T> ToPy for &'a $type where &'a T: ToPy {
            fn to_py(self, c: &mut Context) -> Res<O> {
                <&'a T>::row(self.as_ptr() as *const u8, self.iter(), c)
            }
        }
    )* };
}

rows! { Vec<T>; Box<[T]>; }

impl<T: ToPy> ToPy for VecDeque<T> {
    fn to_py(self, c: &mut Context) -> Res<O> {
        list(self.into_iter(), c)
    }
}

impl<'a, T> ToPy for &'a VecDeque<T>
where
    &'a T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        list(self.iter(), c)
    }
}

impl<'a, T> ToPy for &'a mut Vec<T>
where
    &'a mut T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        self.as_mut_slice().to_py(c)
    }
}

impl<T: ToPy, const N: usize> ToPy for [T; N] {
    fn to_py(self, c: &mut Context) -> Res<O> {
        let data = std::mem::ManuallyDrop::new(Vec::from(self));
        let list = std::mem::ManuallyDrop::into_inner(data);
        T::row(list.as_ptr() as *const u8, list.into_iter(), c)
    }
}

impl<'a, T, const N: usize> ToPy for &'a [T; N]
where
    &'a T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        self.as_slice().to_py(c)
    }
}

macro_rules! boxes {
    ($($type:ty),*) => { $(
        impl<'a, T> ToPy for &'a $type where &'a T: ToPy {
            fn to_py(self, c: &mut Context) -> Res<O> {
                (&**self).to_py(c)
            }
        }
    )* };
}

boxes!(Box<T>, Rc<T>, Arc<T>);

impl<T: ToPy> ToPy for Box<T> {
    fn to_py(self, c: &mut Context) -> Res<O> {
        (*self).to_py(c)
    }
}

macro_rules! sharing {
    ($($type:ident),*) => { $(
        impl<T: ToPy + Clone> ToPy for $type<T> {
            fn to_py(self, c: &mut Context) -> Res<O> {
                $type::try_unwrap(self).unwrap_or_else(|shared| (*shared).clone()).to_py(c)
            }
        }
    )* };
}

sharing!(Rc, Arc);

macro_rules! sets {
    ($([$($g:tt)*] $type:ty;)*) => { $(
        impl<T: ToPy, $($g)*> ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                set(self.into_iter(), c)
            }
        }
        impl<'a, T, $($g)*> ToPy for &'a $type where &'a T: ToPy {
            fn to_py(self, c: &mut Context) -> Res<O> {
                set(self.iter(), c)
            }
        }
    )* };
}

sets! { [S] HashSet<T, S>; [] BTreeSet<T>; }

macro_rules! lists {
    ($($type:ty;)*) => { $(
        impl<T: ToPy> ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                list(self.into_iter().collect::<Vec<_>>().into_iter(), c)
            }
        }
    )* };
}

lists! { LinkedList<T>; BinaryHeap<T>; }

macro_rules! maps {
    ($([$($g:tt)*] $type:ty;)*) => { $(
        impl<K: ToPy, V: ToPy, $($g)*> ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                dict(self.into_iter(), c)
            }
        }
        impl<'a, K, V, $($g)*> ToPy for &'a $type where &'a K: ToPy, &'a V: ToPy {
            fn to_py(self, c: &mut Context) -> Res<O> {
                dict(self.iter(), c)
            }
        }
    )* };
}

maps! { [S] HashMap<K, V, S>; [] BTreeMap<K, V>; }

macro_rules! tuples {
    ($($count:literal: $($name:ident $at:tt),*;)*) => { $(
        impl<$($name: ToPy),*> ToPy for ($($name,)*) {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let made = Owned(check(unsafe { PyTuple_New($count) })?);
                $(unsafe { PyTuple_SetItem(made.0, $at, self.$at.to_py(c)?) };)*
                Ok(release(made))
            }
        }
        impl<'a, $($name),*> ToPy for &'a ($($name,)*) where $(&'a $name: ToPy),* {
            fn to_py(self, c: &mut Context) -> Res<O> {
                ($(&self.$at,)*).to_py(c)
            }
        }
    )* };
}

tuples! {
    1: A 0; 2: A 0, B 1; 3: A 0, B 1, C 2; 4: A 0, B 1, C 2, D 3; 5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5; 7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
}
