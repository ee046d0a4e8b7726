//! Functions that give back what they take, one for each way of crossing.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU8;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

macro_rules! same {
    ($($name:ident $type:ty;)*) => { $(pub fn $name(x: $type) -> $type { x })* };
}

same! {
    same_i8 i8; same_i16 i16; same_i32 i32; same_i64 i64; same_isize isize; same_i128 i128;
    same_u8 u8; same_u16 u16; same_u32 u32; same_u64 u64; same_usize usize; same_u128 u128;
    same_f32 f32; same_f64 f64; same_bool bool; same_char char; same_string String; same_path PathBuf;
    same_bytes Vec<u8>; same_floats Vec<f64>; same_texts Vec<String>; same_deque VecDeque<i64>;
    same_map HashMap<String, i64>; same_tree BTreeMap<i64, String>; same_set HashSet<i64>;
    same_ordered BTreeSet<String>; same_option Option<i64>; same_nested Option<Vec<(i64, Option<String>)>>;
    same_pair (i64, String); same_triple (bool, f64, u8); same_array [f64; 3]; same_box Box<i64>;
    same_rc Rc<String>; same_arc Arc<Vec<i64>>; same_range Range<i64>; same_duration Duration;
    same_time SystemTime; same_address IpAddr; same_socket SocketAddr; same_nonzero NonZeroU8;
    same_table Vec<HashMap<String, Vec<i64>>>; same_unit ();
}

pub fn length(x: &str) -> usize { x.len() }
pub fn shout(x: &str) -> Cow<'_, str> { if x.is_empty() { Cow::Borrowed(x) } else { Cow::Owned(x.to_uppercase()) } }
pub fn first(x: &[u8]) -> Option<u8> { x.first().copied() }
pub fn half(x: &[u8]) -> &[u8] { &x[..x.len() / 2] }
pub fn sum(xs: &[f64]) -> f64 { xs.iter().sum() }
pub fn sum_i32(xs: &[i32]) -> i64 { xs.iter().map(|x| *x as i64).sum() }
pub fn address_of(xs: &[f64]) -> usize { xs.as_ptr() as usize }
pub fn double(xs: &mut [f64]) { for x in xs { *x *= 2.0 } }
pub fn tail(xs: &[f64]) -> &[f64] { &xs[1..] }
pub fn count_up(n: &mut usize) -> bool { *n += 1; *n > 1 }
pub fn halve(x: &mut f64) { *x /= 2.0 }
pub fn tail_mut(xs: &mut [f64]) -> &mut [f64] { &mut xs[1..] }
pub fn push(xs: &mut Vec<i64>, x: i64) { xs.push(x) }
pub fn join(xs: &[&str], by: &str) -> String { xs.join(by) }
pub fn name(x: &Path) -> Option<&str> { x.file_name().and_then(|n| n.to_str()) }
pub fn append(x: &mut String, more: &str) { x.push_str(more) }
pub fn divide(a: i64, b: i64) -> Result<i64, String> { if b == 0 { Err("no zero".into()) } else { Ok(a / b) } }
pub fn parse(x: &str) -> Result<f64, std::num::ParseFloatError> { x.parse() }
pub fn evens(below: u32) -> impl Iterator<Item = u32> { (0..below).filter(|x| x % 2 == 0) }
pub fn words(text: &str) -> impl Iterator<Item = &str> { text.split_whitespace() }
pub fn endless() -> impl Iterator<Item = u64> { 0.. }
pub fn total(xs: impl IntoIterator<Item = i64>) -> i64 { xs.into_iter().sum() }
pub fn take_two(xs: impl Iterator<Item = i64>) -> Vec<i64> { xs.take(2).collect() }
pub fn apply(f: impl Fn(i64) -> i64, x: i64) -> i64 { f(x) }
pub fn apply_all(f: &dyn Fn(&str) -> String, xs: Vec<String>) -> Vec<String> { xs.iter().map(|x| f(x)).collect() }
pub fn boxed(f: Box<dyn Fn(f64) -> f64>) -> f64 { f(2.0) }
pub fn fold(xs: Vec<i64>, start: i64, f: impl FnMut(i64, i64) -> i64) -> i64 { xs.into_iter().fold(start, f) }
pub fn in_threads(f: impl Fn(u64) -> u64 + Send + Sync, n: u64) -> u64 {
    std::thread::scope(|s| (0..n).map(|x| { let f = &f; s.spawn(move || f(x)) }).map(|t| t.join().unwrap()).sum())
}
pub fn read_all(mut from: impl std::io::Read) -> std::io::Result<String> { let mut s = String::new(); from.read_to_string(&mut s)?; Ok(s) }
pub fn lines(from: impl std::io::BufRead) -> Vec<String> { from.lines().map(|l| l.unwrap()).collect() }
pub fn write_to(mut to: impl std::io::Write, text: &str) -> std::io::Result<()> { to.write_all(text.as_bytes()) }
pub fn biggest<T: Ord>(xs: Vec<T>) -> Option<T> { xs.into_iter().max() }
pub fn count_same<T: std::hash::Hash + Eq>(xs: Vec<T>) -> usize { xs.into_iter().collect::<HashSet<T>>().len() }
pub fn mean<T: Into<f64>>(xs: Vec<T>) -> f64 { let n = xs.len() as f64; xs.into_iter().map(Into::into).sum::<f64>() / n }
pub fn optional(a: i64, b: Option<i64>) -> i64 { a + b.unwrap_or(10) }
pub async fn later(x: i64) -> i64 { x + 1 }
pub async fn fails() -> Result<i64, String> { Err("later".into()) }
pub async fn panics() -> i64 { panic!("in a future") }
pub async fn never() -> i64 { std::future::pending().await }
pub fn slow(xs: &[f64]) -> f64 { std::thread::sleep(Duration::from_millis(300)); xs.len() as f64 }

pub fn file_size(file: &std::fs::File) -> std::io::Result<u64> {
    Ok(file.metadata()?.len())
}

pub fn opened(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    std::fs::File::open(path)
}

pub fn scribble(to: &mut impl std::fmt::Write) -> std::fmt::Result {
    write!(to, "{} ünïcode", 7)
}

pub fn fill_raw(into: &mut [std::mem::MaybeUninit<u8>]) {
    for (at, each) in into.iter_mut().enumerate() {
        each.write(at as u8);
    }
}

pub fn try_twice(f: impl Fn(i64) -> Result<i64, String>) -> Result<i64, String> {
    Ok(f(1)? + f(2)?)
}

pub struct Packed(Vec<u8>);

impl Packed {
    pub fn new(bytes: &[u8]) -> Packed {
        Packed(bytes.to_vec())
    }
}

impl AsRef<[u8]> for Packed {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

pub fn shouted(text: impl Into<String>) -> String {
    text.into().to_uppercase()
}

pub fn length_of(bytes: impl AsRef<[u8]>) -> usize {
    bytes.as_ref().len()
}

pub trait Loud {
    fn loud(&self) -> String;
}

impl Loud for str {
    fn loud(&self) -> String {
        self.to_uppercase()
    }
}

/// A digest of a type that nobody outside can name.
pub fn digest() -> impl AsRef<[u8]> {
    Packed(vec![1, 2, 3])
}
