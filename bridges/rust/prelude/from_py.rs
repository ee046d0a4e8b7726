//! Arguments: a Rust value out of a Python object, exactly or not at all.

use super::failure::{check, Failure, Res};
use super::ffi::*;
use super::frame::Frame;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::hash::{BuildHasher, Hash};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// A type that Python objects convert to. What is made for the call's time only lives in its frame.
pub trait FromPy: Sized {
    /// True where the value points into the Python object.
    const BORROWS: bool = false;

    fn from_py(o: O, f: &mut Frame) -> Res<Self>;

    /// Convert all items of an iterable.
    fn list_from_py(o: O, f: &mut Frame) -> Res<Vec<Self>> {
        items(o, f)
    }

    /// Lend all items of an iterable as a slice; numbers lie in a buffer where that is possible.
    fn slice_from_py(o: O, f: &mut Frame) -> Res<&'static mut [Self]>
    where
        Self: 'static,
    {
        let list = Self::list_from_py(o, f)?;
        Ok(f.lend(list).as_mut_slice())
    }

    /// Lend a buffer to be changed.
    fn slice_in_py(o: O, _: &mut Frame) -> Res<&'static mut [Self]>
    where
        Self: 'static,
    {
        Err(Failure::expected("a writable buffer", o))
    }
}

/// Convert what an iterable gives, one by one. Texts and bytes are no lists of their parts.
pub fn items<T: FromPy>(o: O, f: &mut Frame) -> Res<Vec<T>> {
    unsafe {
        if kind_of(o) == &raw mut PyUnicode_Type || kind_of(o) == &raw mut PyDict_Type {
            return Err(Failure::expected("a list", o));
        }
        let iterator = Owned(PyObject_GetIter(o));
        if iterator.0.is_null() {
            return Err(Failure::expected("a list", o));
        }
        let size = if PySequence_Check(o) != 0 {
            PyObject_Size(o)
        } else {
            0
        };
        if size < 0 {
            PyErr_Clear();
        }
        let mut list = Vec::with_capacity(size.max(0) as usize);
        loop {
            let item = PyIter_Next(iterator.0);
            if item.is_null() {
                return if PyErr_Occurred().is_null() {
                    Ok(list)
                } else {
                    Err(Failure::Raised)
                };
            }
            let item = Owned(item);
            list.push(T::from_py(item.0, f).map_err(|e| e.at(|| format!("[{}]", list.len())))?);
            if T::BORROWS {
                f.own(item);
            }
        }
    }
}

macro_rules! integers {
    ($($type:ty, $signed:literal, $formats:literal;)*) => { $(
        impl FromPy for $type {
            #[inline]
            fn from_py(o: O, _: &mut Frame) -> Res<Self> {
                let mut overflow = 0;
                let value = unsafe { PyLong_AsLongLongAndOverflow(o, &mut overflow) };
                if overflow == 0 && value != -1 {
                    if let Ok(value) = <$type>::try_from(value) {
                        if unsafe { kind_of(o) == &raw mut PyFloat_Type } { return Err(Failure::expected("an int", o)) }
                        return Ok(value);
                    }
                }
                wide(o, stringify!($type))?.try_into().map_err(|_| out_of_range(o, stringify!($type)))
            }
            fn list_from_py(o: O, f: &mut Frame) -> Res<Vec<Self>> {
                match buffer::<$type>(o, $formats, false) {
                    Some(view) => Ok(copied(&view)),
                    None => items(o, f),
                }
            }
            fn slice_from_py(o: O, f: &mut Frame) -> Res<&'static mut [Self]> {
                lent(o, $formats, f)
            }
            fn slice_in_py(o: O, f: &mut Frame) -> Res<&'static mut [Self]> {
                writable(o, $formats, f)
            }
        }
    )* };
}

integers! {
    i8, true, "b"; i16, true, "h"; i32, true, "il"; i64, true, "lq"; isize, true, "lqn";
    u8, false, "Bc"; u16, false, "H"; u32, false, "IL"; u64, false, "LQ"; usize, false, "LQN";
    i128, true, ""; u128, false, "";
}

