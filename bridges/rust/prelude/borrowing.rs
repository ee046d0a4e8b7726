//! The borrow checker's rules as a program runs: who may read, change, move or keep a value.

use super::failure::{with_article, Failure, Res};
use super::ffi::*;
use super::frame::{Context, Frame, Lease};
use super::handle::{drain, own, Handle, Handled};

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
    if !T::SEND {
        drain();
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
    Failure::expected(&with_article(&name_of::<T>()), o)
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
