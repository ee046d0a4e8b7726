//! The Python module, made of tables when it is imported.

use super::class::{class, enumeration, fields, method, prepare};
use super::failure::{check, listen, Failure, Res};
use super::ffi::*;
use super::handle::Kind;
use std::ffi::{CStr, CString};
use std::os::raw::{c_int, c_void};

pub type Call = unsafe extern "C" fn(O, *const O, isize, O) -> O;
pub type Read = unsafe extern "C" fn(O, *mut c_void) -> O;
pub type Write = unsafe extern "C" fn(O, O, *mut c_void) -> c_int;

/// A function and where it stands: `("bytes", "escape", f, doc)`.
pub struct Function(
    pub &'static CStr,
    pub &'static CStr,
    pub Call,
    pub &'static CStr,
);

pub enum Way {
    Method(Call),
    Static(Call),
    Property(Read, Option<Write>),
}

pub struct Attribute(pub &'static CStr, pub Way, pub &'static CStr);

pub struct Class {
    pub kind: &'static Kind,
    pub base: Option<&'static Kind>,
    /// With its module: `polyhy.crates.regex.Regex`.
    pub name: &'static CStr,
    pub doc: &'static CStr,
    pub attributes: &'static [Attribute],
    pub slots: &'static [(c_int, *const c_void)],
    pub open: bool,
    /// The fields that `match` takes by position.
    pub fields: &'static [&'static str],
}

unsafe impl Sync for Class {}

pub struct Enumeration {
    pub kind: &'static Kind,
    pub name: &'static str,
    pub doc: &'static str,
    pub members: &'static [(&'static str, i128)],
    pub attributes: &'static [Attribute],
}

/// A constant, made when the module is.
pub struct Constant(pub &'static str, pub &'static CStr, pub fn() -> Res<O>);

/// A name for a class: `("bytes", "Regex", &K3)`.
pub struct Export(pub &'static str, pub &'static CStr, pub &'static Kind);

/// A class, one that it points to, and the names of the methods that it has of that: those that
/// share it, and those that change it.
pub struct Pointer(
    pub &'static Kind,
    pub &'static Kind,
    pub &'static str,
    pub &'static str,
);

pub struct Tables {
    pub name: &'static CStr,
    pub doc: &'static str,
    pub functions: &'static [Function],
    pub classes: &'static [Class],
    pub enumerations: &'static [Enumeration],
    pub constants: &'static [Constant],
    pub exports: &'static [Export],
    pub pointers: &'static [Pointer],
}

/// Make the module; null with an exception set where that fails.
pub unsafe fn load(tables: &'static Tables) -> O {
    listen();
    match make(tables) {
        Ok(module) => module,
        Err(failure) => super::failure::fail(failure, "import"),
    }
}

unsafe fn make(tables: &'static Tables) -> Res<O> {
    prepare()?;
    let def = Box::leak(Box::new(ModuleDef {
        base: [1, 0, 0, 0, 0],
        name: tables.name.as_ptr(),
        doc: std::ptr::null(),
        size: -1,
        rest: [0; 5],
    }));
    let module = Owned(check(PyModule_Create2(def, 1013))?);
    put(module.0, c"__doc__", check(text(tables.doc))?)?;
    for each in tables.classes {
        each.kind.set(class(each)?);
        if !each.fields.is_empty() {
            fields(each)?;
        }
    }
    for each in tables.enumerations {
        each.kind.set(enumeration(each, tables.name)?);
    }
    for Export(path, name, kind) in tables.exports {
        if !kind.get().is_null() {
            put(folder(module.0, path)?, name, new_ref(kind.get()))?;
        }
    }
    for Pointer(own, other, shared, changed) in tables.pointers {
        for (way, names) in [("deref", shared), ("deref_mut", changed)] {
            let words = [Owned(check(text(way))?), Owned(check(text(names))?)];
            let args = [own.get(), other.get(), words[0].0, words[1].0];
            Py_DecRef(super::standard::ask(c"point", &args)?);
        }
    }
    for Function(path, name, call, doc) in tables.functions {
        let place = folder(module.0, path.to_str().unwrap_or(""))?;
        let def = method(name, *call, 0, doc);
        let named = Owned(check(PyObject_GetAttrString(
            module.0,
            c"__name__".as_ptr(),
        ))?);
        set_aside(place, name)?;
        put(
            place,
            name,
            check(PyCMethod_New(
                def,
                std::ptr::null_mut(),
                named.0,
                std::ptr::null_mut(),
            ))?,
        )?;
    }
    for Constant(path, name, value) in tables.constants {
        match std::panic::catch_unwind(value) {
            Ok(Ok(value)) => put(folder(module.0, path)?, name, value)?,
            _ => PyErr_Clear(),
        }
    }
    Ok(super::to_py::release(module))
}

/// Set an attribute of a module or a class, and give the reference away.
pub unsafe fn put(place: O, name: &CStr, value: O) -> Res<()> {
    let value = Owned(value);
    match PyObject_SetAttrString(place, name.as_ptr(), value.0) {
        0 => Ok(()),
        _ => Err(Failure::Raised),
    }
}

/// Where a function shares its name with a module or a class, that is `name_`.
unsafe fn set_aside(place: O, name: &CStr) -> Res<()> {
    let there = PyObject_GetAttrString(place, name.as_ptr());
    if there.is_null() {
        PyErr_Clear();
        return Ok(());
    }
    let is_class = PyType_IsSubtype(kind_of(there), &raw mut PyType_Type) != 0;
    if !is_class && PyModule_GetDict(there).is_null() {
        PyErr_Clear();
        Py_DecRef(there);
        return Ok(());
    }
    put(place, &aside(name), there)
}

fn aside(name: &CStr) -> CString {
    CString::new([name.to_bytes(), b"_"].concat()).expect("a name holds no NUL")
}

/// The module or class at `path` (`a.b`), made where it is missing. A borrowed reference.
unsafe fn folder(module: O, path: &str) -> Res<O> {
    let mut place = module;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        let mut name = CString::new(name).expect("a name holds no NUL");
        let mut next = PyObject_GetAttrString(place, name.as_ptr());
        if !next.is_null()
            && PyCallable_Check(next) != 0
            && PyType_IsSubtype(kind_of(next), &raw mut PyType_Type) == 0
        {
            Py_DecRef(next);
            name = aside(&name);
            next = PyObject_GetAttrString(place, name.as_ptr());
        }
        if next.is_null() {
            PyErr_Clear();
            next = check(PyModule_New(name.as_ptr()))?;
            put(place, &name, new_ref(next))?;
        }
        Py_DecRef(next); // its parent holds it
        place = next;
    }
    Ok(place)
}
