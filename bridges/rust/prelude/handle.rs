//! Handles: Rust values that Python holds, with the borrow checker's rules kept at run time.

use super::ffi::*;
use super::lease::{Lease, Terms};
use std::any::TypeId;
use std::cell::Cell;
use std::os::raw::{c_int, c_void};
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};
use std::sync::Mutex;

/// A Python type made when the module is loaded.
pub struct Kind(AtomicPtr<PyObject>);

impl Kind {
    pub const fn new() -> Kind {
        Kind(AtomicPtr::new(std::ptr::null_mut()))
    }

    #[inline]
    pub fn get(&self) -> O {
        self.0.load(Ordering::Relaxed)
    }

    pub fn set(&self, kind: O) {
        self.0.store(kind, Ordering::Relaxed)
    }
}

pub static LEASE: Kind = Kind::new();
pub static OPAQUE: Kind = Kind::new();

/// A Python object with a Rust value: its own, or one that it points to and keeps alive.
#[repr(C)]
pub struct Handle {
    pub head: PyObject,
    pub value: *mut c_void,
    /// What the value points into; null where it is whole in itself.
    pub lease: O,
    pub weak: O,
    /// How many borrow it now; -1 where one may change it.
    pub flag: Cell<isize>,
    /// The only thread that may use it; 0 for any.
    pub thread: usize,
    pub drop: Option<unsafe fn(*mut c_void)>,
    pub id: TypeId,
    /// True where it is a shared borrow, which may not be changed.
    pub frozen: bool,
}

/// A type whose values cross as handles.
pub trait Handled<H>: 'static {
    /// True where any thread may hold it.
    const SEND: bool;
    fn kind(&self) -> O;
    fn class() -> O;
}

unsafe fn free<T>(value: *mut c_void) {
    drop(Box::from_raw(value as *mut T))
}

/// A new handle that owns `value`; what `value` points into stays alive by the context's lease.
pub unsafe fn own<T: 'static>(value: T, kind: O, send: bool, c: &mut Terms) -> O {
    let lease = c.lease();
    let value = Box::into_raw(Box::new(value)) as *mut c_void;
    let made = make(value, TypeId::of::<T>(), kind, send, lease);
    (*made).drop = Some(free::<T>);
    Lease::register(made);
    made as O
}

/// A new handle of a value that lies in another one, which the context's lease keeps alive.
pub unsafe fn view<T: 'static>(
    value: *mut T,
    kind: O,
    frozen: bool,
    send: bool,
    c: &mut Terms,
) -> O {
    let this = c.this as *mut Handle;
    // Its first field lies where it lies itself.
    let is_there = !this.is_null() && (*this).value == value as *mut c_void;
    if !frozen && is_there && (*this).id == TypeId::of::<T>() {
        return new_ref(c.this);
    }
    let lease = c.lease();
    let made = make(value as *mut c_void, TypeId::of::<T>(), kind, send, lease);
    (*made).frozen = frozen;
    Lease::register(made);
    made as O
}

unsafe fn make(value: *mut c_void, id: TypeId, kind: O, send: bool, lease: O) -> *mut Handle {
    if !send {
        drain();
    }
    let made = PyType_GenericAlloc(kind, 0) as *mut Handle;
    (*made).value = value;
    (*made).lease = lease;
    (*made).flag = Cell::new(0);
    (*made).thread = if send { 0 } else { PyThread_get_thread_ident() };
    std::ptr::write(&mut (*made).id, id);
    made
}

/// End a handle: its value is gone, or nobody may look at it any more.
pub unsafe fn expire(handle: *mut Handle) {
    if (*handle).drop.is_none() || !(*handle).value.is_null() {
        finish(handle);
    }
}

unsafe fn finish(handle: *mut Handle) {
    let value = std::mem::replace(&mut (*handle).value, std::ptr::null_mut());
    if let (Some(free), false) = ((*handle).drop, value.is_null()) {
        let here = PyThread_get_thread_ident();
        if (*handle).thread == 0 || (*handle).thread == here {
            let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| free(value)));
            drop(dropped);
        } else {
            let lease = std::mem::replace(&mut (*handle).lease, std::ptr::null_mut());
            let mut waiting = ELSEWHERE.lock().unwrap_or_else(|e| e.into_inner());
            waiting.push(Waiting {
                thread: (*handle).thread,
                value,
                free,
                lease,
            });
            ANY.store(true, Ordering::Relaxed);
        }
    }
    let lease = std::mem::replace(&mut (*handle).lease, std::ptr::null_mut());
    if !lease.is_null() {
        Py_DecRef(lease);
    }
}

struct Waiting {
    thread: usize,
    value: *mut c_void,
    free: unsafe fn(*mut c_void),
    lease: O,
}

unsafe impl Send for Waiting {}

/// Values collected on a thread that may not touch them: their own drops them at its next call.
static ELSEWHERE: Mutex<Vec<Waiting>> = Mutex::new(Vec::new());
static ANY: AtomicBool = AtomicBool::new(false);

/// Drop what this thread alone may, where there is any such value.
#[inline]
pub fn drain() {
    if ANY.load(Ordering::Relaxed) {
        drop_mine();
    }
}

#[cold]
fn drop_mine() {
    let here = unsafe { PyThread_get_thread_ident() };
    let mut waiting = ELSEWHERE.lock().unwrap_or_else(|e| e.into_inner());
    let (mine, others) = waiting
        .drain(..)
        .partition::<Vec<_>, _>(|w| w.thread == here);
    *waiting = others;
    ANY.store(!waiting.is_empty(), Ordering::Relaxed);
    drop(waiting);
    for each in mine {
        unsafe {
            let freed =
                std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (each.free)(each.value)));
            drop(freed);
            if !each.lease.is_null() {
                Py_DecRef(each.lease);
            }
        }
    }
}

pub unsafe extern "C" fn dealloc(o: O) {
    let handle = o as *mut Handle;
    let kind = kind_of(o);
    if !(*handle).weak.is_null() {
        PyObject_ClearWeakRefs(o);
    }
    if (*handle).value.is_null() && (*handle).lease.is_null() {
    } else {
        let mut parts = [std::ptr::null_mut(); 3];
        PyErr_Fetch(&mut parts[0], &mut parts[1], &mut parts[2]);
        finish(handle);
        PyErr_Restore(parts[0], parts[1], parts[2]);
    }
    PyObject_Free(o as *mut _);
    Py_DecRef(kind);
}

pub const SIZE: c_int = std::mem::size_of::<Handle>() as c_int;