/// Any integer of Python's that 128 bits hold; text of it where it is larger than 64.
#[cold]
fn wide(o: O, name: &str) -> Res<i128Or> {
    unsafe {
        PyErr_Clear();
        if kind_of(o) == &raw mut PyFloat_Type {
            return Err(Failure::expected("an int", o));
        }
        let index = Owned(PyNumber_Index(o));
        if index.0.is_null() {
            return Err(Failure::expected("an int", o));
        }
        let digits = Owned(check(PyObject_Str(index.0))?);
        let digits = <&'static str>::from_py(digits.0, &mut Frame::new(false))?;
        if let Ok(value) = digits.parse::<i128>() {
            return Ok(i128Or::Signed(value));
        }
        digits
            .parse()
            .map(i128Or::Unsigned)
            .map_err(|_| out_of_range(o, name))
    }
}

#[allow(non_camel_case_types)]
enum i128Or {
    Signed(i128),
    Unsigned(u128),
}

macro_rules! narrowed {
    ($($type:ty)*) => { $(
        impl TryFrom<i128Or> for $type {
            type Error = ();
            fn try_from(v: i128Or) -> Result<$type, ()> {
                match v {
                    i128Or::Signed(v) => v.try_into().map_err(|_| ()),
                    i128Or::Unsigned(v) => v.try_into().map_err(|_| ()),
                }
            }
        }
    )* };
}

narrowed!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize i128 u128);

#[cold]
fn out_of_range(o: O, name: &str) -> Failure {
    let shown = unsafe { Owned(PyObject_Str(o)) };
    let shown = <&'static str>::from_py(shown.0, &mut Frame::new(false)).unwrap_or("a number");
    Failure::conversion(format!("{shown} is out of the range of {name}"))
}

const EXACT: f64 = 9007199254740992.0;

fn float(o: O) -> Res<f64> {
    unsafe {
        let value = PyFloat_AsDouble(o);
        if value == -1.0 && !PyErr_Occurred().is_null() {
            return Err(Failure::expected("a number", o));
        }
        if kind_of(o) != &raw mut PyFloat_Type && (value >= EXACT || value <= -EXACT) {
            let back = Owned(PyFloat_FromDouble(value));
            if PyObject_RichCompareBool(o, back.0, 2) != 1 {
                return Err(Failure::conversion("an int of that size is no exact f64"));
            }
        }
        Ok(value)
    }
}

macro_rules! floats {
    ($($type:ty, $formats:literal;)*) => { $(
        impl FromPy for $type {
            #[inline]
            fn from_py(o: O, _: &mut Frame) -> Res<Self> {
                let value = float(o)?;
                if (value as $type).is_infinite() && value.is_finite() {
                    return Err(out_of_range(o, stringify!($type)));
                }
                Ok(value as $type)
            }
            fn list_from_py(o: O, f: &mut Frame) -> Res<Vec<Self>> {
                match buffer::<$type>(o, $formats, false) {
                    Some(view) => Ok(copied(&view)),
                    None => items(o, f),
                }
            }
            fn slice_from_py(o: O, f: &mut Frame) -> Res<&'static mut [Self]> {
                lent(o, $formats, f)
            }
            fn slice_in_py(o: O, f: &mut Frame) -> Res<&'static mut [Self]> {
                writable(o, $formats, f)
            }
        }
    )* };
}

floats! { f32, "f"; f64, "d"; }

struct View(Box<PyBuffer>);

impl Drop for View {
    fn drop(&mut self) {
        unsafe { PyBuffer_Release(&mut *self.0) }
    }
}

/// The buffer of `o`, if it is a contiguous row of `T`.
fn buffer<T>(o: O, formats: &str, write: bool) -> Option<View> {
    unsafe {
        if kind_of(o) == &raw mut PyList_Type || PyObject_CheckBuffer(o) == 0 {
            return None;
        }
        let mut view: Box<PyBuffer> = Box::new(std::mem::zeroed());
        let flags = FORMAT_AND_SHAPE | if write { WRITABLE } else { 0 };
        if PyObject_GetBuffer(o, &mut *view, flags) != 0 {
            PyErr_Clear();
            return None;
        }
        let view = View(view);
        let format = if view.0.format.is_null() {
            c"B"
        } else {
            CStr::from_ptr(view.0.format)
        };
        let format = format.to_str().ok()?.trim_start_matches(['@', '=', '<']);
        let fits = format.len() == 1 && formats.contains(format);
        let dense = view.0.dimensions <= 1
            && (view.0.strides.is_null()
                || view.0.dimensions == 0
                || *view.0.strides == view.0.item);
        let aligned = view.0.data as usize % std::mem::align_of::<T>() == 0;
        let same = view.0.item as usize == std::mem::size_of::<T>();
        (fits && dense && aligned && same).then_some(view)
    }
}

