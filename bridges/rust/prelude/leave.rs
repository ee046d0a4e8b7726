//! Results that leave a call: in which shape, and on which terms.

use super::borrows::Borrows;
use super::failure::Res;
use super::ffi::*;
use super::frame::{Context, Frame};

/// A context for the results of a call, which takes over what they may point into.
#[inline]
pub fn leaving<H>(f: &mut Frame<H>, k: &mut Frame<H>, this: O) -> Res<Context<H>> {
    f.finish()?;
    k.finish()?;
    Ok(Context::new(Some(k), this))
}

/// A value in the shape of its type: `Err` is raised, the others become objects. What is sure to be
/// data needs no search for the way in which it leaves.
#[macro_export]
macro_rules! shaped {
    (plain $c:expr, $value:expr) => { out!($c, $value) };
    (plain_data $c:expr, $value:expr) => { ToPy::to_py($value, $c) };
    (result $c:expr, $value:expr) => { shaped!(plain $c, ok!($c, $value)) };
    (result_data $c:expr, $value:expr) => { shaped!(plain_data $c, ok!($c, $value)) };
    (option $c:expr, $value:expr) => { match $value { Some(value) => shaped!(plain $c, value), None => Ok(none()) } };
    (option_data $c:expr, $value:expr) => { match $value { Some(value) => shaped!(plain_data $c, value), None => Ok(none()) } };
    (result_option $c:expr, $value:expr) => { shaped!(option $c, ok!($c, $value)) };
    (result_option_data $c:expr, $value:expr) => { shaped!(option_data $c, ok!($c, $value)) };
    (option_result $c:expr, $value:expr) => { match $value { Some(value) => shaped!(result $c, value), None => Ok(none()) } };
    (option_result_data $c:expr, $value:expr) => { match $value { Some(value) => shaped!(result_data $c, value), None => Ok(none()) } };
}

/// A result that leaves a shim.
#[macro_export]
macro_rules! leave {
    ($shape:ident $f:ident $k:ident $s:ident $value:expr) => {{
        let value = $value;
        let c = &mut got!(leaving($f, $k, $s));
        shaped!($shape c, value)
    }};
}

/// A future that leaves a shim.
#[macro_export]
macro_rules! leave_future {
    ($shape:ident $f:ident $k:ident $s:ident $value:expr) => {{
        let future = $value;
        awaitable(future, |value, c| shaped!($shape c, value), &mut leaving($f, $k, $s)?)
    }};
}

/// A result of a call whose arguments stay in what it was called on.
#[macro_export]
macro_rules! leave_attached {
    ($shape:ident $f:ident $k:ident $s:ident $value:expr) => {{
        let value = $value;
        attach($s, &mut leaving($f, $k, $s)?);
        leave!($shape $f $k $s value)
    }};
}

/// Let what the receiver points into outlive the call: the result points there too.
pub unsafe fn lease_of(o: O, k: &mut Borrows) {
    let lease = (*(o as *mut super::handle::Handle)).lease;
    if !lease.is_null() {
        k.own(Owned(new_ref(lease)));
    }
}
