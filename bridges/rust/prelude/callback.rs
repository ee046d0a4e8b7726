//! Python callables as Rust closures.

use super::failure::{check, pass, Failure, Res};
use super::ffi::*;
use super::frame::{brief, Context, Frame};
use super::from_py::FromPy;
use super::object::PyObj;
use std::marker::PhantomData;

/// A callable, and how many arguments it takes: the rest is dropped before it is converted.
pub struct Callable<H> {
    object: PyObj,
    places: usize,
    converts: PhantomData<fn() -> H>,
}

impl<H> Clone for Callable<H> {
    fn clone(&self) -> Callable<H> {
        Callable {
            object: self.object.clone(),
            ..*self
        }
    }
}

impl<H> FromPy<H> for Callable<H> {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        if unsafe { PyCallable_Check(o) } == 0 {
            return Err(Failure::expected("a callable", o));
        }
        Ok(Callable {
            object: PyObj::from_py(o, f)?,
            places: places(o)?,
            converts: PhantomData,
        })
    }
}

fn places(o: O) -> Res<usize> {
    unsafe {
        let module = Owned(check(PyImport_ImportModule(c"polyhy.values".as_ptr()))?);
        let f = Owned(check(PyObject_GetAttrString(module.0, c"places".as_ptr()))?);
        let count = Owned(check(PyObject_VectorcallDict(
            f.0,
            &o,
            1,
            std::ptr::null_mut(),
        ))?);
        let count = i64::from_py(count.0, &mut brief())?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }
}

impl<H> Callable<H> {
    /// Call with arguments made one by one. What it raises leaves by unwinding.
    pub fn call<R: FromPy<H>>(&self, arguments: &[&dyn Argument<H>]) -> R {
        let _gil = Gil::take();
        match self.answer(&arguments[..arguments.len().min(self.places)]) {
            Ok(value) => value,
            Err(failure) => pass(failure),
        }
    }

    fn answer<R: FromPy<H>>(&self, arguments: &[&dyn Argument<H>]) -> Res<R> {
        let mut c = Context::<H>::scope();
        let mut made = Vec::with_capacity(arguments.len());
        for argument in arguments {
            made.push(Owned(argument.make(&mut c)?));
        }
        let objects: Vec<O> = made.iter().map(|m| m.0).collect();
        let f = self.object.object();
        let result = unsafe {
            PyObject_VectorcallDict(f, objects.as_ptr(), objects.len(), std::ptr::null_mut())
        };
        let result = Owned(result);
        let value = self.read(&result);
        drop(made);
        drop(c);
        value
    }

    fn read<R: FromPy<H>>(&self, result: &Owned) -> Res<R> {
        check(result.0)?;
        if R::BORROWS {
            return Err(Failure::conversion(
                "a callback can't return what only borrows",
            ));
        }
        R::from_py(result.0, &mut Frame::new(false)).map_err(|e| e.at(|| "result".into()))
    }
}

/// An argument that is converted only if the callable takes it.
pub trait Argument<H> {
    fn make(&self, c: &mut Context<H>) -> Res<O>;
}

impl<H, F: Fn(&mut Context<H>) -> Res<O>> Argument<H> for F {
    fn make(&self, c: &mut Context<H>) -> Res<O> {
        self(c)
    }
}

/// `callback!(f, a, b)`: a closure of two arguments that calls the callable `f`. Where rustc can't
/// tell the types, they stand there: `callback!(f => String, a: &str)`.
#[macro_export]
macro_rules! callback {
    ($f:expr => $result:ty $(, $x:ident: $type:ty)*) => {{
        let callable = $f;
        move |$($x: $type),*| callable.call::<$result>(&[$({
            let cell = std::cell::Cell::new(Some($x));
            &move |c: &mut Context| out!(c, cell.take().expect("an argument is made once"))
        }),*])
    }};
    ($f:expr $(, $x:ident)*) => {{
        let callable = $f;
        move |$($x),*| callable.call(&[$({
            let cell = std::cell::Cell::new(Some($x));
            &move |c: &mut Context| out!(c, cell.take().expect("an argument is made once"))
        }),*])
    }};
}
