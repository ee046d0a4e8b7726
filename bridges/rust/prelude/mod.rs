//! The prelude of every extension: handles, conversions, calls. Nothing in it knows a crate.

pub mod call;
pub mod callback;
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
pub mod module;
pub mod object;
pub mod slots;
pub mod specialize;
pub mod standard;
pub mod to_py;
pub mod view;
