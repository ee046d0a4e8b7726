//! Rust memory lent to Python as a memoryview, which keeps its owner alive and borrowed.

use super::failure::{check, Res};
use super::ffi::*;
use super::handle::Kind;
use std::ffi::CStr;
use std::os::raw::{c_char, c_int};

pub static MEMORY: Kind = Kind::new();

#[repr(C)]
pub struct Memory {
    head: PyObject,
    data: *mut u8,
    shape: isize,
    stride: isize,
    format: *const c_char,
    readonly: c_int,
    lease: O,
}

/// A memoryview of `size` bytes at `data`; it takes over the reference `lease`.
pub fn memory(
    data: *mut u8,
    size: usize,
    format: &'static CStr,
    item: usize,
    readonly: bool,
    lease: O,
) -> Res<O> {
    unsafe {
        let made = PyType_GenericAlloc(MEMORY.get(), 0) as *mut Memory;
        (*made).data = data;
        (*made).shape = (size / item) as isize;
        (*made).stride = item as isize;
        (*made).format = format.as_ptr();
        (*made).readonly = readonly as c_int;
        (*made).lease = lease;
        let made = Owned(made as O);
        check(PyMemoryView_FromObject(made.0))
    }
}

pub unsafe extern "C" fn get(o: O, view: *mut PyBuffer, flags: c_int) -> c_int {
    let memory = o as *mut Memory;
    let size = (*memory).shape * (*memory).stride;
    if PyBuffer_FillInfo(view, o, (*memory).data, size, (*memory).readonly, flags) != 0 {
        return -1;
    }
    (*view).item = (*memory).stride;
    (*view).format = (*memory).format;
    (*view).shape = &mut (*memory).shape;
    (*view).strides = &mut (*memory).stride;
    0
}

pub unsafe extern "C" fn dealloc(o: O) {
    let kind = kind_of(o);
    Py_DecRef((*(o as *mut Memory)).lease);
    PyObject_Free(o as *mut _);
    Py_DecRef(kind);
}
