//! Open files: a file object of Python's and a `File` have each a descriptor of their own.

use super::failure::{Failure, Res};
use super::ffi::*;
use super::frame::{Context, Frame};
use super::from_py::FromPy;
use super::standard::ask;
use super::to_py::ToPy;
use std::fs::File;
use std::os::fd::{FromRawFd, IntoRawFd};

impl<H> FromPy<H> for File {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let number = Owned(ask(c"descriptor", &[o])?);
        if is_none(number.0) {
            return Err(Failure::expected("an open file", o));
        }
        Ok(unsafe { File::from_raw_fd(i32::from_py(number.0, f)?) })
    }
}

macro_rules! lent {
    ($($type:ty),*) => { $(
        impl<H> FromPy<H> for $type {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                let file = File::from_py(o, f)?;
                Ok(f.lend(file))
            }
        }
    )* };
}

lent!(&'static File, &'static mut File);

impl<H> ToPy<H> for File {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        let number = Owned(self.into_raw_fd().to_py(c)?);
        ask(c"file", &[number.0])
    }
}

macro_rules! shared {
    ($($type:ty),*) => { $(
        impl<'r, H> ToPy<H> for $type {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                match self.try_clone() {
                    Ok(file) => file.to_py(c),
                    Err(error) => Err(Failure::of("error", error.to_string())),
                }
            }
        }
    )* };
}

shared!(&'r File, &'r mut File);
