//! The arguments of a call, and the macros that the generated lines consist of.

use super::failure::{guarded, Failure, Res};
use super::ffi::*;
use super::frame::{brief, Frame};
use super::from_py::FromPy;

/// A function: its name, the names of its parameters, and how many of them must be given.
pub struct Meta {
    pub name: &'static str,
    pub names: &'static [&'static str],
    pub required: usize,
}

/// What a shim does, given self, its arguments, and two frames: of the call, and of its result.
pub type Body<H> = unsafe fn(O, *const O, &mut Frame<H>, &mut Frame<H>) -> Res<O>;

const MOST: usize = 24;

/// Run a shim: its arguments in order, those left out as None; what it panics with is raised.
#[inline]
pub unsafe fn invoke<H>(
    meta: &'static Meta,
    s: O,
    a: *const O,
    n: isize,
    w: O,
    body: Body<H>,
) -> O {
    guarded(meta.name, || {
        let (mut f, mut k) = (Frame::new(false), Frame::new(true));
        if w.is_null() && n as usize == meta.names.len() {
            return body(s, a, &mut f, &mut k);
        }
        let sorted = sorted(a, n as usize, w, meta)?;
        body(s, sorted.as_ptr(), &mut f, &mut k)
    })
}

#[cold]
#[inline(never)]
unsafe fn sorted(a: *const O, given: usize, words: O, meta: &Meta) -> Res<[O; MOST]> {
    let (names, count) = (meta.names, meta.names.len());
    let mut sorted = [std::ptr::null_mut(); MOST];
    if given > count {
        return Err(Failure::usage(format!(
            "it takes {count} arguments, and {given} were given"
        )));
    }
    for (at, place) in sorted.iter_mut().enumerate().take(given) {
        *place = *a.add(at);
    }
    let named = if words.is_null() {
        0
    } else {
        PyTuple_Size(words)
    };
    for at in 0..named {
        let word = <&'static str>::from_py(PyTuple_GetItem(words, at), &mut brief())?;
        match names.iter().position(|name| *name == word) {
            Some(found) if sorted[found].is_null() => sorted[found] = *a.add(given + at as usize),
            Some(_) => return Err(Failure::usage(format!("{word} was given twice"))),
            None => {
                let known = names.join(", ");
                return Err(Failure::usage(format!(
                    "there is no parameter {word}; there are: {known}"
                )));
            }
        }
    }
    for (at, place) in sorted.iter_mut().enumerate().take(count) {
        if place.is_null() {
            if at < meta.required {
                return Err(Failure::usage(format!(
                    "the argument {} is missing",
                    names[at]
                )));
            }
            *place = &raw mut _Py_NoneStruct;
        }
    }
    Ok(sorted)
}

/// An argument, by what its parameter wants.
#[inline]
pub unsafe fn arg<T: FromPy<H>, H>(p: *const O, at: usize, f: &mut Frame<H>) -> Res<T> {
    match T::from_py(*p.add(at), f) {
        Ok(value) => Ok(value),
        Err(failure) => Err(numbered(failure, at)),
    }
}

/// An argument that may be of another type: where it is, `first_of` tries that.
#[inline]
pub unsafe fn open<T: FromPy<H>, H>(p: *const O, at: usize, f: &mut Frame<H>) -> Res<T> {
    match T::from_py(*p.add(at), f) {
        Ok(value) => Ok(value),
        Err(failure) => Err(numbered(failure, at).open()),
    }
}

/// Call the first of some ways whose types the arguments have.
pub unsafe fn first_of<H>(
    ways: &[Body<H>],
    s: O,
    p: *const O,
    f: &mut Frame<H>,
    k: &mut Frame<H>,
) -> Res<O> {
    let mut refusals = Vec::new();
    for way in ways {
        match way(s, p, f, k) {
            Err(Failure::Said(said)) if said.open => refusals.push(said),
            done => return done,
        }
        (*f, *k) = (Frame::new(false), Frame::new(true));
    }
    Err(Failure::none_of(refusals))
}

