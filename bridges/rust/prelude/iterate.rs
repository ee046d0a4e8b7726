//! Rust iterators as Python's, lazily; and Python's as Rust's.

use super::borrowing::context_of;
use super::failure::{guarded, pass, Failure, Res};
use super::ffi::*;
use super::frame::{Context, Frame, Own};
use super::from_py::FromPy;
use super::handle::{own, Handle, Kind};
use super::lease::Terms;
use super::object::PyObj;
use std::marker::PhantomData;

pub static ITERATOR: Kind = Kind::new();

/// What a Python iterator asks its Rust one.
trait Steps {
    fn step(&mut self, c: &mut Terms) -> Option<Res<O>>;
    fn hint(&self) -> usize;
}

struct Each<I, F, H>(I, F, PhantomData<fn() -> H>);

impl<H, I, F> Steps for Each<I, F, H>
where
    I: Iterator,
    F: FnMut(I::Item, &mut Context<H>) -> Res<O>,
{
    fn step(&mut self, c: &mut Terms) -> Option<Res<O>> {
        self.0.next().map(|item| (self.1)(item, Context::of(c)))
    }

    fn hint(&self) -> usize {
        self.0.size_hint().0
    }
}

type Boxed = Box<dyn Steps>;

pub fn iterator<H, I, F>(iterator: I, send: bool, convert: F, c: &mut Context<H>) -> Res<O>
where
    H: 'static,
    I: Iterator + 'static,
    F: FnMut(I::Item, &mut Context<H>) -> Res<O> + 'static,
{
    let boxed: Boxed = Box::new(Each(iterator, convert, PhantomData));
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
        let mut c = context_of::<Own>(o);
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
pub struct PyIter<T>(PyObj, fn(O) -> Res<T>);

impl<H, T: FromPy<H>> FromPy<H> for PyIter<T> {
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        let iterator = Owned(unsafe { PyObject_GetIter(o) });
        if iterator.0.is_null() || T::BORROWS {
            return Err(Failure::expected("an iterable", o));
        }
        let read = |o| T::from_py(o, &mut Frame::new(false));
        Ok(PyIter(unsafe { PyObj::new(iterator.0) }, read))
    }
}

impl<T> Iterator for PyIter<T> {
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
        match (self.1)(item.0) {
            Ok(item) => Some(item),
            Err(failure) => pass(failure),
        }
    }
}
