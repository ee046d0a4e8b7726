//! Lists, sets, dicts and tuples of Python as Rust's, deeply.

use super::failure::{Failure, Res};
use super::ffi::*;
use super::frame::Frame;
use super::from_py::{items, FromPy};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::rc::Rc;
use std::sync::Arc;

macro_rules! texts {
    ($($type:ty),*) => { $(
        impl<H> FromPy<H> for $type {
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                String::from_py(o, f).map(Into::into)
            }
        }
    )* };
}

texts!(Box<str>, Rc<str>, Arc<str>);

macro_rules! slices {
    ($($type:ty),*) => { $(
        impl<H, T: FromPy<H>> FromPy<H> for $type {
            const BORROWS: bool = T::BORROWS;
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                T::list_from_py(o, f).map(Into::into)
            }
        }
    )* };
}

slices!(Box<[T]>, Rc<[T]>, Arc<[T]>, VecDeque<T>);

impl<H, T: FromPy<H>> FromPy<H> for Vec<T> {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        T::list_from_py(o, f)
    }
}

macro_rules! collections {
    ($($type:ident: $($bound:path),*;)*) => { $(
        impl<H, T: FromPy<H> $(+ $bound)*> FromPy<H> for $type<T> {
            const BORROWS: bool = T::BORROWS;
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                T::list_from_py(o, f).map(|list| list.into_iter().collect())
            }
        }
    )* };
}

collections! { BTreeSet: Ord; BinaryHeap: Ord; LinkedList: Sized; }

impl<H, T: FromPy<H> + Eq + Hash, S: BuildHasher + Default> FromPy<H> for HashSet<T, S> {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        T::list_from_py(o, f).map(|list| list.into_iter().collect())
    }
}

fn pairs<H, K: FromPy<H>, V: FromPy<H>>(o: O, f: &mut Frame<H>) -> Res<Vec<(K, V)>> {
    let listed = unsafe { Owned(PyMapping_Items(o)) };
    if listed.0.is_null() {
        return Err(Failure::expected("a dict", o));
    }
    items(listed.0, f)
}

impl<H, K: FromPy<H> + Eq + Hash, V: FromPy<H>, S: BuildHasher + Default> FromPy<H>
    for HashMap<K, V, S>
{
    const BORROWS: bool = K::BORROWS || V::BORROWS;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        pairs(o, f).map(|list| list.into_iter().collect())
    }
}

impl<H, K: FromPy<H> + Ord, V: FromPy<H>> FromPy<H> for BTreeMap<K, V> {
    const BORROWS: bool = K::BORROWS || V::BORROWS;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        pairs(o, f).map(|list| list.into_iter().collect())
    }
}

impl<H, T: FromPy<H>, const N: usize> FromPy<H> for [T; N] {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let list = T::list_from_py(o, f)?;
        let given = list.len();
        list.try_into().map_err(|_| {
            Failure::conversion(format!("{N} items are wanted, and these are {given}"))
        })
    }
}

macro_rules! tuples {
    ($($count:literal: $($name:ident $at:tt),*;)*) => { $(
        impl<H, $($name: FromPy<H>),*> FromPy<H> for ($($name,)*) {
            const BORROWS: bool = false $(|| $name::BORROWS)*;
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                let parts = A::parts(o, $count, f)?;
                Ok(($($name::from_py(parts[$at], f).map_err(|e| e.at(|| format!("[{}]", $at)))?,)*))
            }
        }
    )* };
}

tuples! {
    1: A 0; 2: A 0, B 1; 3: A 0, B 1, C 2; 4: A 0, B 1, C 2, D 3; 5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, G 5; 7: A 0, B 1, C 2, D 3, E 4, G 5, J 6;
    8: A 0, B 1, C 2, D 3, E 4, G 5, J 6, I 7;
}

/// The parts of a sequence of `count`, owned by the frame.
pub fn fields<H>(o: O, count: usize, f: &mut Frame<H>) -> Res<Vec<O>> {
    struct Part(O);
    impl<H> FromPy<H> for Part {
        const BORROWS: bool = true;
        fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
            Ok(Part(o))
        }
    }
    let parts = items::<H, Part>(o, f)?;
    if parts.len() != count {
        return Err(Failure::conversion(format!(
            "{count} items are wanted, and these are {}",
            parts.len()
        )));
    }
    Ok(parts.into_iter().map(|p| p.0).collect())
}

impl<H, T: FromPy<H>> FromPy<H> for std::vec::IntoIter<T> {
    const BORROWS: bool = T::BORROWS;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        T::list_from_py(o, f).map(Vec::into_iter)
    }
}

/// The hasher of Rust's maps has no counterpart: None makes one.
impl<H> FromPy<H> for std::collections::hash_map::RandomState {
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        if is_none(o) {
            Ok(Default::default())
        } else {
            Err(Failure::expected("None", o))
        }
    }
}
