//! `impl Read`, `BufRead`, `Seek` and `Write` of Python's bytes and file objects.

use super::failure::{check, pass, Failure, Res};
use super::ffi::*;
use super::frame::{brief, nowhere, Context, Frame, Own};
use super::from_py::FromPy;
use super::object::PyObj;
use super::to_py::ToPy;
use std::ffi::CStr;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};

/// A file object, or bytes read as one. What the object raises leaves by unwinding.
pub struct PyFile {
    object: PyObj,
    bytes: Option<io::Cursor<Vec<u8>>>,
    ahead: Vec<u8>,
    at: usize,
}

impl<H> FromPy<H> for PyFile {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let object = PyObj::from_py(o, f)?;
        let file = |bytes| PyFile {
            object: object.clone(),
            bytes,
            ahead: Vec::new(),
            at: 0,
        };
        if unsafe { PyObject_CheckBuffer(o) != 0 && kind_of(o) != &raw mut PyByteArray_Type } {
            return Ok(file(Some(io::Cursor::new(
                <&'static [u8]>::from_py(o, f)?.to_vec(),
            ))));
        }
        let attributes = [c"read", c"write", c"extend"];
        if !attributes.iter().any(|name| has(o, name)) {
            return Err(Failure::expected("bytes or a file object", o));
        }
        Ok(file(None))
    }
}

fn has(o: O, name: &CStr) -> bool {
    unsafe {
        let found = PyObject_GetAttrString(o, name.as_ptr());
        if found.is_null() {
            PyErr_Clear();
            return false;
        }
        Py_DecRef(found);
        true
    }
}

impl PyFile {
    fn ask<R>(
        &self,
        name: &CStr,
        make: impl FnOnce(&mut Context<Own>) -> Res<Vec<Owned>>,
        read: impl FnOnce(O) -> Res<R>,
    ) -> io::Result<R> {
        let _gil = Gil::take();
        let asked = || unsafe {
            let f = Owned(check(PyObject_GetAttrString(
                self.object.object(),
                name.as_ptr(),
            ))?);
            let made = make(&mut nowhere())?;
            let args: Vec<O> = made.iter().map(|m| m.0).collect();
            let result = Owned(check(PyObject_VectorcallDict(
                f.0,
                args.as_ptr(),
                args.len(),
                std::ptr::null_mut(),
            ))?);
            read(result.0)
        };
        asked().or_else(|failure| {
            if std::thread::panicking() {
                return Err(unraisable(failure, &self.object)); // a drop may not unwind as well
            }
            pass(failure)
        })
    }

    fn more(&self, size: usize) -> io::Result<Vec<u8>> {
        self.ask(
            c"read",
            |c| Ok(vec![Owned(size.to_py(c)?)]),
            |o| {
                if is_none(o) {
                    Ok(Vec::new())
                } else {
                    Vec::from_py(o, &mut brief())
                }
            },
        )
    }
}

impl std::fmt::Debug for PyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        self.object.fmt(f)
    }
}

impl Read for PyFile {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Some(bytes) = &mut self.bytes {
            return bytes.read(into);
        }
        if self.at == self.ahead.len() && into.len() >= 8192 {
            let bytes = self.more(into.len())?;
            into[..bytes.len()].copy_from_slice(&bytes);
            return Ok(bytes.len());
        }
        let count = {
            let ahead = self.fill_buf()?;
            let count = ahead.len().min(into.len());
            into[..count].copy_from_slice(&ahead[..count]);
            count
        };
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for PyFile {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.bytes.is_some() {
            return self.bytes.as_mut().expect("just seen").fill_buf();
        }
        if self.at == self.ahead.len() {
            self.ahead = self.more(8192)?;
            self.at = 0;
        }
        Ok(&self.ahead[self.at..])
    }

    fn consume(&mut self, count: usize) {
        match &mut self.bytes {
            Some(bytes) => bytes.consume(count),
            None => self.at += count,
        }
    }
}

impl Seek for PyFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        if let Some(bytes) = &mut self.bytes {
            return bytes.seek(to);
        }
        let ahead = (self.ahead.len() - self.at) as i64;
        self.ahead.clear();
        self.at = 0;
        let (offset, whence) = match to {
            SeekFrom::Start(at) => (at as i64, 0),
            SeekFrom::Current(by) => (by - ahead, 1),
            SeekFrom::End(by) => (by, 2),
        };
        self.ask(
            c"seek",
            |c| Ok(vec![Owned(offset.to_py(c)?), Owned(whence.to_py(c)?)]),
            |o| u64::from_py(o, &mut brief()),
        )
    }
}

impl Write for PyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let array = unsafe { kind_of(self.object.object()) == &raw mut PyByteArray_Type };
        let name = if array { c"extend" } else { c"write" };
        let make = |_: &mut Context<Own>| Ok(vec![Owned(super::to_py::bytes(bytes)?)]);
        self.ask(name, make, |o| {
            if is_none(o) {
                Ok(bytes.len())
            } else {
                usize::from_py(o, &mut brief())
            }
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        if has_flush(&self.object) {
            self.ask(c"flush", |_| Ok(Vec::new()), |_| Ok(()))?;
        }
        Ok(())
    }
}

/// Text for what writes text: a text file or an io.StringIO; as UTF-8 for what takes bytes.
impl std::fmt::Write for PyFile {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let takes_text = {
            let _gil = Gil::take();
            has(self.object.object(), c"encoding")
        };
        if takes_text {
            let make = |c: &mut Context<Own>| Ok(vec![Owned(text.to_py(c)?)]);
            let done = self.ask(c"write", make, |_| Ok(()));
            return done.map_err(|_| std::fmt::Error);
        }
        self.write_all(text.as_bytes()).map_err(|_| std::fmt::Error)
    }
}

/// Say on stderr what nobody can catch.
#[cold]
fn unraisable(failure: Failure, object: &PyObj) -> io::Error {
    let text = match failure {
        Failure::Raised => "the file object raised an exception".to_owned(),
        Failure::Said(said) => said.message,
    };
    unsafe {
        if !PyErr_Occurred().is_null() {
            PyErr_WriteUnraisable(object.object());
        }
    }
    io::Error::other(text)
}

fn has_flush(object: &PyObj) -> bool {
    let _gil = Gil::take();
    has(object.object(), c"flush")
}

/// What a call gives back of a file object that it took: the very same Python object.
impl<H> ToPy<H> for PyFile {
    fn to_py(self, _: &mut Context<H>) -> Res<O> {
        Ok(unsafe { new_ref(self.object.object()) })
    }
}

macro_rules! lent {
    ($($type:ty),*) => { $(
        impl<H> FromPy<H> for $type {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                let file = PyFile::from_py(o, f)?;
                Ok(f.lend(file))
            }
        }
    )* };
}

lent!(
    &'static mut PyFile,
    &'static mut dyn Read,
    &'static mut dyn BufRead,
    &'static mut dyn Write,
    &'static mut dyn std::fmt::Write
);

macro_rules! boxed {
    ($($type:ty),*) => { $(
        impl<H> FromPy<H> for Box<$type> {
            fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
                Ok(Box::new(PyFile::from_py(o, f)?))
            }
        }
    )* };
}

boxed!(
    dyn Read,
    dyn BufRead,
    dyn Write,
    dyn Read + Send,
    dyn Write + Send,
    dyn Read + Send + Sync
);
