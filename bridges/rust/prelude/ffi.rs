//! What is used of CPython's C API, and an owned reference.

use std::os::raw::{c_char, c_int, c_uint, c_void};

#[repr(C)]
pub struct PyObject {
    pub refcnt: isize,
    pub kind: O,
}

/// A Python object, borrowed unless a comment says otherwise.
pub type O = *mut PyObject;

#[repr(C)]
pub struct PyBuffer {
    pub data: *mut u8,
    pub owner: O,
    pub bytes: isize,
    pub item: isize,
    pub readonly: c_int,
    pub dimensions: c_int,
    pub format: *const c_char,
    pub shape: *mut isize,
    pub strides: *mut isize,
    pub suboffsets: *mut isize,
    pub internal: *mut c_void,
}

#[repr(C)]
pub struct MethodDef {
    pub name: *const c_char,
    pub call: *const c_void,
    pub flags: c_int,
    pub doc: *const c_char,
}

#[repr(C)]
pub struct GetSet {
    pub name: *const c_char,
    pub get: *const c_void,
    pub set: *const c_void,
    pub doc: *const c_char,
    pub closure: *mut c_void,
}

#[repr(C)]
pub struct Member {
    pub name: *const c_char,
    pub kind: c_int,
    pub offset: isize,
    pub flags: c_int,
    pub doc: *const c_char,
}

