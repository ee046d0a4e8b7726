//! References to values made for a call's time; what it changes is copied back.

use super::failure::{check, Failure, Res};
use super::ffi::*;
use super::frame::{Context, Frame};
use super::from_py::FromPy;
use super::numbers::bytes_of;
use super::to_py::ToPy;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::ffi::{CString, OsString};
use std::hash::{BuildHasher, Hash};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

/// References to values that are made for the time of the call.
macro_rules! temporaries {
    ($([$($g:tt)*] $type:ty;)*) => { $(
        impl<H, $($g)*> FromPy<H> for &'static $type {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                let value = <$type>::from_py(o, f)?;
                Ok(f.lend(value))
            }
        }
    )* };
}

temporaries! {
    [] i8; [] i16; [] i32; [] i64; [] isize; [] u8; [] u16; [] u32; [] u64; [] usize; [] i128; [] u128;
    [] f32; [] f64; [] bool; [] char; [] String; [] PathBuf; [] OsString; [] CString; [] ();
    [T: FromPy<H> + 'static] Option<T>;
    [T: FromPy<H> + 'static] Box<T>;
    [T: FromPy<H> + 'static] Rc<T>;
    [T: FromPy<H> + 'static] Arc<T>;
    [T: FromPy<H> + 'static] VecDeque<T>;
    [T: FromPy<H> + 'static] Vec<T>;
    [T: FromPy<H> + 'static, const N: usize] [T; N];
    [T: FromPy<H> + Ord + 'static] BTreeSet<T>;
    [T: FromPy<H> + Eq + Hash + 'static, S: BuildHasher + Default + 'static] HashSet<T, S>;
    [K: FromPy<H> + Ord + 'static, V: FromPy<H> + 'static] BTreeMap<K, V>;
    [K: FromPy<H> + Eq + Hash + 'static, V: FromPy<H> + 'static, S: BuildHasher + Default + 'static] HashMap<K, V, S>;
}

impl<H, T: FromPy<H> + 'static> FromPy<H> for &'static &'static [T] {
    const BORROWS: bool = true;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let slice = <&'static [T]>::from_py(o, f)?;
        Ok(f.lend(slice))
    }
}

impl<H> FromPy<H> for &'static &'static str {
    const BORROWS: bool = true;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let text = <&'static str>::from_py(o, f)?;
        Ok(f.lend(text))
    }
}

/// A list that a call may change: it is copied in, and what the call made of it is copied back.
impl<H, T: FromPy<H> + ToPy<H> + 'static> FromPy<H> for &'static mut Vec<T> {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let is_list = unsafe { kind_of(o) == &raw mut PyList_Type };
        if !is_list && unsafe { kind_of(o) != &raw mut PyByteArray_Type } {
            return Err(Failure::expected(
                "a list or a bytearray, which the call changes,",
                o,
            ));
        }
        let kept = f.kept;
        if kept && std::mem::needs_drop::<T>() {
            return Err(Failure::conversion(
                "the result would point into the list, whose items are only lent for the call",
            ));
        }
        let list = T::list_from_py(o, f)?;
        let lent: *mut Vec<T> = f.lend(list);
        f.afterwards(move || unsafe {
            let changed = match kept {
                true => twin(&*lent),
                false => std::mem::take(&mut *lent),
            };
            let made = Owned(ToPy::<H>::to_py(
                changed,
                &mut Context::new(None, std::ptr::null_mut()),
            )?);
            if is_list {
                return if PyList_SetSlice(o, 0, isize::MAX, made.0) == 0 {
                    Ok(())
                } else {
                    Err(Failure::Raised)
                };
            }
            refill(o, bytes_of(made.0).unwrap_or(&[]))
        });
        Ok(unsafe { &mut *lent })
    }
}

/// A copy of items that nothing drops: the result of the call may point into the list itself.
unsafe fn twin<T>(list: &Vec<T>) -> Vec<T> {
    let mut copy = Vec::with_capacity(list.len());
    std::ptr::copy_nonoverlapping(list.as_ptr(), copy.as_mut_ptr(), list.len());
    copy.set_len(list.len());
    copy
}

unsafe fn refill(array: O, bytes: &[u8]) -> Res<()> {
    if PyByteArray_Resize(array, bytes.len() as isize) != 0 {
        return Err(Failure::Raised);
    }
    std::ptr::copy_nonoverlapping(bytes.as_ptr(), PyByteArray_AsString(array), bytes.len());
    Ok(())
}

macro_rules! tuple_references {
    ($($($name:ident)*;)*) => { $(
        impl<H, $($name: FromPy<H> + 'static),*> FromPy<H> for &'static ($($name,)*) {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                let value = <($($name,)*)>::from_py(o, f)?;
                Ok(f.lend(value))
            }
        }
    )* };
}

tuple_references! { A; A B; A B C; A B C D; }

/// A text that a call may change: an `io.StringIO`, whose content is replaced.
impl<H> FromPy<H> for &'static mut String {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let content = Owned(super::standard::ask(c"text_of", &[o])?);
        if is_none(content.0) {
            return Err(Failure::expected(
                "an io.StringIO, which the call changes,",
                o,
            ));
        }
        let content = String::from_py(content.0, f)?;
        let lent: *mut String = f.lend(content);
        f.afterwards(move || unsafe {
            let changed = Owned(check(text(&*lent))?);
            super::standard::ask(c"set_text", &[o, changed.0]).map(|o| Py_DecRef(o))
        });
        Ok(unsafe { &mut *lent })
    }
}

/// An array that a call may change: a list, whose items are replaced.
impl<H, T: FromPy<H> + ToPy<H> + Clone + 'static, const N: usize> FromPy<H>
    for &'static mut [T; N]
{
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        if unsafe { kind_of(o) != &raw mut PyList_Type } {
            return Err(Failure::expected("a list, which the call changes,", o));
        }
        let array = <[T; N]>::from_py(o, f)?;
        let lent: *mut [T; N] = f.lend(array);
        f.afterwards(move || unsafe {
            let items = (*lent).iter().cloned().collect::<Vec<T>>().into_iter();
            let nowhere = &mut Context::<H>::new(None, std::ptr::null_mut());
            let made = Owned(super::to_py::list(items, nowhere)?);
            if PyList_SetSlice(o, 0, isize::MAX, made.0) == 0 {
                Ok(())
            } else {
                Err(Failure::Raised)
            }
        });
        Ok(unsafe { &mut *lent })
    }
}

/// A number that a call may change: the only item of a list, or of a buffer.
macro_rules! changed_numbers {
    ($($type:ty)*) => { $(
        impl<H> FromPy<H> for &'static mut $type {
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                if unsafe { kind_of(o) == &raw mut PyList_Type } {
                    return Ok(&mut <&'static mut [$type; 1]>::from_py(o, f)?[0]);
                }
                match <$type>::slice_in_py(o, f)? {
                    [only] => Ok(only),
                    all => Err(Failure::conversion(format!(
                        "1 number is wanted, and these are {}",
                        all.len()
                    ))),
                }
            }
        }
    )* };
}

changed_numbers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize f32 f64 }
