//! Numbers out of Python objects, range-checked; rows of them lent by the buffer protocol.

use super::failure::{check, Failure, Res};
use super::ffi::*;
use super::frame::{brief, Frame};
use super::from_py::{items, FromPy};
use std::ffi::CStr;

/// How numbers come out of buffers of theirs.
macro_rules! buffers {
    ($type:ty, $formats:literal) => {
        fn list_from_py(o: O, f: &mut Frame<H>) -> Res<Vec<Self>> {
            match buffer::<$type>(o, $formats, false) {
                Some(view) => Ok(copied(&view)),
                None => items(o, f),
            }
        }
        fn slice_from_py(o: O, f: &mut Frame<H>) -> Res<&'static mut [Self]> {
            lent(o, $formats, f)
        }
        fn slice_in_py(o: O, f: &mut Frame<H>) -> Res<&'static mut [Self]> {
            writable(o, $formats, f)
        }
    };
}

macro_rules! integers {
    ($($type:ty, $signed:literal, $formats:literal;)*) => { $(
        impl<H> FromPy<H> for $type {
            #[inline]
            fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
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
            buffers! { $type, $formats }
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
        let digits = <&'static str>::from_py(digits.0, &mut brief())?;
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
    let shown = <&'static str>::from_py(shown.0, &mut brief()).unwrap_or("a number");
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
        impl<H> FromPy<H> for $type {
            #[inline]
            fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
                let value = float(o)?;
                if (value as $type).is_infinite() && value.is_finite() {
                    return Err(out_of_range(o, stringify!($type)));
                }
                Ok(value as $type)
            }
            buffers! { $type, $formats }
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

fn lent<H, T: FromPy<H> + 'static>(o: O, formats: &str, f: &mut Frame<H>) -> Res<&'static mut [T]> {
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
    let list = items::<H, T>(o, f)?;
    Ok(f.lend(list).as_mut_slice())
}

fn own_view<H, T>(view: View, f: &mut Frame<H>) -> &'static mut [T] {
    let slice = slice_of::<T>(&view.0);
    let view = std::mem::ManuallyDrop::new(view);
    f.buffer(unsafe { std::ptr::read(&view.0) });
    slice
}

fn writable<H, T: 'static>(o: O, formats: &str, f: &mut Frame<H>) -> Res<&'static mut [T]> {
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
pub fn bytes_of(o: O) -> Option<&'static [u8]> {
    unsafe {
        if kind_of(o) != &raw mut PyBytes_Type {
            return None;
        }
        let (mut data, mut size) = (std::ptr::null_mut(), 0);
        PyBytes_AsStringAndSize(o, &mut data, &mut size);
        Some(std::slice::from_raw_parts(data, size as usize))
    }
}