/// An argument that Rust may keep for good, as `&'static str` says: so do we.
pub unsafe fn arg_forever<T: FromPy<H>, H>(p: *const O, at: usize, f: &mut Frame<H>) -> Res<T> {
    if !T::BORROWS {
        return arg(p, at, f);
    }
    let mut frame = Frame::new(true);
    let value = arg(p, at, &mut frame)?;
    if frame.is_lent() {
        let why = "it would be kept for good, and is only lent to a callback";
        return Err(numbered(Failure::conversion(why), at));
    }
    frame.leak();
    Ok(value)
}

#[cold]
fn numbered(failure: Failure, at: usize) -> Failure {
    failure.at(|| format!("args[{at}]"))
}

/// The receiver of a method, or a value by itself.
#[inline]
pub fn receiver<T: FromPy<H>, H>(o: O, f: &mut Frame<H>) -> Res<T> {
    T::from_py(o, f)
}

/// Call a constructor as `type.__call__` does: with a tuple and a dict.
pub unsafe fn construct(
    call: unsafe extern "C" fn(O, *const O, isize, O) -> O,
    args: O,
    words: O,
) -> O {
    let count = PyTuple_Size(args);
    let mut all: Vec<O> = (0..count).map(|at| PyTuple_GetItem(args, at)).collect();
    let mut names = Vec::new();
    if !words.is_null() {
        let (mut at, mut key, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
        while PyDict_Next(words, &mut at, &mut key, &mut value) != 0 {
            names.push(key);
            all.push(value);
        }
    }
    if names.is_empty() {
        return call(
            std::ptr::null_mut(),
            all.as_ptr(),
            count,
            std::ptr::null_mut(),
        );
    }
    let tuple = Owned(PyTuple_New(names.len() as isize));
    for (at, name) in names.into_iter().enumerate() {
        PyTuple_SetItem(tuple.0, at as isize, new_ref(name));
    }
    call(std::ptr::null_mut(), all.as_ptr(), count, tuple.0)
}

/// A function: its name, its parameters, and what it does with self, the arguments and two frames.
#[macro_export]
macro_rules! shim {
    ($id:ident $name:literal [$($param:literal)*] $required:literal |$s:ident, $p:ident, $f:ident, $k:ident| $body:expr) => {
        pub unsafe extern "C" fn $id(s: O, a: *const O, n: isize, w: O) -> O {
            unsafe fn body($s: O, $p: *const O, $f: &mut Frame, $k: &mut Frame) -> Res<O> { $body }
            invoke(&Meta { name: $name, names: &[$($param),*], required: $required }, s, a, n, w, body)
        }
    };
}

/// One of the ways to call a function: its types are those of some arguments.
#[macro_export]
macro_rules! way {
    ($id:ident |$s:ident, $p:ident, $f:ident, $k:ident| $body:expr) => {
        unsafe fn $id($s: O, $p: *const O, $f: &mut Frame, $k: &mut Frame) -> Res<O> {
            $body
        }
    };
}

/// A function with several ways: the types of its arguments decide.
#[macro_export]
macro_rules! either {
    ($id:ident $name:literal [$($param:literal)*] $required:literal [$($way:ident)*]) => {
        shim! { $id $name [$($param)*] $required |s, p, f, k| first_of(&[$($way),*], s, p, f, k) }
    };
}

/// A constructor that calls a shim.
#[macro_export]
macro_rules! constructor {
    ($id:ident $shim:ident) => {
        pub unsafe extern "C" fn $id(_: O, args: O, words: O) -> O {
            construct($shim, args, words)
        }
    };
}

/// The value of an `Ok`; a shim ends with another.
#[macro_export]
macro_rules! got {
    ($value:expr) => {
        match $value {
            Ok(value) => value,
            Err(failure) => return Err(failure),
        }
    };
}

/// Set a property; -1 with an exception set where that fails.
pub unsafe fn assign(name: &str, o: O, new: O, body: unsafe fn(O, O) -> Res<O>) -> i32 {
    let done = guarded(name, || {
        if new.is_null() {
            return Err(Failure::usage("a field can't be deleted".into()));
        }
        body(o, new)
    });
    if done.is_null() {
        return -1;
    }
    Py_DecRef(done);
    0
}
