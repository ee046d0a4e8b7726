//! Any Python object as a Rust value: for type parameters that nothing else decides.

use super::failure::{pass, Failure, Res};
use super::ffi::*;
use super::frame::{brief, Context, Frame};
use super::from_py::FromPy;
use super::to_py::ToPy;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

/// A Python object: cloned by reference; compared, hashed and shown by Python.
pub struct PyObj(O);

unsafe impl Send for PyObj {}
unsafe impl Sync for PyObj {}

impl PyObj {
    #[inline]
    pub unsafe fn new(o: O) -> PyObj {
        PyObj(new_ref(o))
    }

    #[inline]
    pub fn object(&self) -> O {
        self.0
    }

    fn compare(&self, other: &PyObj, operation: i32) -> bool {
        let _gil = Gil::take();
        match unsafe { PyObject_RichCompareBool(self.0, other.0, operation) } {
            -1 => pass(Failure::Raised),
            answer => answer == 1,
        }
    }

    fn shown(&self, f: &mut fmt::Formatter, show: unsafe extern "C" fn(O) -> O) -> fmt::Result {
        let _gil = Gil::take();
        let shown = Owned(unsafe { show(self.0) });
        if shown.0.is_null() {
            pass(Failure::Raised);
        }
        match <&'static str>::from_py(shown.0, &mut brief()) {
            Ok(shown) => f.write_str(shown),
            Err(failure) => pass(failure),
        }
    }
}

impl Clone for PyObj {
    fn clone(&self) -> PyObj {
        let _gil = Gil::take();
        unsafe { PyObj::new(self.0) }
    }
}

impl Drop for PyObj {
    fn drop(&mut self) {
        unsafe {
            if Py_IsInitialized() != 0 {
                let _gil = Gil::take();
                Py_DecRef(self.0)
            }
        }
    }
}

impl Default for PyObj {
    fn default() -> PyObj {
        let _gil = Gil::take();
        PyObj(none())
    }
}

impl PartialEq for PyObj {
    fn eq(&self, other: &PyObj) -> bool {
        self.0 == other.0 || self.compare(other, 2)
    }
}

impl Eq for PyObj {}

impl PartialOrd for PyObj {
    fn partial_cmp(&self, other: &PyObj) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PyObj {
    fn cmp(&self, other: &PyObj) -> Ordering {
        if self.compare(other, 0) {
            Ordering::Less
        } else if self == other {
            Ordering::Equal
        } else {
            Ordering::Greater
        }
    }
}

impl Hash for PyObj {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let _gil = Gil::take();
        match unsafe { PyObject_Hash(self.0) } {
            -1 => pass(Failure::Raised),
            hash => state.write_isize(hash),
        }
    }
}

impl fmt::Debug for PyObj {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.shown(f, PyObject_Repr)
    }
}

impl fmt::Display for PyObj {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.shown(f, PyObject_Str)
    }
}

impl<H> FromPy<H> for PyObj {
    fn from_py(o: O, _: &mut Frame<H>) -> Res<Self> {
        Ok(unsafe { PyObj::new(o) })
    }
}

impl<H> FromPy<H> for &'static PyObj {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        Ok(f.lend(unsafe { PyObj::new(o) }))
    }
}

impl<H> ToPy<H> for PyObj {
    fn to_py(self, _: &mut Context<H>) -> Res<O> {
        Ok(unsafe { new_ref(self.0) })
    }
}

impl<'a, H> ToPy<H> for &'a PyObj {
    fn to_py(self, _: &mut Context<H>) -> Res<O> {
        Ok(unsafe { new_ref(self.0) })
    }
}

impl<'a, H> ToPy<H> for &'a mut PyObj {
    fn to_py(self, _: &mut Context<H>) -> Res<O> {
        Ok(unsafe { new_ref(self.0) })
    }
}
