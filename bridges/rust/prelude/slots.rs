//! What Rust's traits give a Python class: text, copies, comparison, operators, iteration.

/// `slot!(text s1 Type, Display)`: a function for a slot of the class of `Type`.
#[macro_export]
macro_rules! slot {
    (display $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            guarded("str", || {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                check(text(&format!("{value}")))
            })
        }
    };
    (debug $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            guarded("repr", || {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                check(text(&format!("{value:?}")))
            })
        }
    };
    (clone $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O, _: *const O, _: isize, _: O) -> O {
            guarded("copy", || {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                out!(&mut context_of(o), value.clone())
            })
        }
    };
    (equal $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(a: O, b: O, operation: i32) -> O {
            guarded("==", || {
                let (mut f, mut g) = (Frame::new(false), Frame::new(false));
                let a: &'static $type = receiver(a, &mut f)?;
                let Ok(b) = receiver::<&'static $type>(b, &mut g) else { return unlike() };
                match operation { 2 => bool::to_py(a == b, &mut nowhere()), 3 => bool::to_py(a != b, &mut nowhere()), _ => unlike() }
            })
        }
    };
    (compare $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(a: O, b: O, operation: i32) -> O {
            guarded("compare", || {
                let (mut f, mut g) = (Frame::new(false), Frame::new(false));
                let a: &'static $type = receiver(a, &mut f)?;
                let Ok(b) = receiver::<&'static $type>(b, &mut g) else { return unlike() };
                let answer = match operation { 0 => a < b, 1 => a <= b, 2 => a == b, 3 => a != b, 4 => a > b, _ => a >= b };
                bool::to_py(answer, &mut nowhere())
            })
        }
    };
    (hash $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> isize {
            let mut hash = -1;
            let made = guarded("hash", || {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                let mut hasher = std::collections::hash_map::DefaultHasher::new();
                std::hash::Hash::hash(value, &mut hasher);
                hash = (std::hash::Hasher::finish(&hasher) as isize).max(0);
                Ok(none())
            });
            if made.is_null() { return -1; }
            Py_DecRef(made);
            hash
        }
    };
    (next $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            guarded("next", || {
                let value: &'static mut $type = receiver(o, &mut Frame::new(false))?;
                match Iterator::next(value) {
                    Some(item) => out!(&mut context_of(o), item),
                    None => Ok(std::ptr::null_mut()),
                }
            })
        }
    };
    (each $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            guarded("iter", || {
                let mut kept = Frame::new(true);
                let value: &'static $type = receiver(o, &mut kept)?;
                out!(&mut Context::new(Some(&mut kept), o), IntoIterator::into_iter(value))
            })
        }
    };
    (drain $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            guarded("iter", || {
                let mut kept = Frame::new(true);
                let value: $type = receiver(o, &mut kept)?;
                out!(&mut Context::new(Some(&mut kept), o), IntoIterator::into_iter(value))
            })
        }
    };
    (length $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> isize {
            let mut length = -1;
            let made = guarded("len", || {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                length = value.len() as isize;
                Ok(none())
            });
            if !made.is_null() { Py_DecRef(made); }
            length
        }
    };
    (index $id:ident $type:ty, $($key:ty),*) => {
        pub unsafe extern "C" fn $id(o: O, key: O) -> O {
            guarded("[]", || {
                $(if let Ok(key) = receiver::<$key>(key, &mut Frame::new(false)) {
                    let mut kept = Frame::new(true);
                    let value: &'static $type = receiver(o, &mut kept)?;
                    return out!(&mut Context::new(Some(&mut kept), o), &value[key]);
                })*
                Err(Failure::expected("another key", key))
            })
        }
    };
    (unary $id:ident $type:ty, $operation:path) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            guarded("operator", || {
                let mut kept = Frame::new(true);
                let value: $type = receiver(o, &mut kept)?;
                out!(&mut Context::new(Some(&mut kept), std::ptr::null_mut()), $operation(value))
            })
        }
    };
    (truth $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(_: O) -> i32 { 1 }
    };
}

/// An operator of two sides: each pair of types that has it is tried in order.
#[macro_export]
macro_rules! operator {
    ($id:ident $($side:ident),*) => {
        pub unsafe extern "C" fn $id(a: O, b: O) -> O {
            guarded("operator", || {
                $(if let Some(result) = $side(a, b)? { return Ok(result); })*
                unlike()
            })
        }
    };
}

/// One pair of an operator: nothing, where the operands are of other types.
#[macro_export]
macro_rules! side {
    ($id:ident $left:ty, $right:ty, $operation:path) => {
        unsafe fn $id(a: O, b: O) -> Res<Option<O>> {
            let (mut f, mut g) = (Frame::new(true), Frame::new(true));
            let Ok(right) = receiver::<$right>(b, &mut g) else {
                PyErr_Clear();
                return Ok(None);
            };
            let Ok(left) = receiver::<$left>(a, &mut f) else {
                PyErr_Clear();
                return Ok(None);
            };
            let result = $operation(left, right);
            f.join(g);
            out!(
                &mut Context::new(Some(&mut f), std::ptr::null_mut()),
                result
            )
            .map(Some)
        }
    };
    (assign $id:ident $left:ty, $right:ty, $operation:path) => {
        unsafe fn $id(a: O, b: O) -> Res<Option<O>> {
            let (mut f, mut g) = (Frame::new(false), Frame::new(false));
            let Ok(right) = receiver::<$right>(b, &mut g) else {
                PyErr_Clear();
                return Ok(None);
            };
            let left: &'static mut $left = receiver(a, &mut f)?;
            $operation(left, right);
            Ok(Some(new_ref(a)))
        }
    };
}

use super::failure::{check, Res};
use super::ffi::*;
use super::frame::Context;

pub fn unlike() -> Res<O> {
    Ok(unsafe { new_ref(&raw mut _Py_NotImplementedStruct) })
}

pub fn nowhere() -> Context {
    Context::new(None, std::ptr::null_mut())
}

/// A function that binds as a method of an enum's members.
pub unsafe fn bound(f: O) -> Res<O> {
    check(PyInstanceMethod_New(f))
}
