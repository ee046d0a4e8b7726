//! What a call borrows: guards on handles, buffers, texts, and values made for its time.

use super::failure::Res;
use super::ffi::*;
use super::handle::{Handle, LEASE};
use std::any::Any;
use std::cell::Cell;

const INLINE: usize = 3;

/// Borrows that end together: with the call, or with the lease that takes them over.
pub struct Frame {
    guards: [*const Handle; INLINE],
    guarded: usize,
    held: [O; INLINE],
    holding: usize,
    rest: Option<Box<Rest>>,
    /// True where a result may point into what is borrowed, so that all of it must stay.
    pub kept: bool,
    /// How many bytes the call reads or writes, to judge whether it is slow.
    pub bytes: usize,
}

/// What few calls need. The order is that of dropping.
#[derive(Default)]
struct Rest {
    guards: Vec<*const Handle>,
    temporaries: Vec<Box<dyn Any>>,
    buffers: Vec<Box<PyBuffer>>,
    after: Vec<Box<dyn FnOnce() -> Res<()>>>,
    owned: Vec<Owned>,
}

impl Frame {
    #[inline]
    pub fn new(kept: bool) -> Frame {
        Frame {
            guards: [std::ptr::null(); INLINE],
            guarded: 0,
            held: [std::ptr::null_mut(); INLINE],
            holding: 0,
            rest: None,
            kept,
            bytes: 0,
        }
    }

    fn rest(&mut self) -> &mut Rest {
        self.rest.get_or_insert_with(Default::default)
    }

    /// Borrow `handle` till the frame ends: its flag was set already.
    #[inline]
    pub fn guard(&mut self, handle: *const Handle) {
        if self.kept {
            self.hold(handle as O);
        }
        if self.guarded < INLINE {
            self.guards[self.guarded] = handle;
            self.guarded += 1;
        } else {
            self.rest().guards.push(handle);
        }
    }

    /// Keep an argument alive for as long as the frame, where a result may point into it.
    #[inline]
    pub fn hold(&mut self, o: O) {
        if !self.kept {
            return;
        }
        if self.holding < INLINE {
            self.held[self.holding] = o;
            self.holding += 1;
        } else {
            self.own(Owned(unsafe { new_ref(o) }));
        }
    }

    /// Take over a reference that must live as long as the frame.
    pub fn own(&mut self, o: Owned) {
        self.rest().owned.push(o);
    }

    /// Keep a value made for this call, and lend it.
    pub fn lend<T: 'static>(&mut self, value: T) -> &'static mut T {
        let mut made = Box::new(value);
        let lent: *mut T = &mut *made;
        self.rest().temporaries.push(made);
        unsafe { &mut *lent }
    }

    pub fn buffer(&mut self, view: Box<PyBuffer>) {
        self.bytes += view.bytes as usize;
        self.rest().buffers.push(view);
    }

    /// Do something when the call has succeeded: a changed list is written back.
    pub fn afterwards(&mut self, job: impl FnOnce() -> Res<()> + 'static) {
        self.rest().after.push(Box::new(job));
    }

    /// Take over all that another frame borrows.
    pub fn join(&mut self, mut other: Frame) {
        unsafe { other.settle() };
        let mut theirs = std::mem::take(other.rest());
        theirs.guards.extend(&other.guards[..other.guarded]);
        other.guarded = 0;
        let rest = self.rest();
        rest.guards.append(&mut theirs.guards);
        rest.temporaries.append(&mut theirs.temporaries);
        rest.buffers.append(&mut theirs.buffers);
        rest.after.append(&mut theirs.after);
        rest.owned.append(&mut theirs.owned);
    }

    #[inline]
    pub fn finish(&mut self) -> Res<()> {
        match &mut self.rest {
            Some(rest) if !rest.after.is_empty() => {
                let jobs = std::mem::take(&mut rest.after);
                jobs.into_iter().try_for_each(|job| job())
            }
            _ => Ok(()),
        }
    }

    fn is_empty(&self) -> bool {
        self.guarded == 0 && self.holding == 0 && self.rest.is_none()
    }

