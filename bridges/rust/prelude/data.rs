//! Python data as serde's: what is `Serialize` or `Deserialize` takes and gives None, bool, int,
//! float, str, bytes, list, tuple and dict.

use super::failure::{pass, Failure, Res};
use super::ffi::*;
use super::frame::{brief, nowhere, Context, Frame, Own};
use super::from_py::FromPy;
use super::object::PyObj;
use super::to_py::ToPy;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};
use std::fmt;

/// Data of Python's, by reference.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PyData(PyObj);

impl<H> FromPy<H> for PyData {
    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        PyObj::from_py(o, f).map(PyData)
    }
}

impl<H> FromPy<H> for &'static PyData {
    const BORROWS: bool = true;

    fn from_py(o: O, f: &mut Frame<H>) -> Res<Self> {
        let data = PyData::from_py(o, f)?;
        Ok(f.lend(data))
    }
}

impl<H> ToPy<H> for PyData {
    fn to_py(self, c: &mut Context<H>) -> Res<O> {
        self.0.to_py(c)
    }
}

impl Serialize for PyData {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let _gil = Gil::take();
        unsafe { written(self.0.object(), to, 0) }
    }
}

struct Part(O, usize);

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        unsafe { written(self.0, to, self.1) }
    }
}

fn read<T: FromPy<Own>, E: Error>(o: O) -> Result<T, E> {
    T::from_py(o, &mut brief()).map_err(|failure| match failure {
        Failure::Said(said) => E::custom(said.message),
        Failure::Raised => pass(Failure::Raised),
    })
}

const DEEPEST: usize = 200;

unsafe fn written<S: Serializer>(o: O, to: S, depth: usize) -> Result<S::Ok, S::Error> {
    let kind = kind_of(o);
    if depth > DEEPEST {
        return Err(S::Error::custom(
            "the data contains itself or nests deeper than 200",
        ));
    }
    if is_none(o) {
        to.serialize_none()
    } else if o == &raw mut _Py_TrueStruct || o == &raw mut _Py_FalseStruct {
        to.serialize_bool(o == &raw mut _Py_TrueStruct)
    } else if kind == &raw mut PyUnicode_Type {
        to.serialize_str(read::<&'static str, S::Error>(o)?)
    } else if kind == &raw mut PyFloat_Type {
        to.serialize_f64(PyFloat_AsDouble(o))
    } else if kind == &raw mut PyLong_Type {
        match read::<i128, S::Error>(o)? {
            small if i64::try_from(small).is_ok() => to.serialize_i64(small as i64),
            wide if u64::try_from(wide).is_ok() => to.serialize_u64(wide as u64),
            huge => to.serialize_i128(huge),
        }
    } else if kind == &raw mut PyBytes_Type {
        to.serialize_bytes(read::<&'static [u8], S::Error>(o)?)
    } else if kind == &raw mut PyDict_Type {
        let mut map = to.serialize_map(Some(PyObject_Size(o) as usize))?;
        let (mut at, mut key, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
        while PyDict_Next(o, &mut at, &mut key, &mut value) != 0 {
            map.serialize_entry(&Part(key, depth + 1), &Part(value, depth + 1))?;
        }
        map.end()
    } else if kind == &raw mut PyList_Type || kind == &raw mut PyTuple_Type {
        let items = read::<Vec<PyObj>, S::Error>(o)?;
        let mut list = to.serialize_seq(Some(items.len()))?;
        for item in &items {
            list.serialize_element(&Part(item.object(), depth + 1))?;
        }
        list.end()
    } else {
        Err(S::Error::custom(format!(
            "{} is no data",
            super::failure::type_name(o)
        )))
    }
}

impl<'de> Deserialize<'de> for PyData {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader)
    }
}

struct Reader;

fn made<E: de::Error>(make: impl FnOnce(&mut Context<Own>) -> Res<O>) -> Result<PyData, E> {
    let _gil = Gil::take();
    let object = make(&mut nowhere());
    match object {
        Ok(object) => {
            let object = Owned(object);
            Ok(PyData(unsafe { PyObj::new(object.0) }))
        }
        Err(failure) => pass(failure),
    }
}

macro_rules! visits {
    ($($name:ident $type:ty;)*) => { $(
        fn $name<E: de::Error>(self, value: $type) -> Result<PyData, E> {
            made(|c| value.to_py(c))
        }
    )* };
}

impl<'de> Visitor<'de> for Reader {
    type Value = PyData;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("data")
    }

    visits! {
        visit_bool bool; visit_i64 i64; visit_i128 i128; visit_u64 u64; visit_u128 u128;
        visit_f64 f64; visit_str &str; visit_bytes &[u8];
    }

    fn visit_unit<E: de::Error>(self) -> Result<PyData, E> {
        made(|_| Ok(none()))
    }

    fn visit_none<E: de::Error>(self) -> Result<PyData, E> {
        made(|_| Ok(none()))
    }

    fn visit_some<D: Deserializer<'de>>(self, inside: D) -> Result<PyData, D::Error> {
        inside.deserialize_any(Reader)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inside: D) -> Result<PyData, D::Error> {
        inside.deserialize_any(Reader)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<PyData, A::Error> {
        let mut list: Vec<PyData> = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        made(|c| list.to_py(c))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<PyData, A::Error> {
        let mut pairs: Vec<(PyData, PyData)> = Vec::new();
        while let Some(pair) = items.next_entry()? {
            pairs.push(pair);
        }
        made(|c| super::to_py::dict(pairs.into_iter(), c))
    }
}
