//! Arguments: a Rust value out of a Python object, exactly or not at all.

use super::containers::fields;
use super::failure::{check, Failure, Res};
use super::ffi::*;
use super::frame::{brief, Frame};
use super::numbers::bytes_of;
use std::borrow::Cow;
use std::ffi::{CStr, CString, OsStr, OsString};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

/// A type that Python objects convert to. What is made for the call's time only lives in its frame.
pub trait FromPy<H>: Sized {
    /// True where the value points into the Python object.
    const BORROWS: bool = false;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self>;

    /// Convert all items of an iterable.
    fn list_from_py(o: O, f: &mut Frame<H>) -> Res<Vec<Self>> {
        items(o, f)
    }

    /// Lend all items of an iterable as a slice; numbers lie in a buffer where that is possible.
    fn slice_from_py(o: O, f: &mut Frame<H>) -> Res<&'static mut [Self]>
    where
        Self: 'static,
    {
        let list = Self::list_from_py(o, f)?;
        Ok(f.lend(list).as_mut_slice())
    }

    /// The parts of a tuple of `count` that begins with one of these.
    fn parts(o: O, count: usize, f: &mut Frame<H>) -> Res<Vec<O>> {
        fields(o, count, f)
    }

    /// Lend a buffer to be changed.
    fn slice_in_py(o: O, _: &mut Frame<H>) -> Res<&'static mut [Self]>
    where
        Self: 'static,
    {
        Err(Failure::expected("a writable buffer", o))
    }
}

/// Convert what an iterable gives, one by one. Texts and bytes are no lists of their parts.
pub fn items<H, T: FromPy<H>>(o: O, f: &mut Frame<H>) -> Res<Vec<T>> {
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

impl<H> FromPy<H> for bool {
    #[inline]
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        if o == &raw mut _Py_TrueStruct {
            Ok(true)
        } else if o == &raw mut _Py_FalseStruct {
            Ok(false)
        } else {
            Err(Failure::expected("True or False", o))
        }
    }
}

impl<H> FromPy<H> for () {
    fn from_py(_: O, _: &mut Frame<H>) -> Res<Self> {
        Ok(())
    }
}

impl<H> FromPy<H> for char {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let mut letters = <&'static str>::from_py(o, f)?.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(letter),
            _ => Err(Failure::conversion("a text of one character is wanted")),
        }
    }
}

impl<H> FromPy<H> for &'static str {
    const BORROWS: bool = true;

    #[inline]
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
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

impl<H> FromPy<H> for String {
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        <&'static str>::from_py(o, &mut brief()).map(str::to_owned)
    }
}

impl<H> FromPy<H> for &'static mut str {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
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

impl<H> FromPy<H> for OsString {
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        path_text(o)
    }
}

impl<H> FromPy<H> for PathBuf {
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        path_text(o).map(PathBuf::from)
    }
}

impl<H> FromPy<H> for &'static OsStr {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let text = path_text(o)?;
        Ok(f.lend(text))
    }
}

impl<H> FromPy<H> for &'static Path {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let text = path_text(o)?;
        Ok(Path::new(f.lend(text)))
    }
}

impl<H> FromPy<H> for CString {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let text = match bytes_of(o) {
            Some(bytes) => bytes.to_vec(),
            None => String::from_py(o, f)?.into_bytes(),
        };
        CString::new(text).map_err(|_| Failure::conversion("a C text can't hold NUL"))
    }
}

impl<H> FromPy<H> for &'static CStr {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let text = CString::from_py(o, f)?;
        Ok(f.lend(text).as_c_str())
    }
}

impl<H, T: FromPy<H>> FromPy<H> for Option<T> {
    const BORROWS: bool = T::BORROWS;

    #[inline]
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        if is_none(o) {
            Ok(None)
        } else {
            T::from_py(o, f).map(Some)
        }
    }
}

/// What a callback returns where Rust wants a `Result`: what it raises comes home by itself.
impl<H, T: FromPy<H>, E> FromPy<H> for Result<T, E> {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        T::from_py(o, f).map(Ok)
    }
}

/// Memory that a call fills: a writable buffer.
impl<H, T: FromPy<H>> FromPy<H> for std::mem::MaybeUninit<T> {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        T::from_py(o, f).map(std::mem::MaybeUninit::new)
    }

    fn slice_in_py(o: O, f: &mut Frame<H>) -> Res<&'static mut [Self]>
    where
        Self: 'static,
    {
        let slice = T::slice_in_py(o, f)?;
        Ok(unsafe { &mut *(slice as *mut [T] as *mut [Self]) })
    }
}

/// A type by itself says nothing that Python could: None is one.
impl<H, T> FromPy<H> for std::marker::PhantomData<T> {
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        if is_none(o) {
            Ok(std::marker::PhantomData)
        } else {
            Err(Failure::expected("None", o))
        }
    }
}

impl<H, T: FromPy<H> + 'static> FromPy<H> for &'static [T] {
    const BORROWS: bool = true;

    #[inline]
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        T::slice_from_py(o, f).map(|s| &*s)
    }
}

impl<H, T: FromPy<H> + 'static> FromPy<H> for &'static mut [T] {
    const BORROWS: bool = true;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        T::slice_in_py(o, f)
    }
}

macro_rules! boxes {
    ($($make:path => $type:ty),*) => { $(
        impl<H, T: FromPy<H>> FromPy<H> for $type {
            const BORROWS: bool = T::BORROWS;
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                T::from_py(o, f).map($make)
            }
        }
    )* };
}

boxes!(Box::new => Box<T>, Rc::new => Rc<T>, Arc::new => Arc<T>, std::sync::Mutex::new => std::sync::Mutex<T>,
       std::sync::RwLock::new => std::sync::RwLock<T>, std::cell::RefCell::new => std::cell::RefCell<T>,
       std::cell::Cell::new => std::cell::Cell<T>, std::cmp::Reverse => std::cmp::Reverse<T>,
       std::num::Wrapping => std::num::Wrapping<T>);

impl<H, B: ToOwned + ?Sized + 'static> FromPy<H> for Cow<'static, B>
where
    &'static B: FromPy<H>,
{
    const BORROWS: bool = true;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        <&'static B>::from_py(o, f).map(Cow::Borrowed)
    }
}
