//! The prelude of every extension: handles, conversions, calls. Nothing in it knows a crate.

#[cfg(feature = "serde_core")]
extern crate serde_core as serde;

pub mod borrowing;
pub mod borrows;
pub mod call;
pub mod callback;
pub mod class;
pub mod containers;
#[cfg(feature = "serde")]
pub mod data;
pub mod failure;
pub mod ffi;
pub mod fields;
pub mod frame;
pub mod from_py;
pub mod future;
pub mod handle;
pub mod io;
pub mod iterate;
pub mod lease;
pub mod leave;
pub mod module;
pub mod numbers;
pub mod object;
pub mod octets;
pub mod slots;
pub mod specialize;
pub mod standard;
pub mod system;
pub mod temporaries;
pub mod to_containers;
pub mod to_py;
pub mod told;
pub mod types;
pub mod view;

/// What the lines of an extension name.
pub mod names {
    #[cfg(feature = "serde")]
    pub use super::data::*;
    pub use super::{
        borrowing::*, call::*, callback::*, failure::*, ffi::*, frame::*, from_py::*, future::*,
        handle::*, io::*, iterate::*, lease::*, leave::*, module::*, object::*, octets::*,
        slots::*, specialize::*, to_py::*, told::*,
    };
}
