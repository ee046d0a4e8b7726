//! Rows, sets, maps and tuples of Rust as Python's, deeply.

use super::failure::{check, Failure, Res};
use super::ffi::*;
use super::frame::Context;
use super::to_py::{dict, list, release, set, ToPy};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

impl<'a, T> ToPy for &'a [T]
where
    &'a T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        <&'a T>::row(self.as_ptr() as *const u8, self.iter(), c)
    }
}

impl<'a, T> ToPy for &'a mut [T]
where
    &'a mut T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        <&'a mut T>::row(self.as_ptr() as *const u8, self.iter_mut(), c)
    }
}

impl<'a, 'b, T> ToPy for &'a &'b [T]
where
    &'b T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        (*self).to_py(c)
    }
}

impl<T: ToPy> ToPy for Option<T> {
    #[inline]
    fn to_py(self, c: &mut Context) -> Res<O> {
        match self {
            Some(value) => value.to_py(c),
            None => Ok(none()),
        }
    }
}

impl<'a, T> ToPy for &'a Option<T>
where
    &'a T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        self.as_ref().to_py(c)
    }
}

impl<T: ToPy, E: std::fmt::Display> ToPy for Result<T, E> {
    fn to_py(self, c: &mut Context) -> Res<O> {
        match self {
            Ok(value) => value.to_py(c),
            Err(error) => Err(Failure::of("error", error.to_string())),
        }
    }
}

/// Rows: what owns its items, and what borrows them.
macro_rules! rows {
    ($($type:ty;)*) => { $(
        impl<T: ToPy> ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let list = Vec::from(self);
                let data = list.as_ptr() as *const u8;
                T::row(data, list.into_iter(), c)
            }
        }
        impl<'a, T> ToPy for &'a $type where &'a T: ToPy {
            fn to_py(self, c: &mut Context) -> Res<O> {
                <&'a T>::row(self.as_ptr() as *const u8, self.iter(), c)
            }
        }
    )* };
}

rows! { Vec<T>; Box<[T]>; }

impl<T: ToPy> ToPy for VecDeque<T> {
    fn to_py(self, c: &mut Context) -> Res<O> {
        list(self.into_iter(), c)
    }
}

impl<'a, T> ToPy for &'a VecDeque<T>
where
    &'a T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        list(self.iter(), c)
    }
}

impl<'a, T> ToPy for &'a mut Vec<T>
where
    &'a mut T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        self.as_mut_slice().to_py(c)
    }
}

impl<T: ToPy, const N: usize> ToPy for [T; N] {
    fn to_py(self, c: &mut Context) -> Res<O> {
        let data = std::mem::ManuallyDrop::new(Vec::from(self));
        let list = std::mem::ManuallyDrop::into_inner(data);
        T::row(list.as_ptr() as *const u8, list.into_iter(), c)
    }
}

impl<'a, T, const N: usize> ToPy for &'a [T; N]
where
    &'a T: ToPy,
{
    fn to_py(self, c: &mut Context) -> Res<O> {
        self.as_slice().to_py(c)
    }
}

macro_rules! boxes {
    ($($type:ty),*) => { $(
        impl<'a, T> ToPy for &'a $type where &'a T: ToPy {
            fn to_py(self, c: &mut Context) -> Res<O> {
                (&**self).to_py(c)
            }
        }
    )* };
}

boxes!(Box<T>, Rc<T>, Arc<T>);

impl<T: ToPy> ToPy for Box<T> {
    fn to_py(self, c: &mut Context) -> Res<O> {
        (*self).to_py(c)
    }
}

macro_rules! sharing {
    ($($type:ident),*) => { $(
        impl<T: ToPy + Clone> ToPy for $type<T> {
            fn to_py(self, c: &mut Context) -> Res<O> {
                $type::try_unwrap(self).unwrap_or_else(|shared| (*shared).clone()).to_py(c)
            }
        }
    )* };
}

sharing!(Rc, Arc);

macro_rules! sets {
    ($([$($g:tt)*] $type:ty;)*) => { $(
        impl<T: ToPy, $($g)*> ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                set(self.into_iter(), c)
            }
        }
        impl<'a, T, $($g)*> ToPy for &'a $type where &'a T: ToPy {
            fn to_py(self, c: &mut Context) -> Res<O> {
                set(self.iter(), c)
            }
        }
    )* };
}

sets! { [S] HashSet<T, S>; [] BTreeSet<T>; }

macro_rules! lists {
    ($($type:ty;)*) => { $(
        impl<T: ToPy> ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                list(self.into_iter().collect::<Vec<_>>().into_iter(), c)
            }
        }
    )* };
}

lists! { LinkedList<T>; BinaryHeap<T>; }

macro_rules! maps {
    ($([$($g:tt)*] $type:ty;)*) => { $(
        impl<K: ToPy, V: ToPy, $($g)*> ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                dict(self.into_iter(), c)
            }
        }
        impl<'a, K, V, $($g)*> ToPy for &'a $type where &'a K: ToPy, &'a V: ToPy {
            fn to_py(self, c: &mut Context) -> Res<O> {
                dict(self.iter(), c)
            }
        }
    )* };
}

maps! { [S] HashMap<K, V, S>; [] BTreeMap<K, V>; }

macro_rules! tuples {
    ($($count:literal: $($name:ident $at:tt),*;)*) => { $(
        impl<$($name: ToPy),*> ToPy for ($($name,)*) {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let made = Owned(check(unsafe { PyTuple_New($count) })?);
                $(unsafe { PyTuple_SetItem(made.0, $at, self.$at.to_py(c)?) };)*
                Ok(release(made))
            }
        }
        impl<'a, $($name),*> ToPy for &'a ($($name,)*) where $(&'a $name: ToPy),* {
            fn to_py(self, c: &mut Context) -> Res<O> {
                ($(&self.$at,)*).to_py(c)
            }
        }
    )* };
}

tuples! {
    1: A 0; 2: A 0, B 1; 3: A 0, B 1, C 2; 4: A 0, B 1, C 2, D 3; 5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5; 7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
}