fn slice_of<T>(view: &PyBuffer) -> &'static mut [T] {
    let count = view.bytes as usize / std::mem::size_of::<T>();
    if count == 0 {
        return &mut [];
    }
    unsafe { std::slice::from_raw_parts_mut(view.data as *mut T, count) }
}

fn copied<T: Copy + 'static>(view: &View) -> Vec<T> {
    slice_of::<T>(&view.0).to_vec()
}

fn lent<T: FromPy + 'static>(o: O, formats: &str, f: &mut Frame) -> Res<&'static mut [T]> {
    if std::mem::size_of::<T>() == 1 {
        if let Some(bytes) = bytes_of(o) {
            f.hold(o);
            f.bytes += bytes.len();
            let data = bytes.as_ptr() as *mut T;
            return Ok(unsafe { std::slice::from_raw_parts_mut(data, bytes.len()) });
        }
    }
    if let Some(view) = buffer::<T>(o, formats, false) {
        return Ok(own_view(view, f));
    }
    let list = items::<T>(o, f)?;
    Ok(f.lend(list).as_mut_slice())
}

fn own_view<T>(view: View, f: &mut Frame) -> &'static mut [T] {
    let slice = slice_of::<T>(&view.0);
    let view = std::mem::ManuallyDrop::new(view);
    f.buffer(unsafe { std::ptr::read(&view.0) });
    slice
}

fn writable<T: 'static>(o: O, formats: &str, f: &mut Frame) -> Res<&'static mut [T]> {
    match buffer::<T>(o, formats, true) {
        Some(view) => Ok(own_view(view, f)),
        None => {
            let wanted = format!("a writable buffer of {}", std::any::type_name::<T>());
            Err(Failure::expected(&wanted, o))
        }
    }
}

/// The bytes of a `bytes` object, without a copy.
#[inline]
fn bytes_of(o: O) -> Option<&'static [u8]> {
    unsafe {
        if kind_of(o) != &raw mut PyBytes_Type {
            return None;
        }
        let (mut data, mut size) = (std::ptr::null_mut(), 0);
        PyBytes_AsStringAndSize(o, &mut data, &mut size);
        Some(std::slice::from_raw_parts(data, size as usize))
    }
}

impl FromPy for bool {
    #[inline]
    fn from_py(o: O, _: &mut Frame) -> Res<Self> {
        if o == &raw mut _Py_TrueStruct {
            Ok(true)
        } else if o == &raw mut _Py_FalseStruct {
            Ok(false)
        } else {
            Err(Failure::expected("True or False", o))
        }
    }
}

impl FromPy for () {
    fn from_py(_: O, _: &mut Frame) -> Res<Self> {
        Ok(())
    }
}

impl FromPy for char {
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let mut letters = <&'static str>::from_py(o, f)?.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(letter),
            _ => Err(Failure::conversion("a text of one character is wanted")),
        }
    }
}

impl FromPy for &'static str {
    const BORROWS: bool = true;

    #[inline]
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        unsafe {
            let mut size = 0;
            let data = PyUnicode_AsUTF8AndSize(o, &mut size);
            if data.is_null() {
                return Err(no_text(o));
            }
            f.hold(o);
            f.bytes += size as usize;
            Ok(std::str::from_utf8_unchecked(std::slice::from_raw_parts(
                data,
                size as usize,
            )))
        }
    }
}

#[cold]
fn no_text(o: O) -> Failure {
    if unsafe { kind_of(o) == &raw mut PyUnicode_Type } {
        return Failure::conversion("the text holds a lone surrogate, which Rust can't hold");
    }
    Failure::expected("a str", o)
}

impl FromPy for String {
    fn from_py(o: O, _: &mut Frame) -> Res<Self> {
        <&'static str>::from_py(o, &mut Frame::new(false)).map(str::to_owned)
    }
}

impl FromPy for &'static mut str {
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let text = String::from_py(o, f)?;
        Ok(f.lend(text).as_mut_str())
    }
}