    /// Never end: what is borrowed stays so.
    pub fn leak(mut self) {
        unsafe { self.settle() };
        std::mem::forget(self);
    }

    /// Make what is held by luck of the call held by us: the frame outlives it.
    unsafe fn settle(&mut self) {
        for at in 0..self.holding {
            let held = self.held[at];
            self.own(Owned(new_ref(held)));
        }
        self.holding = 0;
    }
}

impl Drop for Frame {
    #[inline]
    fn drop(&mut self) {
        for handle in &self.guards[..self.guarded] {
            unsafe { release(*handle) }
        }
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        for handle in &self.guards {
            unsafe { release(*handle) }
        }
        self.temporaries.clear();
        for view in &mut self.buffers {
            unsafe { PyBuffer_Release(&mut **view) }
        }
    }
}

#[inline]
unsafe fn release(handle: *const Handle) {
    let flag: &Cell<isize> = &(*handle).flag;
    let before = flag.get();
    flag.set(if before < 0 { 0 } else { before - 1 });
}

/// A Python object that holds a frame: whatever points into its arguments holds the lease.
#[repr(C)]
pub struct Lease {
    head: PyObject,
    frame: Option<Box<Frame>>,
    /// The lease of what the frame itself points into.
    pub inner: O,
}

impl Lease {
    /// A new reference to a lease of `frame`, or null where it holds nothing.
    pub unsafe fn new(mut frame: Frame, inner: O) -> O {
        if frame.is_empty() {
            return if inner.is_null() {
                inner
            } else {
                new_ref(inner)
            };
        }
        frame.settle();
        let made = PyType_GenericAlloc(LEASE.get(), 0) as *mut Lease;
        std::ptr::write(&mut (*made).frame, Some(Box::new(frame)));
        (*made).inner = if inner.is_null() {
            inner
        } else {
            new_ref(inner)
        };
        made as O
    }

    pub unsafe extern "C" fn dealloc(o: O) {
        let lease = o as *mut Lease;
        let kind = kind_of(o);
        drop((*lease).frame.take());
        if !(*lease).inner.is_null() {
            Py_DecRef((*lease).inner);
        }
        PyObject_Free(o as *mut _);
        Py_DecRef(kind);
    }
}

/// How results leave a call: what they point into, and what they may be.
pub struct Context {
    /// What the arguments borrow that results may point into; null where that is nothing.
    kept: *mut Frame,
    lease: O,
    /// The handle that the call was made on: a method that returns `&mut self` returns it.
    pub this: O,
    /// In a callback: the handles lent to it, which end when it returns.
    pub scoped: Option<Vec<Owned>>,
}

impl Context {
    #[inline]
    pub fn new(kept: Option<&mut Frame>, this: O) -> Context {
        let kept = kept.map_or(std::ptr::null_mut(), |frame| frame as *mut Frame);
        Context {
            kept,
            lease: std::ptr::null_mut(),
            this,
            scoped: None,
        }
    }

    /// A context for results that hold on to `lease` (or to nothing, where it is null).
    pub unsafe fn under(lease: O) -> Context {
        let mut c = Context::new(None, std::ptr::null_mut());
        c.lease = if lease.is_null() {
            lease
        } else {
            new_ref(lease)
        };
        c
    }

    /// A context for the arguments of a callback: what is lent ends with it.
    pub fn scope() -> Context {
        let mut c = Context::new(None, std::ptr::null_mut());
        c.scoped = Some(Vec::new());
        c
    }

    /// A new reference to the lease of this call, null where nothing is kept.
    pub unsafe fn lease(&mut self) -> O {
        if !self.kept.is_null() {
            let frame = std::mem::replace(&mut *self.kept, Frame::new(true));
            self.kept = std::ptr::null_mut();
            self.lease = Lease::new(frame, std::ptr::null_mut());
        }
        if self.lease.is_null() {
            self.lease
        } else {
            new_ref(self.lease)
        }
    }
}

impl Drop for Context {
    #[inline]
    fn drop(&mut self) {
        if !self.lease.is_null() {
            unsafe { Py_DecRef(self.lease) }
        }
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
