//! The Python module, made of tables when it is imported.

use super::failure::{check, listen, Failure, Res};
use super::ffi::*;
use super::frame::{Context, Lease};
use super::future::{self, AWAITABLE, RUNNING};
use super::handle::{self, Kind, LEASE, OPAQUE};
use super::iterate::{self, ITERATOR};
use super::view::{self, MEMORY};
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
pub struct Constant(
    pub &'static str,
    pub &'static CStr,
    pub fn(&mut Context) -> Res<O>,
);

/// A name for a class: `("bytes", "Regex", &K3)`.
pub struct Export(pub &'static str, pub &'static CStr, pub &'static Kind);

pub struct Tables {
    pub name: &'static CStr,
    pub doc: &'static str,
    pub functions: &'static [Function],
    pub classes: &'static [Class],
    pub enumerations: &'static [Enumeration],
    pub constants: &'static [Constant],
    pub exports: &'static [Export],
}

const WEAK: usize = std::mem::offset_of!(handle::Handle, weak);
static WEAKLY: [Leaked<Member>; 2] = [
    Leaked(Member {
        name: c"__weaklistoffset__".as_ptr(),
        kind: 19,
        offset: WEAK as isize,
        flags: 1,
        doc: std::ptr::null(),
    }),
    Leaked(Member {
        name: std::ptr::null(),
        kind: 0,
        offset: 0,
        flags: 0,
        doc: std::ptr::null(),
    }),
];

#[repr(transparent)]
struct Leaked<T>(T);
unsafe impl<T> Sync for Leaked<T> {}

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
        let value =
            std::panic::catch_unwind(|| value(&mut Context::new(None, std::ptr::null_mut())));
        match value {
            Ok(Ok(value)) => put(folder(module.0, path)?, name, value)?,
            _ => PyErr_Clear(),
        }
    }
    Ok(super::to_py::release(module))
}

/// Set an attribute of a module or a class, and give the reference away.
unsafe fn put(place: O, name: &CStr, value: O) -> Res<()> {
    let value = Owned(value);
    match PyObject_SetAttrString(place, name.as_ptr(), value.0) {
        0 => Ok(()),
        _ => Err(Failure::Raised),
    }
}