fn path_text(o: O) -> Res<OsString> {
    use std::os::unix::ffi::OsStringExt;
    unsafe {
        let path = Owned(PyOS_FSPath(o));
        if path.0.is_null() {
            return Err(Failure::expected("a path", o));
        }
        if let Some(bytes) = bytes_of(path.0) {
            return Ok(OsString::from_vec(bytes.to_vec()));
        }
        let encoded = Owned(PyUnicode_EncodeFSDefault(path.0));
        match bytes_of(check(encoded.0)?) {
            Some(bytes) => Ok(OsString::from_vec(bytes.to_vec())),
            None => Err(Failure::expected("a path", o)),
        }
    }
}

impl FromPy for OsString {
    fn from_py(o: O, _: &mut Frame) -> Res<Self> {
        path_text(o)
    }
}

impl FromPy for PathBuf {
    fn from_py(o: O, _: &mut Frame) -> Res<Self> {
        path_text(o).map(PathBuf::from)
    }
}

impl FromPy for &'static OsStr {
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let text = path_text(o)?;
        Ok(f.lend(text))
    }
}

impl FromPy for &'static Path {
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let text = path_text(o)?;
        Ok(Path::new(f.lend(text)))
    }
}

impl FromPy for CString {
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let text = match bytes_of(o) {
            Some(bytes) => bytes.to_vec(),
            None => String::from_py(o, f)?.into_bytes(),
        };
        CString::new(text).map_err(|_| Failure::conversion("a C text can't hold NUL"))
    }
}

impl FromPy for &'static CStr {
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let text = CString::from_py(o, f)?;
        Ok(f.lend(text).as_c_str())
    }
}

impl<T: FromPy> FromPy for Option<T> {
    const BORROWS: bool = T::BORROWS;

    #[inline]
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        if is_none(o) {
            Ok(None)
        } else {
            T::from_py(o, f).map(Some)
        }
    }
}

impl<T: FromPy + 'static> FromPy for &'static [T] {
    const BORROWS: bool = true;

    #[inline]
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        T::slice_from_py(o, f).map(|s| &*s)
    }
}

impl<T: FromPy + 'static> FromPy for &'static mut [T] {
    const BORROWS: bool = true;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        T::slice_in_py(o, f)
    }
}

macro_rules! boxes {
    ($($make:path => $type:ty),*) => { $(
        impl<T: FromPy> FromPy for $type {
            const BORROWS: bool = T::BORROWS;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                T::from_py(o, f).map($make)
            }
        }
    )* };
}

boxes!(Box::new => Box<T>, Rc::new => Rc<T>, Arc::new => Arc<T>, std::sync::Mutex::new => std::sync::Mutex<T>,
       std::sync::RwLock::new => std::sync::RwLock<T>, std::cell::RefCell::new => std::cell::RefCell<T>,
       std::cell::Cell::new => std::cell::Cell<T>, std::cmp::Reverse => std::cmp::Reverse<T>,
       std::num::Wrapping => std::num::Wrapping<T>);

macro_rules! texts {
    ($($type:ty),*) => { $(
        impl FromPy for $type {
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                String::from_py(o, f).map(Into::into)
            }
        }
    )* };
}

texts!(Box<str>, Rc<str>, Arc<str>);

macro_rules! slices {
    ($($type:ty),*) => { $(
        impl<T: FromPy> FromPy for $type {
            const BORROWS: bool = T::BORROWS;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                T::list_from_py(o, f).map(Into::into)
            }
        }
    )* };
}

slices!(Box<[T]>, Rc<[T]>, Arc<[T]>, VecDeque<T>);

impl<T: FromPy> FromPy for Vec<T> {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        T::list_from_py(o, f)
    }
}

macro_rules! collections {
    ($($type:ident: $($bound:path),*;)*) => { $(
        impl<T: FromPy $(+ $bound)*> FromPy for $type<T> {
            const BORROWS: bool = T::BORROWS;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                T::list_from_py(o, f).map(|list| list.into_iter().collect())
            }
        }
    )* };
}

collections! { BTreeSet: Ord; BinaryHeap: Ord; LinkedList: Sized; }

impl<T: FromPy + Eq + Hash, S: BuildHasher + Default> FromPy for HashSet<T, S> {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        T::list_from_py(o, f).map(|list| list.into_iter().collect())
    }
}

