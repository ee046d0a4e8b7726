//! Functions whose arguments may be of several types: the value in a call decides.
use std::collections::HashMap;

pub struct Width(usize);
impl Width { pub fn new(columns: usize) -> Width { Width(columns) } pub fn columns(&self) -> usize { self.0 } }
impl From<usize> for Width { fn from(columns: usize) -> Width { Width(columns) } }
impl From<&str> for Width { fn from(ruler: &str) -> Width { Width(ruler.len()) } }
impl From<&Width> for Width { fn from(other: &Width) -> Width { Width(other.0) } }
pub fn columns<W: Into<Width>>(width: W) -> usize { width.into().0 }
pub fn twice(text: &str, width: impl Into<Width>) -> usize { text.len() + 2 * width.into().0 }

/// What stands for a text: a text, a number, or what makes one of a text.
pub trait Filler { fn fill(&mut self, gap: &str) -> String; }
impl Filler for &str { fn fill(&mut self, _: &str) -> String { self.to_string() } }
impl Filler for i64 { fn fill(&mut self, _: &str) -> String { format!("{self:03}") } }
impl Filler for HashMap<String, String> { fn fill(&mut self, gap: &str) -> String { self[gap].clone() } }
impl<F: FnMut(&str) -> T, T: AsRef<str>> Filler for F { fn fill(&mut self, gap: &str) -> String { self(gap).as_ref().into() } }
pub fn filled<F: Filler>(gap: &str, mut filler: F) -> String { filler.fill(gap) }

pub fn size<T: AsRef<[u8]>>(data: T) -> usize { data.as_ref().len() }
pub fn sizes<T: AsRef<[u8]>, I: IntoIterator<Item = T>>(all: I) -> Vec<usize> { all.into_iter().map(|x| x.as_ref().len()).collect() }

pub struct Text<D> { data: D }
impl Text<Vec<u8>> { pub fn of(text: &str) -> Text<Vec<u8>> { Text { data: text.into() } } }
impl<D: AsRef<[u8]>> Text<D> { pub fn new(data: D) -> Text<D> { Text { data } } pub fn size(&self) -> usize { self.data.as_ref().len() } }

static KEPT: std::sync::Mutex<Vec<Box<dyn AsRef<[u8]> + Send>>> = std::sync::Mutex::new(Vec::new());
pub fn keep<D: AsRef<[u8]> + Send + 'static>(data: D) { KEPT.lock().unwrap().push(Box::new(data)) }
pub fn keep_too(data: impl AsRef<[u8]> + Send + 'static) { KEPT.lock().unwrap().push(Box::new(data)) }
pub fn kept() -> Vec<Vec<u8>> { KEPT.lock().unwrap().iter().map(|each| (**each).as_ref().to_vec()).collect() }

pub struct Held<D>(D);
pub fn held<D: AsRef<[u8]>>(data: D) -> Held<D> { Held(data) }
impl<D: AsRef<[u8]>> Held<D> { pub fn size(self) -> usize { self.0.as_ref().len() } }

pub fn first<S: std::ops::Index<usize> + ?Sized>(all: &S) -> S::Output where S::Output: Clone { all[0].clone() }
