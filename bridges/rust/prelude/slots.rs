//! What Rust's traits give a Python class: text, copies, comparison, operators, iteration.

/// `slot!(text s1 Type, Display)`: a function for a slot of the class of `Type`.
#[macro_export]
macro_rules! slot {
    (display $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            unsafe fn body(o: O) -> Res<O> {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                written(&value)
            }
            unary("str", o, body)
        }
    };
    (debug $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            unsafe fn body(o: O) -> Res<O> {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                shown(&value)
            }
            unary("repr", o, body)
        }
    };
    (clone $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O, _: *const O, _: isize, _: O) -> O {
            guarded("copy", || {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                out!(&mut context_of::<Here>(o), value.clone())
            })
        }
    };
    (equal $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(a: O, b: O, operation: i32) -> O {
            unsafe fn body(a: O, b: O, operation: i32) -> Res<O> {
                let (mut f, mut g) = (Frame::new(false), Frame::new(false));
                let a: &'static $type = receiver(a, &mut f)?;
                let Ok(b) = receiver::<&'static $type, _>(b, &mut g) else { return unlike() };
                match operation { 2 => bool::to_py(a == b, &mut nowhere()), 3 => bool::to_py(a != b, &mut nowhere()), _ => unlike() }
            }
            compared("==", a, b, operation, body)
        }
    };
    (compare $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(a: O, b: O, operation: i32) -> O {
            unsafe fn body(a: O, b: O, operation: i32) -> Res<O> {
                let (mut f, mut g) = (Frame::new(false), Frame::new(false));
                let a: &'static $type = receiver(a, &mut f)?;
                let Ok(b) = receiver::<&'static $type, _>(b, &mut g) else { return unlike() };
                let answer = match operation { 0 => a < b, 1 => a <= b, 2 => a == b, 3 => a != b, 4 => a > b, _ => a >= b };
                bool::to_py(answer, &mut nowhere())
            }
            compared("compare", a, b, operation, body)
        }
    };
    (hash $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> isize {
            unsafe fn body(o: O) -> Res<isize> {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                let mut hasher = std::collections::hash_map::DefaultHasher::new();
                std::hash::Hash::hash(value, &mut hasher);
                Ok((std::hash::Hasher::finish(&hasher) as isize).max(0))
            }
            counted("hash", o, body)
        }
    };
    (next $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            unsafe fn body(o: O) -> Res<O> {
                let value: &'static mut $type = receiver(o, &mut Frame::new(false))?;
                match Iterator::next(value) {
                    Some(item) => out!(&mut context_of::<Here>(o), item),
                    None => Ok(std::ptr::null_mut()),
                }
            }
            unary("next", o, body)
        }
    };
    (each $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            unsafe fn body(o: O) -> Res<O> {
                let mut kept = Frame::new(true);
                let value: &'static $type = receiver(o, &mut kept)?;
                out!(&mut Context::new(Some(&mut kept), o), IntoIterator::into_iter(value))
            }
            unary("iter", o, body)
        }
    };
    (drain $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            unsafe fn body(o: O) -> Res<O> {
                let mut kept = Frame::new(true);
                let value: $type = receiver(o, &mut kept)?;
                out!(&mut Context::new(Some(&mut kept), o), IntoIterator::into_iter(value))
            }
            unary("iter", o, body)
        }
    };
    (length $id:ident $type:ty) => {
        pub unsafe extern "C" fn $id(o: O) -> isize {
            unsafe fn body(o: O) -> Res<isize> {
                let value: &'static $type = receiver(o, &mut Frame::new(false))?;
                Ok(value.len() as isize)
            }
            counted("len", o, body)
        }
    };
    (index $id:ident $type:ty, $($key:ty),*) => {
        pub unsafe extern "C" fn $id(o: O, key: O) -> O {
            unsafe fn body(o: O, key: O) -> Res<O> {
                $(if let Ok(key) = receiver::<$key, _>(key, &mut Frame::new(false)) {
                    let mut kept = Frame::new(true);
                    let value: &'static $type = receiver(o, &mut kept)?;
                    return out!(&mut Context::new(Some(&mut kept), o), &value[key]);
                })*
                Err(Failure::expected("another key", key))
            }
            binary("[]", o, key, body)
        }
    };
    (unary $id:ident $type:ty, $operation:path) => {
        pub unsafe extern "C" fn $id(o: O) -> O {
            unsafe fn body(o: O) -> Res<O> {
                let mut kept = Frame::new(true);
                let value: $type = receiver(o, &mut kept)?;
                out!(&mut Context::new(Some(&mut kept), std::ptr::null_mut()), $operation(value))
            }
            unary("operator", o, body)
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
            unsafe fn body(a: O, b: O) -> Res<O> {
                $(if let Some(result) = $side(a, b)? { return Ok(result); })*
                unlike()
            }
            binary("operator", a, b, body)
        }
    };
}

/// One pair of an operator: nothing, where the operands are of other types.
#[macro_export]
macro_rules! side {
    ($id:ident $left:ty, $right:ty, $operation:path) => {
        unsafe fn $id(a: O, b: O) -> Res<Option<O>> {
            let (mut f, mut g) = (Frame::new(true), Frame::new(true));
            let Ok(right) = receiver::<$right, _>(b, &mut g) else {
                PyErr_Clear();
                return Ok(None);
            };
            let Ok(left) = receiver::<$left, _>(a, &mut f) else {
                PyErr_Clear();
                return Ok(None);
            };
            let result = $operation(left, right);
            f.join(&mut g);
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
            let Ok(right) = receiver::<$right, _>(b, &mut g) else {
                PyErr_Clear();
                return Ok(None);
            };
            let left: &'static mut $left = receiver(a, &mut f)?;
            $operation(left, right);
            Ok(Some(new_ref(a)))
        }
    };
}

use super::failure::{check, guarded, Res};
use super::ffi::*;
use std::fmt::{Debug, Display};

#[inline]
pub unsafe fn unary(name: &str, o: O, body: unsafe fn(O) -> Res<O>) -> O {
    guarded(name, || body(o))
}

#[inline]
pub unsafe fn binary(name: &str, a: O, b: O, body: unsafe fn(O, O) -> Res<O>) -> O {
    guarded(name, || body(a, b))
}

#[inline]
pub unsafe fn compared(
    name: &str,
    a: O,
    b: O,
    operation: i32,
    body: unsafe fn(O, O, i32) -> Res<O>,
) -> O {
    guarded(name, || body(a, b, operation))
}

/// A length or a hash; -1 with an exception set where that fails.
pub unsafe fn counted(name: &str, o: O, body: unsafe fn(O) -> Res<isize>) -> isize {
    let mut count = -1;
    let done = guarded(name, || {
        count = body(o)?;
        Ok(none())
    });
    if !done.is_null() {
        Py_DecRef(done);
    }
    count
}

pub fn written(value: &dyn Display) -> Res<O> {
    check(text(&value.to_string()))
}

pub fn shown(value: &dyn Debug) -> Res<O> {
    check(text(&format!("{value:?}")))
}

#[inline]
pub fn unlike() -> Res<O> {
    Ok(unsafe { new_ref(&raw mut _Py_NotImplementedStruct) })
}

/// A function that binds as a method of an enum's members.
pub unsafe fn bound(f: O) -> Res<O> {
    check(PyInstanceMethod_New(f))
}
