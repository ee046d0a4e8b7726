//! The arguments of a call, and the macros that the generated lines consist of.

use super::failure::{guarded, Failure, Res};
use super::ffi::*;
use super::frame::{Context, Frame};
use super::from_py::FromPy;

/// A function: its name, the names of its parameters, and how many of them must be given.
pub struct Meta {
    pub name: &'static str,
    pub names: &'static [&'static str],
    pub required: usize,
}

/// What a shim does, given self, its arguments, and two frames: of the call, and of its result.
pub type Body = unsafe fn(O, *const O, &mut Frame, &mut Frame) -> Res<O>;

const MOST: usize = 24;

/// Run a shim: its arguments in order, those left out as None; what it panics with is raised.
#[inline]
pub unsafe fn invoke(meta: &'static Meta, s: O, a: *const O, n: isize, w: O, body: Body) -> O {
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
        let word = <&'static str>::from_py(PyTuple_GetItem(words, at), &mut Frame::new(false))?;
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
pub unsafe fn arg<T: FromPy>(p: *const O, at: usize, f: &mut Frame) -> Res<T> {
    match T::from_py(*p.add(at), f) {
        Ok(value) => Ok(value),
        Err(failure) => Err(numbered(failure, at)),
    }
}

#[cold]
fn numbered(failure: Failure, at: usize) -> Failure {
    failure.at(|| format!("args[{at}]"))
}

/// The receiver of a method, or a value by itself.
#[inline]
pub fn receiver<T: FromPy>(o: O, f: &mut Frame) -> Res<T> {
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

/// A constructor that calls a shim.
#[macro_export]
macro_rules! constructor {
    ($id:ident $shim:ident) => {
        pub unsafe extern "C" fn $id(_: O, args: O, words: O) -> O {
            construct($shim, args, words)
        }
    };
}

/// A type whose values are handles. `[..]` are the lifetimes that the type takes.
#[macro_export]
macro_rules! handle {
    ($kind:ident [$($life:lifetime)*] $type:ty, $long:ty) => {
        pub static $kind: Kind = Kind::new();
        impl Handled for $long {
            const SEND: bool = {
                struct Of<T>(std::marker::PhantomData<T>);
                trait No { const SEND: bool = false; }
                impl<T> No for Of<T> {}
                impl<T: Send> Of<T> { const SEND: bool = true; }
                Of::<$long>::SEND
            };
            #[inline]
            fn class() -> O { $kind.get() }
            #[inline]
            fn kind(&self) -> O { $kind.get() }
        }
        conversions!([$($life)*] $type, $long);
    };
}

/// How a handle's type crosses: borrowed, borrowed to be changed, by value, and back.
#[macro_export]
macro_rules! conversions {
    ([$($life:lifetime)*] $type:ty, $long:ty) => {
        impl FromPy for &'static $long {
            const BORROWS: bool = true;
            #[inline]
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { unsafe { shared(o, f) } }
        }
        impl FromPy for &'static mut $long {
            const BORROWS: bool = true;
            #[inline]
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { unsafe { exclusive(o, f) } }
        }
        impl FromPy for $long {
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { (&ByValue(std::marker::PhantomData::<$long>)).by_value(o, f) }
        }
        impl<$($life),*> ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let value: $long = unsafe { std::mem::transmute(self) };
                let kind = Handled::kind(&value);
                Ok(unsafe { own(value, kind, <$long as Handled>::SEND, c) })
            }
        }
        impl<'view, $($life),*> ToPy for &'view $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let value = self as *const $type as *mut $long;
                Ok(unsafe { view(value, Handled::kind(&*value), true, <$long as Handled>::SEND, c) })
            }
        }
        impl<'view, $($life),*> ToPy for &'view mut $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let value = self as *mut $type as *mut $long;
                Ok(unsafe { view(value, Handled::kind(&*value), false, <$long as Handled>::SEND, c) })
            }
        }
    };
}

/// A type without a size of its own: only references to it cross.
#[macro_export]
macro_rules! unsized_handle {
    ($kind:ident [$($life:lifetime)*] $type:ty, $long:ty) => {
        pub static $kind: Kind = Kind::new();
        impl Handled for $long {
            const SEND: bool = {
                struct Of<T: ?Sized>(std::marker::PhantomData<T>);
                trait No { const SEND: bool = false; }
                impl<T: ?Sized> No for Of<T> {}
                impl<T: Send + ?Sized> Of<T> { const SEND: bool = true; }
                Of::<$long>::SEND
            };
            fn class() -> O { $kind.get() }
            fn kind(&self) -> O { $kind.get() }
        }
        impl FromPy for &'static $long {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { unsafe { Ok(&*fat::<$long>(o, false, f)?) } }
        }
        impl FromPy for &'static mut $long {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { unsafe { Ok(&mut *fat::<$long>(o, true, f)?) } }
        }
        impl<'view, $($life),*> ToPy for &'view $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                Ok(unsafe { thin::<$long>(self as *const $type as *mut $long, true, c) })
            }
        }
        impl<'view, $($life),*> ToPy for &'view mut $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                Ok(unsafe { thin::<$long>(self as *mut $type as *mut $long, false, c) })
            }
        }
    };
}

