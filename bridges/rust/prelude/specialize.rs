//! Which way a result leaves: as data, as an iterator, as bytes, or as an opaque handle.
//!
//! Stable Rust has no specialization; method lookup stands in: it tries a receiver with more
//! references first, and `out` of a trait whose bound is not met is passed over.

use super::failure::Res;
use super::ffi::*;
use super::frame::Context;
use super::handle::{own, OPAQUE};
use super::to_py::ToPy;
use std::cell::Cell;

pub struct Out<T> {
    value: Cell<Option<T>>,
    send: bool,
}

impl<T> Out<T> {
    #[inline]
    pub fn new(value: T, send: bool) -> Out<T> {
        Out {
            value: Cell::new(Some(value)),
            send,
        }
    }

    #[inline]
    fn take(&self) -> T {
        self.value.take().expect("a result leaves once")
    }
}

pub trait AsData {
    fn out(&self, c: &mut Context) -> Res<O>;
}
pub trait AsItems {
    fn out(&self, c: &mut Context) -> Res<O>;
}
pub trait AsBytes {
    fn out(&self, c: &mut Context) -> Res<O>;
}
pub trait AsOpaques {
    fn out(&self, c: &mut Context) -> Res<O>;
}
pub trait AsOpaque {
    fn out(&self, c: &mut Context) -> Res<O>;
}

impl<T: ToPy> AsData for &&&&Out<T> {
    #[inline]
    fn out(&self, c: &mut Context) -> Res<O> {
        self.take().to_py(c)
    }
}

impl<T: Iterator + 'static> AsItems for &&&Out<T>
where
    T::Item: ToPy,
{
    fn out(&self, c: &mut Context) -> Res<O> {
        super::iterate::iterator(self.take(), self.send, |item, c| item.to_py(c), c)
    }
}

/// What has no class here but lends bytes, such as a digest.
impl<T: AsRef<[u8]> + 'static> AsBytes for &&Out<T> {
    fn out(&self, _: &mut Context) -> Res<O> {
        super::to_py::bytes(self.take().as_ref())
    }
}

impl<T: Iterator + 'static> AsOpaques for &Out<T>
where
    T::Item: 'static,
{
    fn out(&self, c: &mut Context) -> Res<O> {
        let send = self.send;
        super::iterate::iterator(self.take(), send, move |item, c| opaque(item, send, c), c)
    }
}

impl<T: 'static> AsOpaque for Out<T> {
    fn out(&self, c: &mut Context) -> Res<O> {
        opaque(self.take(), self.send, c)
    }
}

pub fn opaque<T: 'static>(value: T, send: bool, c: &mut Context) -> Res<O> {
    Ok(unsafe { own(value, OPAQUE.get(), send, c) })
}

/// Tells whether a value's type is Send, by method lookup as above.
pub struct Probe<'a, T>(pub &'a T);

pub trait NotSend {
    fn is_send(&self) -> bool;
}
pub trait IsSend {
    fn is_send(&self) -> bool;
}

impl<T> NotSend for Probe<'_, T> {
    #[inline]
    fn is_send(&self) -> bool {
        false
    }
}

impl<T: Send> IsSend for &Probe<'_, T> {
    #[inline]
    fn is_send(&self) -> bool {
        true
    }
}

/// A value by clone where its type has one: else its handle is moved out of.
pub struct ByValue<T>(pub std::marker::PhantomData<T>);

pub trait Cloned<T> {
    fn by_value(&self, o: O, f: &mut super::frame::Frame) -> Res<T>;
}
pub trait MovedOut<T> {
    fn by_value(&self, o: O, f: &mut super::frame::Frame) -> Res<T>;
}

impl<T: Clone + super::handle::Handled> Cloned<T> for &ByValue<T> {
    fn by_value(&self, o: O, f: &mut super::frame::Frame) -> Res<T> {
        unsafe { super::borrowing::peeked::<T>(o, f) }.cloned()
    }
}

impl<T: super::handle::Handled> MovedOut<T> for ByValue<T> {
    fn by_value(&self, o: O, f: &mut super::frame::Frame) -> Res<T> {
        unsafe { super::borrowing::taken::<T>(o, f) }
    }
}

/// `regex::regex::string::Regex<a::B>` is `Regex<B>`.
pub fn short(name: &str) -> String {
    let mut short = String::new();
    for part in name.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')) {
        short.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    short.replace("<'_>", "").replace("'_, ", "")
}

/// The value of an expression as a Python object.
#[macro_export]
macro_rules! out {
    ($c:expr, $value:expr) => {{
        let value = $value;
        let send = (&&Probe(&value)).is_send();
        (&&&&&Out::new(value, send)).out($c)
    }};
}

/// The value of an `Ok`, or the error of an `Err`.
#[macro_export]
macro_rules! ok {
    ($c:expr, $value:expr) => {
        match $value {
            Ok(value) => value,
            Err(error) => {
                return Err(
                    (&&&&Bad::new(error)).failure($c, |error, c| out!(c, error).ok().map(Owned))
                )
            }
        }
    };
}
