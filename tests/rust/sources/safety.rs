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