#[repr(C)]
pub struct ModuleDef {
    pub base: [usize; 5],
    pub name: *const c_char,
    pub doc: *const c_char,
    pub size: isize,
    pub rest: [usize; 5],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Slot {
    pub slot: c_int,
    pub value: *const c_void,
}

#[repr(C)]
pub struct TypeSpec {
    pub name: *const c_char,
    pub size: c_int,
    pub item: c_int,
    pub flags: c_uint,
    pub slots: *const Slot,
}

pub const FASTCALL_KEYWORDS: c_int = 0x80 | 0x02;
pub const STATIC: c_int = 0x20;
pub const NO_NEW: c_uint = 1 << 7;
pub const BASE: c_uint = 1 << 10;
pub const DEFAULT: c_uint = 1 << 18;
pub const WRITABLE: c_int = 1;
pub const FORMAT_AND_SHAPE: c_int = 0x04 | 0x08 | 0x10;

extern "C" {
    pub static mut _Py_NoneStruct: PyObject;
    pub static mut _Py_TrueStruct: PyObject;
    pub static mut _Py_FalseStruct: PyObject;
    pub static mut _Py_NotImplementedStruct: PyObject;
    pub static mut PyLong_Type: PyObject;
    pub static mut PyBytes_Type: PyObject;
    pub static mut PyByteArray_Type: PyObject;
    pub static mut PyList_Type: PyObject;
    pub static mut PyTuple_Type: PyObject;
    pub static mut PyUnicode_Type: PyObject;
    pub static mut PyFloat_Type: PyObject;
    pub static mut PyDict_Type: PyObject;
    pub static mut PyType_Type: PyObject;

    pub fn Py_IncRef(o: O);
    pub fn Py_DecRef(o: O);
    pub fn PyGILState_Ensure() -> c_int;
    pub fn PyGILState_Release(state: c_int);
    pub fn PyEval_SaveThread() -> *mut c_void;
    pub fn PyEval_RestoreThread(state: *mut c_void);
    pub fn PyThread_get_thread_ident() -> usize;
    pub fn Py_IsInitialized() -> c_int;

    pub fn PyErr_Occurred() -> O;
    pub fn PyErr_Clear();
    pub fn PyErr_Fetch(kind: *mut O, value: *mut O, trace: *mut O);
    pub fn PyErr_Restore(kind: O, value: O, trace: O);
    pub fn PyErr_SetObject(kind: O, value: O);
    pub fn PyErr_WriteUnraisable(o: O);

    pub fn PyLong_AsLongLongAndOverflow(o: O, overflow: *mut c_int) -> i64;
    pub fn PyLong_FromLongLong(v: i64) -> O;
    pub fn PyLong_FromUnsignedLongLong(v: u64) -> O;
    pub fn PyLong_FromString(text: *const c_char, end: *mut *mut c_char, base: c_int) -> O;
    pub fn PyNumber_Index(o: O) -> O;
    pub fn PyFloat_AsDouble(o: O) -> f64;
    pub fn PyFloat_FromDouble(v: f64) -> O;
    pub fn PyUnicode_AsUTF8AndSize(o: O, size: *mut isize) -> *const u8;
    pub fn PyUnicode_FromStringAndSize(data: *const u8, size: isize) -> O;
    pub fn PyUnicode_DecodeFSDefaultAndSize(data: *const u8, size: isize) -> O;
    pub fn PyUnicode_EncodeFSDefault(o: O) -> O;
    pub fn PyBytes_FromStringAndSize(data: *const u8, size: isize) -> O;
    pub fn PyBytes_AsStringAndSize(o: O, data: *mut *mut u8, size: *mut isize) -> c_int;
    pub fn PyByteArray_Resize(o: O, size: isize) -> c_int;
    pub fn PyByteArray_AsString(o: O) -> *mut u8;
    pub fn PyOS_FSPath(o: O) -> O;

    pub fn PyList_New(size: isize) -> O;
    pub fn PyList_SetItem(list: O, at: isize, item: O) -> c_int;
    pub fn PyList_SetSlice(list: O, low: isize, high: isize, items: O) -> c_int;
    pub fn PyTuple_New(size: isize) -> O;
    pub fn PyTuple_SetItem(tuple: O, at: isize, item: O) -> c_int;
    pub fn PyTuple_GetItem(tuple: O, at: isize) -> O;
    pub fn PyTuple_Size(tuple: O) -> isize;
    pub fn PyDict_New() -> O;
    pub fn PyDict_SetItem(dict: O, key: O, value: O) -> c_int;
    pub fn PyDict_Next(dict: O, at: *mut isize, key: *mut O, value: *mut O) -> c_int;
    pub fn PySet_New(items: O) -> O;
    pub fn PySet_Add(set: O, item: O) -> c_int;

    pub fn PyObject_GetIter(o: O) -> O;
    pub fn PyIter_Next(o: O) -> O;
    pub fn PyObject_Size(o: O) -> isize;
    pub fn PySequence_Check(o: O) -> c_int;
    pub fn PyMapping_Items(o: O) -> O;
    pub fn PyCallable_Check(o: O) -> c_int;
    pub fn PyObject_VectorcallDict(f: O, args: *const O, count: usize, names: O) -> O;
    pub fn PyObject_GetAttrString(o: O, name: *const c_char) -> O;
    pub fn PyObject_SetAttrString(o: O, name: *const c_char, value: O) -> c_int;
    pub fn PyObject_RichCompareBool(a: O, b: O, operation: c_int) -> c_int;
    pub fn PyObject_Hash(o: O) -> isize;
    pub fn PyObject_Repr(o: O) -> O;
    pub fn PyObject_Str(o: O) -> O;
    pub fn PyObject_SelfIter(o: O) -> O;
    pub fn PyObject_ClearWeakRefs(o: O);
    pub fn PyObject_GetBuffer(o: O, view: *mut PyBuffer, flags: c_int) -> c_int;
    pub fn PyBuffer_Release(view: *mut PyBuffer);
    pub fn PyBuffer_FillInfo(
        view: *mut PyBuffer,
        owner: O,
        data: *mut u8,
        size: isize,
        readonly: c_int,
        flags: c_int,
    ) -> c_int;
    pub fn PyObject_CheckBuffer(o: O) -> c_int;
    pub fn PyMemoryView_FromObject(o: O) -> O;
    pub fn PyImport_ImportModule(name: *const c_char) -> O;
    pub fn PyModule_Create2(def: *mut ModuleDef, version: c_int) -> O;
    pub fn PyModule_GetDict(module: O) -> O;
    pub fn PyModule_New(name: *const c_char) -> O;
    pub fn PyCMethod_New(def: *const MethodDef, owner: O, module: O, class: O) -> O;
    pub fn PyInstanceMethod_New(f: O) -> O;
    pub fn PyStaticMethod_New(f: O) -> O;
    pub fn PyType_FromSpecWithBases(spec: *const TypeSpec, bases: O) -> O;
    pub fn PyType_GenericAlloc(kind: O, items: isize) -> O;
    pub fn PyType_IsSubtype(a: O, b: O) -> c_int;
    pub fn PyObject_Free(o: *mut c_void);
}

#[inline]
pub fn none() -> O {
    unsafe { new_ref(&raw mut _Py_NoneStruct) }
}

#[inline]
pub fn is_none(o: O) -> bool {
    o == &raw mut _Py_NoneStruct
}

/// A new reference to `o`.
#[inline]
pub unsafe fn new_ref(o: O) -> O {
    Py_IncRef(o);
    o
}

#[inline]
pub unsafe fn kind_of(o: O) -> O {
    (*o).kind
}

/// A new reference to the text `text`.
#[inline]
pub fn text(text: &str) -> O {
    unsafe { PyUnicode_FromStringAndSize(text.as_ptr(), text.len() as isize) }
}

/// An owned reference, given back when it goes.
pub struct Owned(pub O);

impl Drop for Owned {
    #[inline]
    fn drop(&mut self) {
        unsafe { Py_DecRef(self.0) }
    }
}

/// The GIL, held: by this thread already, or taken for a while.
pub struct Gil(c_int);

impl Gil {
    pub fn take() -> Gil {
        Gil(unsafe { PyGILState_Ensure() })
    }
}

impl Drop for Gil {
    fn drop(&mut self) {
        unsafe { PyGILState_Release(self.0) }
    }
}

/// Let other threads run Python while `call` runs, if it is `slow`.
#[inline]
pub fn detached<R>(slow: bool, call: impl FnOnce() -> R + Send) -> R {
    if slow {
        without_gil(call)
    } else {
        call()
    }
}

struct Restore(*mut std::os::raw::c_void);

impl Drop for Restore {
    fn drop(&mut self) {
        unsafe { PyEval_RestoreThread(self.0) }
    }
}

#[inline(never)]
fn without_gil<R>(call: impl FnOnce() -> R + Send) -> R {
    let _restore = Restore(unsafe { PyEval_SaveThread() });
    call()
}

pub const SLOW: usize = 1 << 16;
