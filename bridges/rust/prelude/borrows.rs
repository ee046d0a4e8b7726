//! What a call borrows: guards on handles, buffers, texts, and values made for its time.

use super::failure::Res;
use super::ffi::*;
use super::handle::{Handle, LEASE};
use super::lease::Lease;
use std::any::Any;
use std::cell::Cell;

const INLINE: usize = 3;

/// Borrows that end together: with the call, or with the lease that takes them over.
pub struct Borrows {
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

impl Borrows {
    #[inline]
    pub fn new(kept: bool) -> Borrows {
        Borrows {
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
    pub fn join(&mut self, other: &mut Borrows) {
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

    pub fn is_empty(&self) -> bool {
        self.guarded == 0 && self.holding == 0 && self.rest.is_none()
    }

    /// Never end: what is borrowed stays so.
    pub fn leak(&mut self) {
        unsafe { self.settle() };
        std::mem::forget(std::mem::replace(self, Borrows::new(true)));
    }

    /// The leases of the callbacks whose arguments are borrowed here.
    pub fn scopes(&self) -> Vec<O> {
        let mut found: Vec<O> = Vec::new();
        let (guards, owned) = match &self.rest {
            Some(rest) => (&rest.guards[..], &rest.owned[..]),
            None => (&[][..], &[][..]),
        };
        for handle in self.guards[..self.guarded].iter().chain(guards) {
            found.extend(unsafe { Lease::scopes((**handle).lease) });
        }
        for each in owned {
            if unsafe { kind_of(each.0) } == LEASE.get() {
                found.extend(unsafe { Lease::scopes(each.0) });
            }
        }
        found.sort();
        found.dedup();
        found
    }

    /// True where some of it was lent to a callback.
    pub fn is_lent(&self) -> bool {
        !self.scopes().is_empty()
    }

    /// Make what is held by luck of the call held by us: the frame outlives it.
    pub unsafe fn settle(&mut self) {
        for at in 0..self.holding {
            let held = self.held[at];
            self.own(Owned(new_ref(held)));
        }
        self.holding = 0;
    }
}

impl Drop for Borrows {
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
