//! Which way a result leaves: as data, as an iterator, as bytes, or as an opaque handle.
//!
//! Stable Rust has no specialization; method lookup stands in: it tries a receiver with more
//! references first, and `out` of a trait whose bound is not met is passed over.

use super::failure::Res;
use super::ffi::*;
use super::frame::{Context, Frame};
use super::handle::{own, OPAQUE};
use super::lease::Terms;
use super::to_py::ToPy;
use std::mem::ManuallyDrop;

/// A value on its way out, of which `take` is called once.
pub struct Out<T> {
    value: ManuallyDrop<T>,
    send: bool,
}

impl<T> Out<T> {
    #[inline]
    pub fn new(value: T, send: bool) -> Out<T> {
        Out {
            value: ManuallyDrop::new(value),
            send,
        }
    }

    #[inline]
    fn take(&self) -> T {
        unsafe { std::ptr::read(&*self.value) }
    }
}

pub trait AsData<H> {
    fn out(&self, c: &mut Context<H>) -> Res<O>;
}
pub trait AsItems<H> {
    fn out(&self, c: &mut Context<H>) -> Res<O>;
}
pub trait AsBytes<H> {
    fn out(&self, c: &mut Context<H>) -> Res<O>;
}
pub trait AsOpaques<H> {
    fn out(&self, c: &mut Context<H>) -> Res<O>;
}
pub trait AsOpaque<H> {
    fn out(&self, c: &mut Context<H>) -> Res<O>;
}

impl<H, T: ToPy<H>> AsData<H> for &&&&Out<T> {
    #[inline]
    fn out(&self, c: &mut Context<H>) -> Res<O> {
        self.take().to_py(c)
    }
}

impl<H: 'static, T: Iterator + 'static> AsItems<H> for &&&Out<T>
where
    T::Item: ToPy<H>,
{
    fn out(&self, c: &mut Context<H>) -> Res<O> {
        super::iterate::iterator(self.take(), self.send, |item, c| item.to_py(c), c)
    }
}

/// What has no class here but lends bytes, such as a digest.
impl<H, T: AsRef<[u8]> + 'static> AsBytes<H> for &&Out<T> {
    fn out(&self, _: &mut Context<H>) -> Res<O> {
        super::to_py::bytes(self.take().as_ref())
    }
}

impl<H: 'static, T: Iterator + 'static> AsOpaques<H> for &Out<T>
where
    T::Item: 'static,
{
    fn out(&self, c: &mut Context<H>) -> Res<O> {
        let send = self.send;
        super::iterate::iterator(self.take(), send, move |item, c| opaque(item, send, c), c)
    }
}

impl<H, T: 'static> AsOpaque<H> for Out<T> {
    fn out(&self, c: &mut Context<H>) -> Res<O> {
        opaque(self.take(), self.send, c)
    }
}

pub fn opaque<T: 'static>(value: T, send: bool, c: &mut Terms) -> Res<O> {
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

pub trait Cloned<H, T> {
    fn by_value(&self, o: O, points: bool, f: &mut Frame<H>) -> Res<T>;
}
pub trait MovedOut<H, T> {
    fn by_value(&self, o: O, points: bool, f: &mut Frame<H>) -> Res<T>;
}

impl<H, T: Clone + super::handle::Handled<H>> Cloned<H, T> for &ByValue<T> {
    fn by_value(&self, o: O, points: bool, f: &mut Frame<H>) -> Res<T> {
        unsafe { super::borrowing::peeked::<H, T>(o, points, f) }.cloned()
    }
}

impl<H, T: super::handle::Handled<H>> MovedOut<H, T> for ByValue<T> {
    fn by_value(&self, o: O, points: bool, f: &mut Frame<H>) -> Res<T> {
        unsafe { super::borrowing::taken::<H, T>(o, points, f) }
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
