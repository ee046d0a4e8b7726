//! Structs, enums and traits as Python sees them.

use std::ops::{Add, Index, Mul, Neg};

/// A point of the plane.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
pub struct Point {
    /// To the right.
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub const ORIGIN: Point = Point { x: 0.0, y: 0.0 };
    /// The distance from the origin.
    pub fn norm(&self) -> f64 { self.x.hypot(self.y) }
    pub fn moved(&self, by_x: f64, by_y: Option<f64>) -> Point { Point { x: self.x + by_x, y: self.y + by_y.unwrap_or(0.0) } }
}

impl Add for Point { type Output = Point; fn add(self, o: Point) -> Point { Point { x: self.x + o.x, y: self.y + o.y } } }
impl Mul<f64> for Point { type Output = Point; fn mul(self, k: f64) -> Point { Point { x: self.x * k, y: self.y * k } } }
impl Neg for Point { type Output = Point; fn neg(self) -> Point { Point { x: -self.x, y: -self.y } } }
impl std::fmt::Display for Point { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, "({}, {})", self.x, self.y) } }
impl std::str::FromStr for Point {
    type Err = String;
    fn from_str(s: &str) -> Result<Point, String> {
        let (x, y) = s.split_once(',').ok_or("no comma")?;
        Ok(Point { x: x.parse().map_err(|_| "x")?, y: y.parse().map_err(|_| "y")? })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Shape { Circle(f64), Rect { width: f64, height: f64 }, Nothing }

impl Shape {
    pub fn area(&self) -> f64 {
        match self { Shape::Circle(r) => 3.0 * r * r, Shape::Rect { width, height } => width * height, Shape::Nothing => 0.0 }
    }
}

pub fn area_of(shape: &Shape) -> f64 { shape.area() }
pub fn areas(shapes: Vec<Shape>) -> Vec<f64> { shapes.iter().map(Shape::area).collect() }

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Color { Red = 3, Green, Blue = 10, None = 11 }

impl Color {
    pub fn next(self) -> Color { match self { Color::Red => Color::Green, _ => Color::Blue } }
    pub fn of(name: &str) -> Option<Color> { (name == "red").then_some(Color::Red) }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Word(pub String);

pub struct Shelf<T> { items: Vec<T> }

impl<T> Shelf<T> {
    pub fn new() -> Shelf<T> { Shelf { items: Vec::new() } }
    pub fn put(&mut self, x: T) { self.items.push(x) }
    pub fn get(&self, at: usize) -> Option<&T> { self.items.get(at) }
    pub fn len(&self) -> usize { self.items.len() }
}

impl<T> Index<usize> for Shelf<T> { type Output = T; fn index(&self, at: usize) -> &T { &self.items[at] } }
impl<T> Extend<T> for Shelf<T> { fn extend<I: IntoIterator<Item = T>>(&mut self, xs: I) { self.items.extend(xs) } }
impl<T> FromIterator<T> for Shelf<T> { fn from_iter<I: IntoIterator<Item = T>>(xs: I) -> Self { Shelf { items: xs.into_iter().collect() } } }
impl<'a, T> IntoIterator for &'a Shelf<T> { type Item = &'a T; type IntoIter = std::slice::Iter<'a, T>; fn into_iter(self) -> Self::IntoIter { self.items.iter() } }

pub trait Speaks { fn name(&self) -> String; fn greet(&self) -> String { format!("I am {}", self.name()) } }
impl Speaks for Word { fn name(&self) -> String { self.0.clone() } }

pub const LIMIT: u16 = 512;
pub static GREETING: &str = "hello";

pub mod inner {
    pub fn deep() -> &'static str { "deep" }
    pub struct Deep;
    impl Deep { pub fn new() -> Deep { Deep } pub fn depth(&self) -> u8 { 2 } }
}

pub use inner::deep as deepest;

pub fn from_(r#type: &str) -> String { r#type.to_string() }

pub struct Grid<T, const W: usize, const H: usize> { cells: [[T; W]; H] }
pub type Square<T> = Grid<T, 2, 2>;
pub type Row3<T> = Grid<T, 3, 1>;

impl<T: Copy, const W: usize, const H: usize> Grid<T, W, H> {
    pub fn filled(x: T) -> Grid<T, W, H> { Grid { cells: [[x; W]; H] } }
    pub fn sum(&self) -> T where T: Add<Output = T> { self.cells.iter().flatten().copied().reduce(|a, b| a + b).unwrap() }
    pub fn width(&self) -> usize { W }
}

/// A name of a type and of a function.
pub type Pair = Two<u8>;
#[allow(non_snake_case)]
pub fn Pair(a: u8, b: u8) -> Pair { Two { a, b } }
pub struct Two<T> { a: T, b: T }
impl Two<u8> { pub fn both(&self) -> u16 { self.a as u16 + self.b as u16 } }

pub trait Pixel { type Part; fn part(&self) -> Self::Part; }
pub trait Picture { type Dot: Pixel; fn dot(&self) -> Self::Dot; }
pub struct Gray(pub u8);
pub struct Deep(pub u16);
impl Pixel for Gray { type Part = u8; fn part(&self) -> u8 { self.0 } }
impl Pixel for Deep { type Part = u16; fn part(&self) -> u16 { self.0 } }
pub struct Photo { pub level: u16 }
impl Picture for Photo { type Dot = Deep; fn dot(&self) -> Deep { Deep(self.level) } }
pub fn brightest<I: Picture<Dot = P>, P: Pixel>(picture: &I, _other: P) -> P::Part { picture.dot().part() }

pub struct Ink { drops: Vec<i64> }
impl Ink {
    pub fn left(&self) -> usize { self.drops.len() }
    pub fn spill(&mut self, x: i64) -> usize { self.drops.push(x); self.drops.len() }
    pub fn drops(&self) -> &[i64] { &self.drops }
}
pub struct Pen { ink: Ink, pub name: String }
impl Pen {
    pub fn new(name: String) -> Pen { Pen { ink: Ink { drops: Vec::new() }, name } }
    pub fn drops(&self) -> &str { "of a pen" }
}
impl std::ops::Deref for Pen { type Target = Ink; fn deref(&self) -> &Ink { &self.ink } }
impl std::ops::DerefMut for Pen { fn deref_mut(&mut self) -> &mut Ink { &mut self.ink } }
