//! An `Err` of the guest, told as well as its type can: with its causes, as text, or not at all.

use super::failure::Failure;
use super::ffi::*;
use super::frame::Context;
use std::cell::Cell;

/// An `Err` of the guest, by what its type can say of itself.
pub struct Bad<E>(pub Cell<Option<E>>);

impl<E> Bad<E> {
    pub fn new(error: E) -> Bad<E> {
        Bad(Cell::new(Some(error)))
    }
}

fn said<E>(message: String, causes: Vec<String>, value: Option<Owned>) -> Failure {
    let mut failure = Failure::of("error", message);
    if let Failure::Said(said) = &mut failure {
        said.type_name = std::any::type_name::<E>();
        said.causes = causes;
        said.value = value;
    }
    failure
}

pub trait ViaError<H, E> {
    fn failure(&self, c: &mut Context<H>, hand: fn(E, &mut Context<H>) -> Option<Owned>)
        -> Failure;
}
pub trait ViaDisplay<H, E> {
    fn failure(&self, c: &mut Context<H>, hand: fn(E, &mut Context<H>) -> Option<Owned>)
        -> Failure;
}
pub trait ViaDebug<H, E> {
    fn failure(&self, c: &mut Context<H>, hand: fn(E, &mut Context<H>) -> Option<Owned>)
        -> Failure;
}
pub trait ViaNothing<H, E> {
    fn failure(&self, c: &mut Context<H>, hand: fn(E, &mut Context<H>) -> Option<Owned>)
        -> Failure;
}

impl<H, E: std::error::Error> ViaError<H, E> for &&&Bad<E> {
    fn failure(
        &self,
        c: &mut Context<H>,
        hand: fn(E, &mut Context<H>) -> Option<Owned>,
    ) -> Failure {
        let error = self.0.take().expect("an error is told once");
        let mut causes = Vec::new();
        let mut cause = error.source();
        while let Some(inner) = cause {
            causes.push(inner.to_string());
            cause = inner.source();
        }
        said::<E>(error.to_string(), causes, hand(error, c))
    }
}

impl<H, E: std::fmt::Display> ViaDisplay<H, E> for &&Bad<E> {
    fn failure(
        &self,
        c: &mut Context<H>,
        hand: fn(E, &mut Context<H>) -> Option<Owned>,
    ) -> Failure {
        let error = self.0.take().expect("an error is told once");
        said::<E>(error.to_string(), Vec::new(), hand(error, c))
    }
}

impl<H, E: std::fmt::Debug> ViaDebug<H, E> for &Bad<E> {
    fn failure(
        &self,
        c: &mut Context<H>,
        hand: fn(E, &mut Context<H>) -> Option<Owned>,
    ) -> Failure {
        let error = self.0.take().expect("an error is told once");
        said::<E>(format!("{error:?}"), Vec::new(), hand(error, c))
    }
}

impl<H, E> ViaNothing<H, E> for Bad<E> {
    fn failure(
        &self,
        c: &mut Context<H>,
        hand: fn(E, &mut Context<H>) -> Option<Owned>,
    ) -> Failure {
        let error = self.0.take().expect("an error is told once");
        said::<E>(String::new(), Vec::new(), hand(error, c))
    }
}
