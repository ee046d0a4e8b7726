//! Rows, sets, maps and tuples of Rust as Python's, deeply.

use super::failure::{check, Failure, Res};
use super::ffi::*;
use super::frame::Context;
use super::to_py::{dict, list, release, set, ToPy};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

impl<'a, H, T> ToPy<H> for &'a [T]
where
    &'a T: ToPy<H>,
{
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        <&'a T>::row(self.as_ptr() as *const u8, self.iter(), c)
    }
}

impl<'a, H, T> ToPy<H> for &'a mut [T]
where
    &'a mut T: ToPy<H>,
{
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        <&'a mut T>::row(self.as_ptr() as *const u8, self.iter_mut(), c)
    }
}

impl<'a, 'b, H, T> ToPy<H> for &'a &'b [T]
where
    &'b T: ToPy<H>,
{
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        (*self).to_py(c)
    }
}

impl<H, T: ToPy<H>> ToPy<H> for Option<T> {
    #[inline]
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        match self {
            Some(value) => value.to_py(c),
            None => Ok(none()),
        }
    }
}

impl<'a, H, T> ToPy<H> for &'a Option<T>
where
    &'a T: ToPy<H>,
{
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        self.as_ref().to_py(c)
    }
}

impl<H, T: ToPy<H>, E: std::fmt::Display> ToPy<H> for Result<T, E> {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        match self {
            Ok(value) => value.to_py(c),
            Err(error) => Err(Failure::of("error", error.to_string())),
        }
    }
}

/// Rows: what owns its items, and what borrows them.
macro_rules! rows {
    ($($type:ty;)*) => { $(
        impl<H, T: ToPy<H>> ToPy<H> for $type {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                let list = Vec::from(self);
                let data = list.as_ptr() as *const u8;
                T::row(data, list.into_iter(), c)
            }
        }
        impl<'a, H, T> ToPy<H> for &'a $type where &'a T: ToPy<H> {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                <&'a T>::row(self.as_ptr() as *const u8, self.iter(), c)
            }
        }
    )* };
}

rows! { Vec<T>; Box<[T]>; }

impl<H, T: ToPy<H>> ToPy<H> for VecDeque<T> {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        list(self.into_iter(), c)
    }
}

impl<'a, H, T> ToPy<H> for &'a VecDeque<T>
where
    &'a T: ToPy<H>,
{
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        list(self.iter(), c)
    }
}

impl<'a, H, T> ToPy<H> for &'a mut Vec<T>
where
    &'a mut T: ToPy<H>,
{
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        self.as_mut_slice().to_py(c)
    }
}

impl<H, T: ToPy<H>, const N: usize> ToPy<H> for [T; N] {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        let data = std::mem::ManuallyDrop::new(Vec::from(self));
        let list = std::mem::ManuallyDrop::into_inner(data);
        T::row(list.as_ptr() as *const u8, list.into_iter(), c)
    }
}

impl<'a, H, T, const N: usize> ToPy<H> for &'a [T; N]
where
    &'a T: ToPy<H>,
{
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        self.as_slice().to_py(c)
    }
}

macro_rules! boxes {
    ($($type:ty),*) => { $(
        impl<'a, H, T> ToPy<H> for &'a $type where &'a T: ToPy<H> {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                (&**self).to_py(c)
            }
        }
    )* };
}

boxes!(Box<T>, Rc<T>, Arc<T>);

impl<H, T: ToPy<H>> ToPy<H> for Box<T> {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        (*self).to_py(c)
    }
}

macro_rules! sharing {
    ($($type:ident),*) => { $(
        impl<H, T: ToPy<H> + Clone> ToPy<H> for $type<T> {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                $type::try_unwrap(self).unwrap_or_else(|shared| (*shared).clone()).to_py(c)
            }
        }
    )* };
}

sharing!(Rc, Arc);

macro_rules! sets {
    ($([$($g:tt)*] $type:ty;)*) => { $(
        impl<H, T: ToPy<H>, $($g)*> ToPy<H> for $type {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                set(self.into_iter(), c)
            }
        }
        impl<'a, H, T, $($g)*> ToPy<H> for &'a $type where &'a T: ToPy<H> {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                set(self.iter(), c)
            }
        }
    )* };
}

sets! { [S] HashSet<T, S>; [] BTreeSet<T>; }

macro_rules! lists {
    ($($type:ty;)*) => { $(
        impl<H, T: ToPy<H>> ToPy<H> for $type {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                list(self.into_iter().collect::<Vec<_>>().into_iter(), c)
            }
        }
    )* };
}

lists! { LinkedList<T>; BinaryHeap<T>; }

macro_rules! maps {
    ($([$($g:tt)*] $type:ty;)*) => { $(
        impl<H, K: ToPy<H>, V: ToPy<H>, $($g)*> ToPy<H> for $type {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                dict(self.into_iter(), c)
            }
        }
        impl<'a, H, K, V, $($g)*> ToPy<H> for &'a $type where &'a K: ToPy<H>, &'a V: ToPy<H> {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                dict(self.iter(), c)
            }
        }
    )* };
}

maps! { [S] HashMap<K, V, S>; [] BTreeMap<K, V>; }

macro_rules! tuples {
    ($($count:literal: $($name:ident $at:tt),*;)*) => { $(
        impl<$($name: ToPy<H>),*, H> ToPy<H> for ($($name,)*) {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                let made = Owned(check(unsafe { PyTuple_New($count) })?);
                $(unsafe { PyTuple_SetItem(made.0, $at, self.$at.to_py(c)?) };)*
                Ok(release(made))
            }
        }
        impl<'a, H, $($name),*> ToPy<H> for &'a ($($name,)*) where $(&'a $name: ToPy<H>),* {
            fn to_py(self, c: &mut Context<H>) -> Res<O> {
                ($(&self.$at,)*).to_py(c)
            }
        }
    )* };
}

tuples! {
    1: A 0; 2: A 0, B 1; 3: A 0, B 1, C 2; 4: A 0, B 1, C 2, D 3; 5: A 0, B 1, C 2, D 3, E 4;
    6: A 0, B 1, C 2, D 3, E 4, F 5; 7: A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    8: A 0, B 1, C 2, D 3, E 4, F 5, G 6, J 7;
}
