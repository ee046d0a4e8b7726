//! Handles: Rust values that Python holds, with the borrow checker's rules kept at run time.

use super::failure::{Failure, Res};
use super::ffi::*;
use super::frame::{Context, Frame, Lease};
use std::any::TypeId;
use std::cell::Cell;
use std::os::raw::{c_int, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};
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
pub trait Handled: 'static {
    /// True where any thread may hold it.
    const SEND: bool;
    fn kind(&self) -> O;
    fn class() -> O;
}

unsafe fn free<T>(value: *mut c_void) {
    drop(Box::from_raw(value as *mut T))
}

/// A new handle that owns `value`; what `value` points into stays alive by the context's lease.
pub unsafe fn own<T: 'static>(value: T, kind: O, send: bool, c: &mut Context) -> O {
    let lease = c.lease();
    make::<T>(
        Box::into_raw(Box::new(value)),
        Some(free::<T>),
        kind,
        send,
        lease,
        false,
        c,
    )
}

/// A new handle of a value that lies in another one, which the context's lease keeps alive.
pub unsafe fn view<T: 'static>(
    value: *mut T,
    kind: O,
    frozen: bool,
    send: bool,
    c: &mut Context,
) -> O {
    let this = c.this as *mut Handle;
    if !frozen && !this.is_null() && (*this).value == value as *mut c_void {
        return new_ref(c.this);
    }
    let lease = c.lease();
    make::<T>(value, None, kind, send, lease, frozen, c)
}

unsafe fn make<T: 'static>(
    value: *mut T,
    drop: Option<unsafe fn(*mut c_void)>,
    kind: O,
    send: bool,
    lease: O,
    frozen: bool,
    c: &mut Context,
) -> O {
    let made = PyType_GenericAlloc(kind, 0) as *mut Handle;
    (*made).value = value as *mut c_void;
    (*made).lease = lease;
    (*made).flag = Cell::new(0);
    (*made).thread = if send { 0 } else { PyThread_get_thread_ident() };
    (*made).drop = drop;
    std::ptr::write(&mut (*made).id, TypeId::of::<T>());
    (*made).frozen = frozen;
    if let Some(scoped) = &mut c.scoped {
        if drop.is_none() || std::mem::needs_drop::<T>() || std::mem::size_of::<T>() > 0 {
            scoped.push(Owned(new_ref(made as O)));
        }
    }
    made as O
}

