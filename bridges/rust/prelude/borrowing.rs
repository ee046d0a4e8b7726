//! The borrow checker's rules as a program runs: who may read, change, move or keep a value.

use super::borrows::Borrows;
use super::failure::{with_article, Failure, Res};
use super::ffi::*;
use super::frame::Context;
use super::handle::{drain, own, Handle, Handled};
use super::lease::{Lease, Terms};
use super::specialize::short;
use std::os::raw::c_void;

/// What is asked of a handle: its class, that this thread may use it, and what it is called.
struct Asked {
    class: O,
    send: bool,
    name: Name,
}

/// What a type is called; asked for only where a call is refused.
type Name = fn() -> &'static str;

#[inline]
fn asked<H, T: Handled<H> + ?Sized>() -> Asked {
    Asked {
        class: T::class(),
        send: T::SEND,
        name: std::any::type_name::<T>,
    }
}

/// True for a type that may point into something: its text names a lifetime.
pub const fn points(text: &str) -> bool {
    let (text, mut at) = (text.as_bytes(), 0);
    while at < text.len() {
        if text[at] == b'\'' {
            return true;
        }
        at += 1;
    }
    false
}

/// The handle that `o` must be, of the class that is asked for or one of its variants.
#[inline(always)]
unsafe fn handle_of(o: O, asked: &Asked, f: &mut Borrows) -> Res<*mut Handle> {
    let kind = kind_of(o);
    let handle = if kind != asked.class && PyType_IsSubtype(kind, asked.class) == 0 {
        variant_of(o, asked, f)?
    } else {
        o as *mut Handle
    };
    if !asked.send {
        if (*handle).thread != PyThread_get_thread_ident() {
            return Err(elsewhere(asked.name));
        }
        drain();
    }
    if (*handle).value.is_null() {
        return Err(gone(asked.name));
    }
    Ok(handle)
}

/// A variant without fields may be given as its class: `Case.Snake` is `Case.Snake()`.
#[cold]
unsafe fn variant_of(o: O, asked: &Asked, f: &mut Borrows) -> Res<*mut Handle> {
    let is_class = PyType_IsSubtype(kind_of(o), &raw mut PyType_Type) != 0;
    if is_class && o != asked.class && PyType_IsSubtype(o, asked.class) != 0 {
        let none = std::ptr::null_mut();
        let made = PyObject_VectorcallDict(o, std::ptr::null(), 0, none);
        if !made.is_null() {
            f.own(Owned(made));
            return Ok(made as *mut Handle);
        }
        PyErr_Clear();
    }
    Err(expected(o, asked.name))
}

#[cold]
fn elsewhere(name: Name) -> Failure {
    Failure::of("thread", short(name()))
}

#[cold]
fn gone(name: Name) -> Failure {
    Failure::of("moved", short(name()))
}

#[cold]
fn expected(o: O, name: Name) -> Failure {
    Failure::expected(&with_article(&short(name())), o)
}

#[cold]
fn borrowed(handle: *const Handle, name: Name, wish: &str) -> Failure {
    let reason = unsafe {
        match ((*handle).flag.get(), (*handle).frozen) {
            (-1, _) => "something that may change it is in use",
            (0, true) => "it is a shared borrow of another value",
            _ => "values that point into it are in use",
        }
    };
    let name = short(name());
    Failure::of("borrowed", format!("{name} can't be {wish}: {reason}"))
}

#[inline(always)]
unsafe fn lent(o: O, asked: &Asked, f: &mut Borrows) -> Res<*mut c_void> {
    let handle = handle_of(o, asked, f)?;
    let flag = (*handle).flag.get();
    if flag < 0 {
        return Err(borrowed(handle, asked.name, "read"));
    }
    (*handle).flag.set(flag + 1);
    f.guard(handle);
    Ok((*handle).value)
}

#[inline(always)]
unsafe fn lent_to_change(o: O, asked: &Asked, f: &mut Borrows) -> Res<*mut c_void> {
    let handle = handle_of(o, asked, f)?;
    if (*handle).flag.get() != 0 || (*handle).frozen {
        return Err(borrowed(handle, asked.name, "changed"));
    }
    (*handle).flag.set(-1);
    f.guard(handle);
    Ok((*handle).value)
}