fn pairs<K: FromPy, V: FromPy>(o: O, f: &mut Frame) -> Res<Vec<(K, V)>> {
    let listed = unsafe { Owned(PyMapping_Items(o)) };
    if listed.0.is_null() {
        return Err(Failure::expected("a dict", o));
    }
    items(listed.0, f)
}

impl<K: FromPy + Eq + Hash, V: FromPy, S: BuildHasher + Default> FromPy for HashMap<K, V, S> {
    const BORROWS: bool = K::BORROWS || V::BORROWS;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        pairs(o, f).map(|list| list.into_iter().collect())
    }
}

impl<K: FromPy + Ord, V: FromPy> FromPy for BTreeMap<K, V> {
    const BORROWS: bool = K::BORROWS || V::BORROWS;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        pairs(o, f).map(|list| list.into_iter().collect())
    }
}

impl<T: FromPy, const N: usize> FromPy for [T; N] {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let list = T::list_from_py(o, f)?;
        let given = list.len();
        list.try_into().map_err(|_| {
            Failure::conversion(format!("{N} items are wanted, and these are {given}"))
        })
    }
}

impl<B: ToOwned + ?Sized + 'static> FromPy for Cow<'static, B>
where
    &'static B: FromPy,
{
    const BORROWS: bool = true;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        <&'static B>::from_py(o, f).map(Cow::Borrowed)
    }
}

/// References to values that are made for the time of the call.
macro_rules! temporaries {
    ($([$($g:tt)*] $type:ty;)*) => { $(
        impl<$($g)*> FromPy for &'static $type {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                let value = <$type>::from_py(o, f)?;
                Ok(f.lend(value))
            }
        }
    )* };
}