/// Where a function and a module share a name, the module is `name_`.
unsafe fn set_aside(place: O, name: &CStr) -> Res<()> {
    let there = PyObject_GetAttrString(place, name.as_ptr());
    if there.is_null() {
        PyErr_Clear();
        return Ok(());
    }
    if PyModule_GetDict(there).is_null() {
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

fn method(name: &'static CStr, call: Call, flags: c_int, doc: &'static CStr) -> &'static MethodDef {
    let flags = FASTCALL_KEYWORDS | 0x80 | flags;
    Box::leak(Box::new(MethodDef {
        name: name.as_ptr(),
        call: call as *const c_void,
        flags,
        doc: doc.as_ptr(),
    }))
}

/// Set `__match_args__`.
unsafe fn fields(class: &'static Class) -> Res<()> {
    let names = Owned(check(PyTuple_New(class.fields.len() as isize))?);
    for (at, name) in class.fields.iter().enumerate() {
        PyTuple_SetItem(names.0, at as isize, check(text(name))?);
    }
    put(class.kind.get(), c"__match_args__", new_ref(names.0))
}

unsafe fn class(class: &'static Class) -> Res<O> {
    let (mut methods, mut properties) = (Vec::new(), Vec::new());
    for Attribute(name, way, doc) in class.attributes {
        let (name, doc) = (name.as_ptr(), doc.as_ptr());
        match way {
            Way::Method(call) => methods.push(MethodDef {
                name,
                call: *call as *const c_void,
                flags: FASTCALL_KEYWORDS | 0x80,
                doc,
            }),
            Way::Static(call) => methods.push(MethodDef {
                name,
                call: *call as *const c_void,
                flags: FASTCALL_KEYWORDS | 0x80 | STATIC,
                doc,
            }),
            Way::Property(get, set) => {
                let set = set.map_or(std::ptr::null(), |set| set as *const c_void);
                properties.push(GetSet {
                    name,
                    get: *get as *const c_void,
                    set,
                    doc,
                    closure: std::ptr::null_mut(),
                });
            }
        }
    }
    methods.push(std::mem::zeroed());
    properties.push(std::mem::zeroed());
    let mut slots: Vec<Slot> = class
        .slots
        .iter()
        .map(|(slot, value)| Slot {
            slot: *slot,
            value: *value,
        })
        .collect();
    slots.push(Slot {
        slot: 64,
        value: methods.leak().as_ptr() as *const c_void,
    });
    slots.push(Slot {
        slot: 73,
        value: properties.leak().as_ptr() as *const c_void,
    });
    slots.push(Slot {
        slot: 52,
        value: handle::dealloc as *const c_void,
    });
    slots.push(Slot {
        slot: 56,
        value: class.doc.as_ptr() as *const c_void,
    });
    if class.base.is_none() {
        slots.push(Slot {
            slot: 72,
            value: WEAKLY.as_ptr() as *const c_void,
        });
    }
    let constructs = class.slots.iter().any(|(slot, _)| *slot == 65);
    let flags = DEFAULT | if constructs { 0 } else { NO_NEW } | if class.open { BASE } else { 0 };
    kind(class.name, handle::SIZE, flags, slots, class.base)
}

unsafe fn kind(
    name: &CStr,
    size: c_int,
    flags: u32,
    mut slots: Vec<Slot>,
    base: Option<&Kind>,
) -> Res<O> {
    slots.push(std::mem::zeroed());
    let spec = Box::leak(Box::new(TypeSpec {
        name: name.as_ptr(),
        size,
        item: 0,
        flags,
        slots: slots.leak().as_ptr(),
    }));
    let bases = match base {
        Some(base) => {
            let tuple = PyTuple_New(1);
            PyTuple_SetItem(tuple, 0, new_ref(base.get()));
            tuple
        }
        None => std::ptr::null_mut(),
    };
    check(PyType_FromSpecWithBases(spec, bases))
}

unsafe fn enumeration(each: &'static Enumeration, module: &'static CStr) -> Res<O> {
    let mut nowhere = Context::new(None, std::ptr::null_mut());
    let members: Vec<(&str, i128)> = each.members.to_vec();
    let members = Owned(super::to_py::list(members.into_iter(), &mut nowhere)?);
    let words = [each.name, module.to_str().unwrap_or(""), each.doc].map(|word| Owned(text(word)));
    let room = Owned(check(PyImport_ImportModule(
        c"polyhy.bridges.rust.standard".as_ptr(),
    ))?);
    let make = Owned(check(PyObject_GetAttrString(
        room.0,
        c"enumeration".as_ptr(),
    ))?);
    let args = [words[0].0, words[1].0, words[2].0, members.0];
    let made = check(PyObject_Vectorcall(
        make.0,
        args.as_ptr(),
        4,
        std::ptr::null_mut(),
    ))?;
    for Attribute(name, way, doc) in each.attributes {
        let (call, bound) = match way {
            Way::Method(call) => (call, true),
            Way::Static(call) => (call, false),
            Way::Property(..) => continue,
        };
        let f = Owned(check(PyCMethod_New(
            method(name, *call, 0, doc),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        ))?);
        let attribute = if bound {
            super::slots::bound(f.0)?
        } else {
            check(PyStaticMethod_New(f.0))?
        };
        put(made, name, attribute)?;
    }
    Ok(made)
}

/// The classes of the prelude's own objects.
unsafe fn prepare() -> Res<()> {
    let slot = |slot, value| Slot { slot, value };
    let dealloc = handle::dealloc as *const c_void;
    let lease = vec![slot(52, Lease::dealloc as *const c_void)];
    let opaque = vec![
        slot(52, dealloc),
        slot(72, WEAKLY.as_ptr() as *const c_void),
    ];
    let hint = method(c"__length_hint__", iterate::length_hint, 0, c"");
    let methods = vec![std::ptr::read(hint), std::mem::zeroed()];
    let iterator = vec![
        slot(52, dealloc),
        slot(62, PyObject_SelfIter as *const c_void),
        slot(63, iterate::next as *const c_void),
        slot(64, methods.leak().as_ptr() as *const c_void),
        slot(72, WEAKLY.as_ptr() as *const c_void),
    ];
    let memory = vec![
        slot(52, view::dealloc as *const c_void),
        slot(1, view::get as *const c_void),
    ];
    let size = handle::SIZE;
    for (class, name, call, title) in [
        (
            &AWAITABLE,
            c"start",
            future::start as Call,
            c"polyhy.rust.Pending",
        ),
        (
            &RUNNING,
            c"stop",
            future::stop as Call,
            c"polyhy.rust.Running",
        ),
    ] {
        let methods = vec![
            std::ptr::read(method(name, call, 0, c"")),
            std::mem::zeroed(),
        ];
        let slots = vec![
            slot(52, dealloc),
            slot(64, methods.leak().as_ptr() as *const c_void),
        ];
        class.set(kind(title, size, DEFAULT | NO_NEW, slots, None)?);
    }
    LEASE.set(kind(
        c"polyhy.rust.Lease",
        std::mem::size_of::<Lease>() as c_int,
        DEFAULT | NO_NEW,
        lease,
        None,
    )?);
    OPAQUE.set(kind(
        c"polyhy.rust.Opaque",
        size,
        DEFAULT | NO_NEW,
        opaque,
        None,
    )?);
    ITERATOR.set(kind(
        c"polyhy.rust.Iterator",
        size,
        DEFAULT | NO_NEW,
        iterator,
        None,
    )?);
    MEMORY.set(kind(
        c"polyhy.rust.Memory",
        std::mem::size_of::<view::Memory>() as c_int,
        DEFAULT | NO_NEW,
        memory,
        None,
    )?);
    Ok(())
}
