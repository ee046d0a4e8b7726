//! Types whose misuse would crash: what they hand out points into them.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};

static ALIVE: AtomicUsize = AtomicUsize::new(0);

pub fn alive() -> usize { ALIVE.load(Ordering::SeqCst) }

pub struct Bag { items: Vec<Item> }

#[derive(Debug)]
pub struct Item { label: String }

impl Item {
    pub fn label(&self) -> &str { &self.label }
    pub fn rename(&mut self, to: &str) { self.label = to.into() }
}

impl Drop for Bag { fn drop(&mut self) { ALIVE.fetch_sub(1, Ordering::SeqCst); } }

impl Bag {
    pub fn new(n: usize) -> Bag {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Bag { items: (0..n).map(|n| Item { label: format!("item {n}") }).collect() }
    }
    pub fn len(&self) -> usize { self.items.len() }
    pub fn get(&self, at: usize) -> Option<&Item> { self.items.get(at) }
    pub fn get_mut(&mut self, at: usize) -> Option<&mut Item> { self.items.get_mut(at) }
    pub fn iter(&self) -> Iter<'_> { Iter { items: &self.items, at: 0 } }
    pub fn clear(&mut self) { self.items.clear() }
    pub fn push(&mut self, label: &str) -> &mut Bag { self.items.push(Item { label: label.into() }); self }
    pub fn merge(&mut self, other: &Bag) { let n: Vec<String> = other.items.iter().map(|i| i.label.clone()).collect(); for l in n { self.push(&l); } }
    pub fn each(&mut self, mut f: impl FnMut(&mut Item)) { for item in &mut self.items { f(item) } }
    pub fn into_labels(self) -> Vec<String> { self.items.iter().map(|i| i.label.clone()).collect() }
    pub fn swap(self) -> Bag { self }
}

pub struct Iter<'a> { items: &'a [Item], at: usize }

impl<'a> Iterator for Iter<'a> {
    type Item = &'a Item;
    fn next(&mut self) -> Option<&'a Item> { self.at += 1; self.items.get(self.at - 1) }
}

pub struct Words<'a> { found: Vec<&'a str> }

impl<'a> Words<'a> {
    pub fn new() -> Words<'a> { Words { found: Vec::new() } }
    pub fn add(&mut self, word: &'a str) { self.found.push(word) }
    pub fn all(&self) -> Vec<&'a str> { self.found.clone() }
}

#[derive(Clone)]
pub struct Local { count: Rc<RefCell<i64>> }

impl Local {
    pub fn new() -> Local { Local { count: Rc::new(RefCell::new(0)) } }
    pub fn up(&self) -> i64 { *self.count.borrow_mut() += 1; *self.count.borrow() }
}

pub fn pick<'a>(a: &'a Bag, _b: &Bag) -> &'a Item { &a.items[0] }
pub fn index(xs: Vec<i64>, at: usize) -> i64 { xs[at] }
pub fn explode(text: &str) { panic!("exploded: {text}") }

/// Writes when it is dropped, as an encoder does.
pub struct Closing<W: std::io::Write> {
    to: W,
}

impl<W: std::io::Write> Closing<W> {
    pub fn new(to: W) -> Closing<W> {
        Closing { to }
    }

    pub fn fail(self) {
        panic!("before it is closed")
    }
}

impl<W: std::io::Write> Drop for Closing<W> {
    fn drop(&mut self) {
        let _ = self.to.write_all(b"the end");
    }
}

static KEPT: std::sync::Mutex<Vec<&'static str>> = std::sync::Mutex::new(Vec::new());

/// Keep a text for good.
pub fn keep(text: &'static str) {
    KEPT.lock().unwrap().push(text);
}

pub fn keep_any<T: Into<std::borrow::Cow<'static, str>>>(text: T) {
    if let std::borrow::Cow::Borrowed(text) = text.into() {
        keep(text)
    }
}

pub struct Name(pub &'static str);

impl Name {
    pub fn keep(self) {
        keep(self.0)
    }
}

impl From<&'static str> for Name {
    fn from(text: &'static str) -> Name {
        Name(text)
    }
}

pub fn kept() -> Vec<String> {
    KEPT.lock().unwrap().iter().map(|text| text.to_string()).collect()
}

/// Holds texts; `add` takes whatever becomes one of them.
pub struct Phrase<'a> {
    all: Vec<std::borrow::Cow<'a, str>>,
}

impl<'a> Phrase<'a> {
    pub fn new() -> Phrase<'a> {
        Phrase { all: Vec::new() }
    }

    pub fn add<T: Into<std::borrow::Cow<'a, str>>>(&mut self, word: T) {
        self.all.push(word.into())
    }

    pub fn joined(&self) -> String {
        self.all.join(" ")
    }
}

static TIED: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);

/// Belongs to one thread, which must also drop it.
pub struct Tied {
    _to: Rc<()>,
}

impl Tied {
    pub fn new() -> Tied {
        TIED.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Tied { _to: Rc::new(()) }
    }
}

impl Drop for Tied {
    fn drop(&mut self) {
        TIED.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
    }
}

pub fn tied() -> i64 {
    TIED.load(std::sync::atomic::Ordering::SeqCst)
}

/// What is given points into the list, which is the call's own copy.
pub fn marked(list: &mut Vec<u8>) -> &[u8] { list.push(33); &list[1..] }
pub fn named(list: &mut Vec<String>) -> &str { list.push("x".into()); &list[0] }

/// A type that is Copy, and one that is Clone: what takes them by value leaves them as they are.
#[derive(Clone, Copy)]
pub struct Step { pub by: i64 }
#[derive(Clone)]
pub struct Trail { steps: Vec<i64> }

impl Step {
    pub fn new(by: i64) -> Step { Step { by } }
    pub fn twice(self) -> i64 { self.by * 2 }
}

impl std::ops::Add for Step {
    type Output = Step;
    fn add(self, other: Step) -> Step { Step { by: self.by + other.by } }
}

impl Trail {
    pub fn new(steps: Vec<i64>) -> Trail { Trail { steps } }
    pub fn on(mut self, step: Step) -> Trail { self.steps.push(step.by); self }
    pub fn ends(&self) -> i64 { self.steps.iter().sum() }
}

/// What a callback is lent, with what points into it.
pub struct Row { numbers: Vec<f64>, trail: Trail }

impl Row {
    pub fn numbers(&self) -> &[f64] { &self.numbers }
    pub fn trail(&self) -> &Trail { &self.trail }
    pub fn trails(&self) -> impl Iterator<Item = &Trail> + '_ { std::iter::repeat(&self.trail) }
    pub fn eye(&self) -> Eye<'_> { Eye { row: self } }
}

pub struct Eye<'a> { row: &'a Row }

impl<'a> Eye<'a> {
    pub fn sum(&self) -> f64 { self.row.numbers.iter().sum() }
    pub fn next(self) -> Eye<'a> { Eye { row: self.row } }
}

/// Keeps what it sees.
pub struct Eyes<'a> { eyes: Vec<Eye<'a>> }

impl<'a> Eyes<'a> {
    pub fn new() -> Eyes<'a> { Eyes { eyes: Vec::new() } }
    pub fn push(&mut self, eye: Eye<'a>) { self.eyes.push(eye) }
    pub fn sum(&self) -> f64 { self.eyes.iter().map(Eye::sum).sum() }
}

pub fn lend(f: impl Fn(&Row)) { f(&Row { numbers: vec![1.0, 2.0], trail: Trail::new(vec![1, 2]) }) }