temporaries! {
    [] i8; [] i16; [] i32; [] i64; [] isize; [] u8; [] u16; [] u32; [] u64; [] usize; [] i128; [] u128;
    [] f32; [] f64; [] bool; [] char; [] String; [] PathBuf; [] OsString; [] CString; [] ();
    [T: FromPy + 'static] Option<T>;
    [T: FromPy + 'static] Box<T>;
    [T: FromPy + 'static] Rc<T>;
    [T: FromPy + 'static] Arc<T>;
    [T: FromPy + 'static] VecDeque<T>;
    [T: FromPy + 'static] Vec<T>;
    [T: FromPy + 'static, const N: usize] [T; N];
    [T: FromPy + Ord + 'static] BTreeSet<T>;
    [T: FromPy + Eq + Hash + 'static, S: BuildHasher + Default + 'static] HashSet<T, S>;
    [K: FromPy + Ord + 'static, V: FromPy + 'static] BTreeMap<K, V>;
    [K: FromPy + Eq + Hash + 'static, V: FromPy + 'static, S: BuildHasher + Default + 'static] HashMap<K, V, S>;
}

impl<T: FromPy + 'static> FromPy for &'static &'static [T] {
    const BORROWS: bool = true;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let slice = <&'static [T]>::from_py(o, f)?;
        Ok(f.lend(slice))
    }
}

impl FromPy for &'static &'static str {
    const BORROWS: bool = true;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let text = <&'static str>::from_py(o, f)?;
        Ok(f.lend(text))
    }
}

/// A list that a call may change: it is copied in, and what the call made of it is copied back.
impl<T: FromPy + super::to_py::ToPy + 'static> FromPy for &'static mut Vec<T> {
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let is_list = unsafe { kind_of(o) == &raw mut PyList_Type };
        if !is_list && unsafe { kind_of(o) != &raw mut PyByteArray_Type } {
            return Err(Failure::expected(
                "a list or a bytearray, which the call changes,",
                o,
            ));
        }
        let list = T::list_from_py(o, f)?;
        let lent: *mut Vec<T> = f.lend(list);
        f.afterwards(move || unsafe {
            let changed = std::mem::take(&mut *lent);
            let made = Owned(super::to_py::ToPy::to_py(
                changed,
                &mut super::frame::Context::new(None, std::ptr::null_mut()),
            )?);
            if is_list {
                return if PyList_SetSlice(o, 0, isize::MAX, made.0) == 0 {
                    Ok(())
                } else {
                    Err(Failure::Raised)
                };
            }
            refill(o, bytes_of(made.0).unwrap_or(&[]))
        });
        Ok(unsafe { &mut *lent })
    }
}

unsafe fn refill(array: O, bytes: &[u8]) -> Res<()> {
    if PyByteArray_Resize(array, bytes.len() as isize) != 0 {
        return Err(Failure::Raised);
    }
    std::ptr::copy_nonoverlapping(bytes.as_ptr(), PyByteArray_AsString(array), bytes.len());
    Ok(())
}

macro_rules! tuples {
    ($($count:literal: $($name:ident $at:tt),*;)*) => { $(
        impl<$($name: FromPy),*> FromPy for ($($name,)*) {
            const BORROWS: bool = false $(|| $name::BORROWS)*;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                let parts = fields(o, $count, f)?;
                Ok(($($name::from_py(parts[$at], f).map_err(|e| e.at(|| format!("[{}]", $at)))?,)*))
            }
        }
    )* };
}

tuples! {
    1: A 0; 2: A 0, B 1; 3: A 0, B 1, C 2; 4: A 0, B 1, C 2, D 3; 5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, G 5; 7: A 0, B 1, C 2, D 3, E 4, G 5, H 6;
    8: A 0, B 1, C 2, D 3, E 4, G 5, H 6, I 7;
}

macro_rules! tuple_references {
    ($($($name:ident)*;)*) => { $(
        impl<$($name: FromPy + 'static),*> FromPy for &'static ($($name,)*) {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                let value = <($($name,)*)>::from_py(o, f)?;
                Ok(f.lend(value))
            }
        }
    )* };
}

tuple_references! { A; A B; A B C; A B C D; }

/// The parts of a sequence of `count`, owned by the frame.
fn fields(o: O, count: usize, f: &mut Frame) -> Res<Vec<O>> {
    struct Part(O);
    impl FromPy for Part {
        const BORROWS: bool = true;
        fn from_py(o: O, _: &mut Frame) -> Res<Self> {
            Ok(Part(o))
        }
    }
    let parts = items::<Part>(o, f)?;
    if parts.len() != count {
        return Err(Failure::conversion(format!(
            "{count} items are wanted, and these are {}",
            parts.len()
        )));
    }
    Ok(parts.into_iter().map(|p| p.0).collect())
}

impl<T: FromPy> FromPy for std::vec::IntoIter<T> {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        T::list_from_py(o, f).map(Vec::into_iter)
    }
}

/// The hasher of Rust's maps has no counterpart: None makes one.
impl FromPy for std::collections::hash_map::RandomState {
    fn from_py(o: O, _: &mut Frame) -> Res<Self> {
        if is_none(o) {
            Ok(Default::default())
        } else {
            Err(Failure::expected("None", o))
        }
    }
}

/// A text that a call may change: an `io.StringIO`, whose content is replaced.
impl FromPy for &'static mut String {
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        let content = Owned(super::standard::ask(c"text_of", &[o])?);
        if is_none(content.0) {
            return Err(Failure::expected(
                "an io.StringIO, which the call changes,",
                o,
            ));
        }
        let content = String::from_py(content.0, f)?;
        let lent: *mut String = f.lend(content);
        f.afterwards(move || unsafe {
            let changed = Owned(check(text(&*lent))?);
            super::standard::ask(c"set_text", &[o, changed.0]).map(|o| Py_DecRef(o))
        });
        Ok(unsafe { &mut *lent })
    }
}

/// An array that a call may change: a list, whose items are replaced.
impl<T: FromPy + super::to_py::ToPy + Clone + 'static, const N: usize> FromPy
    for &'static mut [T; N]
{
    fn from_py(o: O, f: &mut Frame) -> Res<Self> {
        if unsafe { kind_of(o) != &raw mut PyList_Type } {
            return Err(Failure::expected("a list, which the call changes,", o));
        }
        let array = <[T; N]>::from_py(o, f)?;
        let lent: *mut [T; N] = f.lend(array);
        f.afterwards(move || unsafe {
            let items = (*lent).iter().cloned().collect::<Vec<T>>().into_iter();
            let nowhere = &mut super::frame::Context::new(None, std::ptr::null_mut());
            let made = Owned(super::to_py::list(items, nowhere)?);
            if PyList_SetSlice(o, 0, isize::MAX, made.0) == 0 {
                Ok(())
            } else {
                Err(Failure::Raised)
            }
        });
        Ok(unsafe { &mut *lent })
    }
}