/// An enum with data: each variant is a class of its own below the enum's.
#[macro_export]
macro_rules! variants {
    ($kind:ident [$($life:lifetime)*] $type:ty, $long:ty, $($variant:ident => $pattern:pat),*) => {
        pub static $kind: Kind = Kind::new();
        $(pub static $variant: Kind = Kind::new();)*
        impl Handled for $long {
            const SEND: bool = {
                struct Of<T>(std::marker::PhantomData<T>);
                trait No { const SEND: bool = false; }
                impl<T> No for Of<T> {}
                impl<T: Send> Of<T> { const SEND: bool = true; }
                Of::<$long>::SEND
            };
            #[inline]
            fn class() -> O { $kind.get() }
            #[allow(unreachable_patterns)]
            fn kind(&self) -> O { match self { $($pattern => $variant.get(),)* _ => $kind.get() } }
        }
        conversions!([$($life)*] $type, $long);
    };
}

/// An enum without data: a member of an IntEnum.
#[macro_export]
macro_rules! enumeration {
    ($kind:ident $type:ty, $($value:expr => $path:path),*) => {
        pub static $kind: Kind = Kind::new();
        impl FromPy for $type {
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                let number = i128::from_py(o, f)?;
                $(if number == $value { return Ok($path) })*
                Err(Failure::conversion(format!("{number} is no {}", short(std::any::type_name::<$type>()))))
            }
        }
        impl FromPy for &'static $type {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                let value = <$type>::from_py(o, f)?;
                Ok(f.lend(value))
            }
        }
        impl ToPy for $type {
            fn to_py(self, c: &mut Context) -> Res<O> { (&self).to_py(c) }
        }
        impl<'r> ToPy for &'r $type {
            #[allow(unreachable_patterns)]
            fn to_py(self, c: &mut Context) -> Res<O> {
                let number: i128 = match self { $($path => $value,)* _ => return Err(Failure::conversion("this variant is not public")) };
                let number = Owned(number.to_py(c)?);
                check(unsafe { PyObject_Vectorcall($kind.get(), &number.0, 1, std::ptr::null_mut()) })
            }
        }
    };
}

/// A context for the results of a call, which takes over what they may point into.
#[inline]
pub fn leaving(f: &mut Frame, k: &mut Frame, this: O) -> Res<Context> {
    f.finish()?;
    k.finish()?;
    Ok(Context::new(Some(k), this))
}

/// A value in the shape of its type: `Err` is raised, the others become objects.
#[macro_export]
macro_rules! shaped {
    (plain $c:expr, $value:expr) => { out!($c, $value) };
    (result $c:expr, $value:expr) => {{ let value = ok!($c, $value); out!($c, value) }};
    (option $c:expr, $value:expr) => { match $value { Some(value) => out!($c, value), None => Ok(none()) } };
    (result_option $c:expr, $value:expr) => {{ let value = ok!($c, $value); shaped!(option $c, value) }};
    (option_result $c:expr, $value:expr) => {
        match $value { Some(value) => shaped!(result $c, value), None => Ok(none()) }
    };
}

/// A result that leaves a shim.
#[macro_export]
macro_rules! leave {
    ($shape:ident $f:ident $k:ident $s:ident $value:expr) => {{
        let value = $value;
        let c = &mut leaving($f, $k, $s)?;
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
pub unsafe fn lease_of(o: O, k: &mut Frame) {
    let lease = (*(o as *mut super::handle::Handle)).lease;
    if !lease.is_null() {
        k.own(Owned(new_ref(lease)));
    }
}

/// Set a property; -1 with an exception set where that fails.
pub unsafe fn assign(name: &str, value: O, work: impl FnOnce() -> Res<O>) -> i32 {
    let done = super::failure::guarded(name, || {
        if value.is_null() {
            return Err(Failure::usage("a field can't be deleted".into()));
        }
        work()
    });
    if done.is_null() {
        return -1;
    }
    Py_DecRef(done);
    0
}
