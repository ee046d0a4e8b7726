//! What went wrong in a call, and how it becomes a Python exception.

use super::ffi::*;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{catch_unwind, AssertUnwindSafe};

pub type Res<T> = Result<T, Failure>;

const WANTED: &str = " is wanted, and this is ";

/// Why a call ends without a result.
pub enum Failure {
    /// A Python exception is set.
    Raised,
    Said(Box<Said>),
}

/// What becomes an exception: `kind` names its class in `errors.py`.
pub struct Said {
    pub kind: &'static str,
    pub message: String,
    pub path: Vec<String>,
    pub type_name: &'static str,
    pub causes: Vec<String>,
    pub place: String,
    pub value: Option<Owned>,
    /// True where an argument may be of another type, which is tried then.
    pub open: bool,
}

impl Failure {
    #[cold]
    pub fn of(kind: &'static str, message: String) -> Failure {
        Failure::Said(Box::new(Said {
            kind,
            message,
            path: Vec::new(),
            type_name: "",
            causes: Vec::new(),
            place: String::new(),
            value: None,
            open: false,
        }))
    }

    #[cold]
    pub fn conversion(message: impl Into<String>) -> Failure {
        unsafe { PyErr_Clear() };
        Failure::of("conversion", message.into())
    }

    #[cold]
    pub fn expected(what: &str, o: O) -> Failure {
        Failure::conversion(format!("{what}{WANTED}{}", type_name(o)))
    }

    #[cold]
    pub fn usage(message: String) -> Failure {
        Failure::of("usage", message)
    }

    /// A refusal after which another type is tried.
    #[cold]
    pub fn open(mut self) -> Failure {
        if let Failure::Said(said) = &mut self {
            said.open = said.kind == "conversion";
        }
        self
    }

    /// One refusal for those of all the types that were tried: what is of the right kind, and wrong
    /// in itself, is told; else all that would do.
    #[cold]
    pub fn none_of(mut refusals: Vec<Box<Said>>) -> Failure {
        let mut wanted = Vec::new();
        for at in 0..refusals.len() {
            match refusals[at].message.split_once(WANTED) {
                Some((what, _)) if !wanted.contains(&what.to_owned()) => {
                    wanted.push(what.to_owned())
                }
                Some(_) => {}
                None => return Failure::Said(refusals.swap_remove(at)),
            }
        }
        let mut last = refusals.pop().expect("a function has a way");
        if let Some((_, given)) = last.message.split_once(WANTED) {
            last.message = format!("{}{WANTED}{given}", wanted.join(" or "));
        }
        Failure::Said(last)
    }

    /// Say where in the arguments it was: parts are added from the inside out.
    #[cold]
    pub fn at(self, part: impl FnOnce() -> String) -> Failure {
        match self {
            Failure::Said(mut said) => {
                said.path.push(part());
                Failure::Said(said)
            }
            raised => raised,
        }
    }
}

/// `?` on a Python call: null means that an exception is set.
#[inline]
pub fn check(o: O) -> Res<O> {
    if o.is_null() {
        Err(Failure::Raised)
    } else {
        Ok(o)
    }
}

pub fn type_name(o: O) -> String {
    unsafe {
        let name = Owned(PyObject_GetAttrString(kind_of(o), c"__name__".as_ptr()));
        if name.0.is_null() {
            PyErr_Clear();
            return "an object".into();
        }
        with_article(&read(name.0))
    }
}

/// `an int`, `an Options`, `a str`.
pub fn with_article(name: &str) -> String {
    let vowel = name.starts_with(|c: char| "aeioAEIO".contains(c));
    format!("{} {name}", if vowel { "an" } else { "a" })
}

unsafe fn read(o: O) -> String {
    let mut size = 0;
    let data = PyUnicode_AsUTF8AndSize(o, &mut size);
    if data.is_null() {
        PyErr_Clear();
        return String::new();
    }
    String::from_utf8_lossy(std::slice::from_raw_parts(data, size as usize)).into_owned()
}

