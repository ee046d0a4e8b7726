//! Leases: who holds on to what a call borrowed, and what ends with a callback.

use super::borrows::Borrows;
use super::ffi::*;
use super::handle::{expire, Handle, LEASE};

/// A Python object that holds a frame: whatever points into its arguments holds the lease.
#[repr(C)]
pub struct Lease {
    head: PyObject,
    frame: Option<Box<Borrows>>,
    /// The leases of the callbacks whose arguments it points into.
    scopes: Option<Box<Vec<Owned>>>,
    /// The lease of a callback: what ends with it, and whether that is over.
    lent: Option<Box<Vec<Owned>>>,
    over: bool,
}

impl Lease {
    /// A new reference to a lease of `frame`, or null where it holds nothing.
    pub unsafe fn new(mut frame: Borrows) -> O {
        if frame.is_empty() {
            return std::ptr::null_mut();
        }
        frame.settle();
        let made = PyType_GenericAlloc(LEASE.get(), 0) as *mut Lease;
        let scopes = frame.scopes();
        if !scopes.is_empty() {
            let owned = scopes.into_iter().map(|scope| Owned(new_ref(scope)));
            std::ptr::write(&mut (*made).scopes, Some(Box::new(owned.collect())));
        }
        std::ptr::write(&mut (*made).frame, Some(Box::new(frame)));
        made as O
    }

    /// A new reference to a lease for the time of a callback.
    unsafe fn scope() -> O {
        let made = PyType_GenericAlloc(LEASE.get(), 0) as *mut Lease;
        std::ptr::write(&mut (*made).lent, Some(Box::default()));
        made as O
    }

    /// The leases of the callbacks that end what holds this one.
    pub unsafe fn scopes(lease: O) -> Vec<O> {
        if lease.is_null() {
            return Vec::new();
        }
        let this = &*(lease as *const Lease);
        match (&this.lent, &this.scopes) {
            (Some(_), _) => vec![lease],
            (None, Some(scopes)) => scopes.iter().map(|scope| scope.0).collect(),
            (None, None) => Vec::new(),
        }
    }

    /// True where what holds it ends with a callback.
    pub unsafe fn is_lent(lease: O) -> bool {
        let this = lease as *const Lease;
        !lease.is_null() && ((*this).lent.is_some() || (*this).scopes.is_some())
    }

    /// End a handle with the callbacks whose arguments it points into.
    pub unsafe fn register(handle: *mut Handle) {
        if !Lease::is_lent((*handle).lease) {
            return;
        }
        for scope in Lease::scopes((*handle).lease) {
            let scope = scope as *mut Lease;
            if (*scope).over {
                expire(handle);
            } else if let Some(lent) = &mut (*scope).lent {
                lent.push(Owned(new_ref(handle as O)));
            }
        }
    }

    /// The callback is over: what was lent to it ends, and before that what points there.
    unsafe fn end(scope: O) {
        let scope = scope as *mut Lease;
        (*scope).over = true;
        while let Some(last) = (*scope).lent.as_mut().and_then(|lent| lent.pop()) {
            expire(last.0 as *mut Handle);
        }
    }

    pub unsafe extern "C" fn dealloc(o: O) {
        let lease = o as *mut Lease;
        let kind = kind_of(o);
        drop((*lease).frame.take());
        drop((*lease).scopes.take());
        drop((*lease).lent.take());
        PyObject_Free(o as *mut _);
        Py_DecRef(kind);
    }
}

/// How results leave a call: what they point into, and what they may be.
pub struct Terms {
    /// What the arguments borrow that results may point into; null where that is nothing.
    kept: *mut Borrows,
    pub lease: O,
    /// The handle that the call was made on: a method that returns `&mut self` returns it.
    pub this: O,
    /// True for the arguments of a callback: they end when it returns.
    pub scope: bool,
}

impl Terms {
    #[inline]
    pub fn new(kept: Option<&mut Borrows>, this: O) -> Terms {
        let kept = kept.map_or(std::ptr::null_mut(), |frame| frame as *mut Borrows);
        Terms {
            kept,
            lease: std::ptr::null_mut(),
            this,
            scope: false,
        }
    }

    /// A new reference to the lease of this call, null where nothing is kept.
    pub unsafe fn lease(&mut self) -> O {
        if !self.kept.is_null() {
            let frame = std::mem::replace(&mut *self.kept, Borrows::new(true));
            self.kept = std::ptr::null_mut();
            self.lease = Lease::new(frame);
        }
        if self.scope && self.lease.is_null() {
            self.lease = Lease::scope();
        }
        if self.lease.is_null() {
            self.lease
        } else {
            new_ref(self.lease)
        }
    }
}

impl Drop for Terms {
    #[inline]
    fn drop(&mut self) {
        if !self.lease.is_null() {
            unsafe {
                if self.scope {
                    Lease::end(self.lease);
                }
                Py_DecRef(self.lease)
            }
        }
    }
}
