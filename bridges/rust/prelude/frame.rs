//! Frames and contexts of an extension: what a call borrows, and on which terms its results leave.
//!
//! `H` is an extension's own type: the orphan rule lets it say how types of a crate cross only by a
//! trait that takes such a parameter. Frames and contexts carry it, so that nobody has to name it.

use super::borrows::Borrows;
use super::ffi::*;
use super::lease::Terms;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

/// What an extension begins with: its own type, and the frames that carry it.
#[macro_export]
macro_rules! here {
    () => {
        pub struct Here;
        type Frame = prelude::frame::Frame<Here>;
        type Context = prelude::frame::Context<Here>;
        type Callable = prelude::callback::Callable<Here>;
    };
}

/// Who converts: the prelude itself, for its own needs.
pub struct Own;

/// The borrows of a call.
#[repr(transparent)]
pub struct Frame<H>(Borrows, PhantomData<fn() -> H>);

/// The terms on which results leave a call.
#[repr(transparent)]
pub struct Context<H>(Terms, PhantomData<fn() -> H>);

impl<H> Frame<H> {
    #[inline]
    pub fn new(kept: bool) -> Frame<H> {
        Frame(Borrows::new(kept), PhantomData)
    }
}

/// A frame for what the prelude reads and does not keep.
#[inline]
pub fn brief() -> Frame<Own> {
    Frame::new(false)
}

impl<H> Context<H> {
    #[inline]
    pub fn new(kept: Option<&mut Frame<H>>, this: O) -> Context<H> {
        Context(
            Terms::new(kept.map(|frame| &mut frame.0), this),
            PhantomData,
        )
    }

    /// A context for results that hold on to `lease` (or to nothing, where it is null).
    pub unsafe fn under(lease: O) -> Context<H> {
        let mut c = Context::new(None, std::ptr::null_mut());
        if !lease.is_null() {
            c.lease = new_ref(lease);
        }
        c
    }

    /// A context for the arguments of a callback: what is lent ends with it.
    pub fn scope() -> Context<H> {
        let mut c = Context::new(None, std::ptr::null_mut());
        c.scope = true;
        c
    }

    /// Terms as the extension's context.
    #[inline]
    pub fn of(terms: &mut Terms) -> &mut Context<H> {
        unsafe { &mut *(terms as *mut Terms as *mut Context<H>) }
    }
}

/// A context for what the prelude makes, which points into nothing.
#[inline]
pub fn nowhere() -> Context<Own> {
    Context::new(None, std::ptr::null_mut())
}

impl<H> Deref for Frame<H> {
    type Target = Borrows;

    #[inline(always)]
    fn deref(&self) -> &Borrows {
        &self.0
    }
}

impl<H> DerefMut for Frame<H> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Borrows {
        &mut self.0
    }
}

impl<H> Deref for Context<H> {
    type Target = Terms;

    #[inline(always)]
    fn deref(&self) -> &Terms {
        &self.0
    }
}

impl<H> DerefMut for Context<H> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut Terms {
        &mut self.0
    }
}