unsafe fn emptied(o: O, asked: &Asked, points: bool, f: &mut Borrows) -> Res<*mut c_void> {
    let handle = handle_of(o, asked, f)?;
    if (*handle).flag.get() != 0 || (*handle).drop.is_none() {
        return Err(borrowed(handle, asked.name, "moved"));
    }
    let value = std::mem::replace(&mut (*handle).value, std::ptr::null_mut());
    let lease = std::mem::replace(&mut (*handle).lease, std::ptr::null_mut());
    if !lease.is_null() {
        match points {
            true => f.own(Owned(lease)),
            false => Py_DecRef(lease),
        }
    }
    Ok(value)
}

unsafe fn copied(o: O, asked: &Asked, points: bool, f: &mut Borrows) -> Res<*mut c_void> {
    let handle = handle_of(o, asked, f)?;
    if (*handle).flag.get() < 0 {
        return Err(borrowed(handle, asked.name, "copied"));
    }
    if points {
        keep_lease(handle, f);
    }
    Ok((*handle).value)
}

unsafe fn lent_fat(o: O, asked: &Asked, change: bool, f: &mut Borrows) -> Res<*mut c_void> {
    let handle = handle_of(o, asked, f)?;
    let flag = (*handle).flag.get();
    if change && (flag != 0 || (*handle).frozen) || flag < 0 {
        let wish = if change { "changed" } else { "read" };
        return Err(borrowed(handle, asked.name, wish));
    }
    (*handle).flag.set(if change { -1 } else { flag + 1 });
    f.guard(handle);
    Ok((*handle).value)
}

/// Borrow a handle's value till the frame ends.
#[inline]
pub unsafe fn shared<H, T: Handled<H>>(o: O, f: &mut Borrows) -> Res<&'static T> {
    match lent(o, &asked::<H, T>(), f) {
        Ok(value) => Ok(&*(value as *const T)),
        Err(failure) => Err(failure),
    }
}

/// Borrow a handle's value till the frame ends, to change it: nobody else may borrow it then.
#[inline]
pub unsafe fn exclusive<H, T: Handled<H>>(o: O, f: &mut Borrows) -> Res<&'static mut T> {
    match lent_to_change(o, &asked::<H, T>(), f) {
        Ok(value) => Ok(&mut *(value as *mut T)),
        Err(failure) => Err(failure),
    }
}

/// A handle of a reference to what has no size of its own, such as a slice in disguise.
pub unsafe fn thin<H, T: Handled<H> + ?Sized>(value: *mut T, frozen: bool, c: &mut Terms) -> O {
    let made = own(value, T::class(), T::SEND, c) as *mut Handle;
    (*made).frozen = frozen;
    made as O
}

/// Borrow what a handle made by `thin` refers to; `frozen` ones can't be changed.
pub unsafe fn fat<H, T: Handled<H> + ?Sized>(o: O, change: bool, f: &mut Borrows) -> Res<*mut T> {
    lent_fat(o, &asked::<H, T>(), change, f).map(|value| *(value as *const *mut T))
}

/// Move a handle's value out: the handle is empty from now on.
pub unsafe fn taken<H, T: Handled<H>>(o: O, points: bool, f: &mut Borrows) -> Res<T> {
    emptied(o, &asked::<H, T>(), points, f).map(|value| *Box::from_raw(value as *mut T))
}

/// Read a handle's value to clone it.
pub unsafe fn peeked<H, T: Handled<H>>(o: O, points: bool, f: &mut Borrows) -> Res<&'static T> {
    copied(o, &asked::<H, T>(), points, f).map(|value| &*(value as *const T))
}

unsafe fn keep_lease(handle: *mut Handle, f: &mut Borrows) {
    if f.kept && !(*handle).lease.is_null() {
        f.own(Owned(new_ref((*handle).lease)));
    }
}

/// Let a handle hold on to what a call put into it.
pub unsafe fn attach<H>(o: O, c: &mut Context<H>) {
    let handle = o as *mut Handle;
    let new = c.lease();
    if new.is_null() {
        return;
    }
    if (*handle).lease.is_null() {
        (*handle).lease = new;
    } else {
        let mut frame = Borrows::new(true);
        frame.own(Owned((*handle).lease));
        frame.own(Owned(new));
        (*handle).lease = Lease::new(frame);
    }
    Lease::register(handle);
}

/// A context for what comes out of a handle and lives as long as what the handle points into.
pub unsafe fn context_of<H>(o: O) -> Context<H> {
    Context::under((*(o as *mut Handle)).lease)
}