/// An exception on its way through Rust frames, by unwinding: a callback raised it.
pub struct Passing(RefCell<Option<[usize; 3]>>);

impl Passing {
    pub fn take() -> Passing {
        let mut parts = [std::ptr::null_mut(); 3];
        unsafe { PyErr_Fetch(&mut parts[0], &mut parts[1], &mut parts[2]) };
        Passing(RefCell::new(Some(parts.map(|p: O| p as usize))))
    }

    pub fn restore(&self) {
        if let Some(parts) = self.0.borrow_mut().take() {
            unsafe { PyErr_Restore(parts[0] as O, parts[1] as O, parts[2] as O) }
        }
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        if let Some(parts) = self.0.borrow_mut().take() {
            let _gil = Gil::take();
            for part in parts.into_iter().filter(|p| *p != 0) {
                unsafe { Py_DecRef(part as O) }
            }
        }
    }
}

/// Leave the guest's frames with the exception that a callback raised.
pub fn pass(failure: Failure) -> ! {
    if let Failure::Said(said) = failure {
        raise(*said, "a callback");
    }
    std::panic::resume_unwind(Box::new(Passing::take()))
}

thread_local! {
    static PLACE: Cell<Option<(String, String)>> = const { Cell::new(None) };
}

/// Panics are raised, not printed: what the hook hears is kept for the exception.
pub fn listen() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map(|l| format!("{}:{}", l.file(), l.line()));
        let message = said_by(panic.payload()).unwrap_or_default();
        PLACE.with(|p| p.set(Some((message, place.unwrap_or_default()))));
    }));
}

fn said_by(payload: &(dyn Any + Send)) -> Option<String> {
    let text = payload.downcast_ref::<&str>().map(|s| s.to_string());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
}

/// Run `call`; a panic or a failure is set as an exception, and null returned.
#[inline]
pub fn guarded(name: &str, call: impl FnOnce() -> Res<O>) -> O {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(result)) => result,
        Ok(Err(failure)) => fail(failure, name),
        Err(payload) => panicked(payload, name),
    }
}

#[cold]
#[inline(never)]
pub fn fail(failure: Failure, name: &str) -> O {
    if let Failure::Said(said) = failure {
        raise(*said, name);
    }
    std::ptr::null_mut()
}

#[cold]
#[inline(never)]
fn panicked(payload: Box<dyn Any + Send>, name: &str) -> O {
    if let Some(passing) = payload.downcast_ref::<Passing>() {
        passing.restore();
        return std::ptr::null_mut();
    }
    let (message, place) = PLACE.with(|p| p.take()).unwrap_or_default();
    let message = said_by(&*payload).unwrap_or(message);
    let mut failure = Failure::of("panic", message);
    if let Failure::Said(said) = &mut failure {
        said.place = place;
    }
    fail(failure, name)
}

#[cold]
fn raise(said: Said, name: &str) {
    unsafe {
        let module = Owned(PyImport_ImportModule(
            c"polyhy.bridges.rust.errors".as_ptr(),
        ));
        if module.0.is_null() {
            return;
        }
        let make = Owned(PyObject_GetAttrString(module.0, c"make".as_ptr()));
        let path: String = said.path.iter().rev().map(String::as_str).collect();
        let value = said.value.as_ref().map_or(none(), |v| new_ref(v.0));
        let causes = said.causes.join("\0");
        let parts = [
            text(said.kind),
            text(&said.message),
            text(&path),
            text(said.type_name),
            text(&causes),
            text(&said.place),
            text(name),
            value,
        ];
        let made =
            PyObject_VectorcallDict(make.0, parts.as_ptr(), parts.len(), std::ptr::null_mut());
        for part in parts {
            Py_DecRef(part);
        }
        if !made.is_null() {
            PyErr_SetObject(kind_of(made), made);
            Py_DecRef(made);
        }
    }
}
