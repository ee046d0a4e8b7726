//! Python types for Rust's: made of the module's tables, and those of the prelude itself.

use super::failure::{check, Res};
use super::ffi::*;
use super::frame::nowhere;
use super::future::{self, AWAITABLE, RUNNING};
use super::handle::{self, Kind, LEASE, OPAQUE};
use super::iterate::{self, ITERATOR};
use super::lease::Lease;
use super::module::{put, Attribute, Call, Class, Enumeration, Way};
use super::view::{self, MEMORY};
use std::ffi::CStr;
use std::os::raw::{c_int, c_void};

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

pub fn method(
    name: &'static CStr,
    call: Call,
    flags: c_int,
    doc: &'static CStr,
) -> &'static MethodDef {
    let flags = FASTCALL_KEYWORDS | 0x80 | flags;
    Box::leak(Box::new(MethodDef {
        name: name.as_ptr(),
        call: call as *const c_void,
        flags,
        doc: doc.as_ptr(),
    }))
}

/// Set `__match_args__`.
pub unsafe fn fields(class: &'static Class) -> Res<()> {
    let names = Owned(check(PyTuple_New(class.fields.len() as isize))?);
    for (at, name) in class.fields.iter().enumerate() {
        PyTuple_SetItem(names.0, at as isize, check(text(name))?);
    }
    put(class.kind.get(), c"__match_args__", new_ref(names.0))
}

pub unsafe fn class(class: &'static Class) -> Res<O> {
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

pub unsafe fn enumeration(each: &'static Enumeration, module: &'static CStr) -> Res<O> {
    let mut nowhere = nowhere();
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
    let made = check(PyObject_VectorcallDict(
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
pub unsafe fn prepare() -> Res<()> {
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