/// End the handles that were lent to a callback.
pub unsafe fn expire(scoped: Vec<Owned>) {
    for each in &scoped {
        let handle = each.0 as *mut Handle;
        if (*handle).drop.is_none() || !(*handle).value.is_null() {
            finish(handle);
        }
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

pub fn drain() {
    let here = unsafe { PyThread_get_thread_ident() };
    let mut waiting = ELSEWHERE.lock().unwrap_or_else(|e| e.into_inner());
    let (mine, others) = waiting
        .drain(..)
        .partition::<Vec<_>, _>(|w| w.thread == here);
    *waiting = others;
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

/// The handle that `o` must be, of the class of `T` or one of its variants.
#[inline]
pub unsafe fn handle_of<T: Handled + ?Sized>(o: O) -> Res<*mut Handle> {
    let kind = kind_of(o);
    if kind != T::class() && PyType_IsSubtype(kind, T::class()) == 0 {
        return Err(expected::<T>(o));
    }
    let handle = o as *mut Handle;
    if !T::SEND && (*handle).thread != PyThread_get_thread_ident() {
        return Err(Failure::of("thread", name_of::<T>()));
    }
    if (*handle).value.is_null() {
        return Err(gone::<T>());
    }
    Ok(handle)
}

#[cold]
fn name_of<T: Handled + ?Sized>() -> String {
    super::specialize::short(std::any::type_name::<T>())
}

#[cold]
fn gone<T: Handled + ?Sized>() -> Failure {
    Failure::of("moved", name_of::<T>())
}

#[cold]
fn expected<T: Handled + ?Sized>(o: O) -> Failure {
    Failure::expected(&format!("a {}", name_of::<T>()), o)
}

#[cold]
fn borrowed<T: Handled + ?Sized>(handle: *const Handle, wish: &str) -> Failure {
    let reason = unsafe {
        match ((*handle).flag.get(), (*handle).frozen) {
            (-1, _) => "something that may change it is in use",
            (0, true) => "it is a shared borrow of another value",
            _ => "values that point into it are in use",
        }
    };
    Failure::of(
        "borrowed",
        format!("{} can't be {wish}: {reason}", name_of::<T>()),
    )
}

/// Borrow a handle's value till the frame ends.
#[inline]
pub unsafe fn shared<T: Handled>(o: O, f: &mut Frame) -> Res<&'static T> {
    let handle = handle_of::<T>(o)?;
    let flag = (*handle).flag.get();
    if flag < 0 {
        return Err(borrowed::<T>(handle, "read"));
    }
    (*handle).flag.set(flag + 1);
    f.guard(handle);
    Ok(&*((*handle).value as *const T))
}

/// Borrow a handle's value till the frame ends, to change it: nobody else may borrow it then.
#[inline]
pub unsafe fn exclusive<T: Handled>(o: O, f: &mut Frame) -> Res<&'static mut T> {
    let handle = handle_of::<T>(o)?;
    if (*handle).flag.get() != 0 || (*handle).frozen {
        return Err(borrowed::<T>(handle, "changed"));
    }
    (*handle).flag.set(-1);
    f.guard(handle);
    Ok(&mut *((*handle).value as *mut T))
}

/// A handle of a reference to what has no size of its own, such as a slice in disguise.
pub unsafe fn thin<T: Handled + ?Sized>(value: *mut T, frozen: bool, c: &mut Context) -> O {
    let made = own(value, T::class(), T::SEND, c) as *mut Handle;
    (*made).frozen = frozen;
    made as O
}

/// Borrow what a handle made by `thin` refers to; `frozen` ones can't be changed.
pub unsafe fn fat<T: Handled + ?Sized>(o: O, change: bool, f: &mut Frame) -> Res<*mut T> {
    let handle = handle_of::<T>(o)?;
    let flag = (*handle).flag.get();
    if change && (flag != 0 || (*handle).frozen) || flag < 0 {
        return Err(borrowed::<T>(
            handle,
            if change { "changed" } else { "read" },
        ));
    }
    (*handle).flag.set(if change { -1 } else { flag + 1 });
    f.guard(handle);
    Ok(*((*handle).value as *const *mut T))
}

/// Move a handle's value out: the handle is empty from now on.
pub unsafe fn taken<T: Handled>(o: O, f: &mut Frame) -> Res<T> {
    let handle = handle_of::<T>(o)?;
    if (*handle).flag.get() != 0 || (*handle).drop.is_none() {
        return Err(borrowed::<T>(handle, "moved"));
    }
    keep_lease(handle, f);
    let value = std::mem::replace(&mut (*handle).value, std::ptr::null_mut());
    let lease = std::mem::replace(&mut (*handle).lease, std::ptr::null_mut());
    if !lease.is_null() {
        f.own(Owned(lease));
    }
    Ok(*Box::from_raw(value as *mut T))
}

/// Read a handle's value to clone it.
pub unsafe fn peeked<T: Handled>(o: O, f: &mut Frame) -> Res<&'static T> {
    let handle = handle_of::<T>(o)?;
    if (*handle).flag.get() < 0 {
        return Err(borrowed::<T>(handle, "copied"));
    }
    keep_lease(handle, f);
    Ok(&*((*handle).value as *const T))
}

unsafe fn keep_lease(handle: *mut Handle, f: &mut Frame) {
    if f.kept && !(*handle).lease.is_null() {
        f.own(Owned(new_ref((*handle).lease)));
    }
}

/// Let a handle hold on to what a call put into it.
pub unsafe fn attach(o: O, c: &mut Context) {
    let handle = o as *mut Handle;
    let new = c.lease();
    if new.is_null() {
        return;
    }
    if (*handle).lease.is_null() {
        (*handle).lease = new;
        return;
    }
    let mut frame = Frame::new(true);
    frame.own(Owned((*handle).lease));
    frame.own(Owned(new));
    (*handle).lease = Lease::new(frame, std::ptr::null_mut());
}

/// A context for what comes out of a handle and lives as long as what the handle points into.
pub unsafe fn context_of(o: O) -> Context {
    Context::under((*(o as *mut Handle)).lease)
}

pub const FLAGS: u32 = DEFAULT | NO_NEW;
pub const SIZE: c_int = std::mem::size_of::<Handle>() as c_int;
