//! Rust iterators as Python's, lazily; and Python's as Rust's.

use super::failure::{guarded, pass, Failure, Res};
use super::ffi::*;
use super::frame::{Context, Frame};
use super::from_py::FromPy;
use super::borrowing::context_of;
use super::handle::{own, Handle, Kind};
use super::object::PyObj;
use std::marker::PhantomData;

pub static ITERATOR: Kind = Kind::new();

/// What a Python iterator asks its Rust one.
trait Steps {
    fn step(&mut self, c: &mut Context) -> Option<Res<O>>;
    fn hint(&self) -> usize;
}

struct Each<I, F>(I, F);

impl<I: Iterator, F: FnMut(I::Item, &mut Context) -> Res<O>> Steps for Each<I, F> {
    fn step(&mut self, c: &mut Context) -> Option<Res<O>> {
        self.0.next().map(|item| (self.1)(item, c))
    }

    fn hint(&self) -> usize {
        self.0.size_hint().0
    }
}

type Boxed = Box<dyn Steps>;

pub fn iterator<I, F>(iterator: I, send: bool, convert: F, c: &mut Context) -> Res<O>
where
    I: Iterator + 'static,
    F: FnMut(I::Item, &mut Context) -> Res<O> + 'static,
{
    let boxed: Boxed = Box::new(Each(iterator, convert));
    Ok(unsafe { own(boxed, ITERATOR.get(), send, c) })
}

unsafe fn entered<R>(o: O, empty: R, enter: impl FnOnce(&mut Boxed) -> R) -> Res<R> {
    let handle = o as *mut Handle;
    if (*handle).thread != 0 && (*handle).thread != PyThread_get_thread_ident() {
        return Err(Failure::of("thread", "iterator".into()));
    }
    if (*handle).value.is_null() {
        return Ok(empty);
    }
    if (*handle).flag.get() != 0 {
        return Err(Failure::of("borrowed", "the iterator is in use".into()));
    }
    (*handle).flag.set(-1);
    let _free = Unset(handle);
    Ok(enter(&mut *((*handle).value as *mut Boxed)))
}

struct Unset(*mut Handle);

impl Drop for Unset {
    fn drop(&mut self) {
        unsafe { (*self.0).flag.set(0) }
    }
}

pub unsafe extern "C" fn next(o: O) -> O {
    guarded("iterator", || {
        let mut c = context_of(o);
        entered(o, None, |steps| steps.step(&mut c))?.unwrap_or(Ok(std::ptr::null_mut()))
    })
}

pub unsafe extern "C" fn length_hint(o: O, _: *const O, _: isize, _: O) -> O {
    guarded("iterator", || {
        let hint = entered(o, 0, |steps| steps.hint())?;
        Ok(PyLong_FromUnsignedLongLong(
            hint.min(isize::MAX as usize) as u64
        ))
    })
}

/// A Python iterable as a Rust iterator of `T`. What it raises leaves by unwinding.
pub struct PyIter<T>(PyObj, PhantomData<fn() -> T>);

impl<T: FromPy> FromPy for PyIter<T> {
    fn from_py(o: O, _: &mut Frame) -> Res<Self> {
        let iterator = Owned(unsafe { PyObject_GetIter(o) });
        if iterator.0.is_null() || T::BORROWS {
            return Err(Failure::expected("an iterable", o));
        }
        Ok(PyIter(unsafe { PyObj::new(iterator.0) }, PhantomData))
    }
}

impl<T: FromPy> Iterator for PyIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let _gil = Gil::take();
        let item = unsafe { PyIter_Next(self.0.object()) };
        if item.is_null() {
            if unsafe { !PyErr_Occurred().is_null() } {
                pass(Failure::Raised);
            }
            return None;
        }
        let item = Owned(item);
        match T::from_py(item.0, &mut Frame::new(false)) {
            Ok(item) => Some(item),
            Err(failure) => pass(failure),
        }
    }
}
