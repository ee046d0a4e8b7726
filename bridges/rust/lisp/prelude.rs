
/// What Lisp means by its operators, where Rust means something else.
#[allow(dead_code)]
mod lisp {
    #[cold]
    #[track_caller]
    fn beyond(what: &str) -> ! {
        panic!("OverflowError: the result of {what} is beyond 64 bits")
    }

    #[cold]
    #[track_caller]
    fn by_zero() -> ! {
        panic!("ZeroDivisionError: division by zero")
    }

    #[inline]
    #[track_caller]
    pub fn add(a: i64, b: i64) -> i64 {
        match a.checked_add(b) {
            Some(x) => x,
            None => beyond("+"),
        }
    }

    #[inline]
    #[track_caller]
    pub fn sub(a: i64, b: i64) -> i64 {
        match a.checked_sub(b) {
            Some(x) => x,
            None => beyond("-"),
        }
    }

    #[inline]
    #[track_caller]
    pub fn mul(a: i64, b: i64) -> i64 {
        match a.checked_mul(b) {
            Some(x) => x,
            None => beyond("*"),
        }
    }

    #[inline]
    #[track_caller]
    pub fn abs(a: i64) -> i64 {
        match a.checked_abs() {
            Some(x) => x,
            None => beyond("abs"),
        }
    }

    #[inline]
    #[track_caller]
    pub fn div(a: f64, b: f64) -> f64 {
        if b == 0.0 {
            by_zero()
        }
        a / b
    }

    #[inline]
    #[track_caller]
    pub fn floordiv(a: i64, b: i64) -> i64 {
        if b == 0 {
            by_zero()
        }
        match a.checked_div(b) {
            Some(x) => x - i64::from(a % b != 0 && (a < 0) != (b < 0)),
            None => beyond("//"),
        }
    }

    #[inline]
    #[track_caller]
    pub fn modulo(a: i64, b: i64) -> i64 {
        if b == 0 {
            by_zero()
        }
        let rest = a.wrapping_rem(b);
        if rest != 0 && (rest < 0) != (b < 0) {
            rest + b
        } else {
            rest
        }
    }

    #[inline]
    #[track_caller]
    pub fn floordiv_float(a: f64, b: f64) -> f64 {
        let whole = div(a - modulo_float(a, b), b);
        let floor = whole.floor();
        if whole - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    }

    #[inline]
    #[track_caller]
    pub fn modulo_float(a: f64, b: f64) -> f64 {
        if b == 0.0 {
            by_zero()
        }
        let rest = a % b;
        if rest == 0.0 {
            0f64.copysign(b)
        } else if (rest < 0.0) != (b < 0.0) {
            rest + b
        } else {
            rest
        }
    }

    #[inline]
    #[track_caller]
    pub fn power(a: i64, b: i64) -> i64 {
        if b < 0 {
            panic!("ValueError: an int to a negative power is no int: make it a float")
        }
        match (a, u32::try_from(b)) {
            (0 | 1, _) => i64::from(b == 0 || a == 1),
            (-1, _) => 1 - 2 * (b & 1),
            (_, Ok(n)) => match a.checked_pow(n) {
                Some(x) => x,
                None => beyond("**"),
            },
            _ => beyond("**"),
        }
    }

    #[inline]
    #[track_caller]
    pub fn power_float(a: f64, b: f64) -> f64 {
        if a == 0.0 && b < 0.0 {
            panic!("ZeroDivisionError: 0.0 cannot be raised to a negative power")
        }
        checked(a.powf(b), [a, b])
    }

    /// The result of a function of `math`: not a number, or infinite, only where an argument is.
    #[inline]
    #[track_caller]
    pub fn checked<const N: usize>(result: f64, given: [f64; N]) -> f64 {
        if result.is_nan() && !given.iter().any(|x| x.is_nan()) {
            panic!("ValueError: math domain error")
        }
        if result.is_infinite() && given.iter().all(|x| x.is_finite()) {
            panic!("OverflowError: math range error")
        }
        result
    }

    /// A logarithm's argument.
    #[inline]
    #[track_caller]
    pub fn positive(a: f64) -> f64 {
        if a <= 0.0 {
            panic!("ValueError: math domain error")
        }
        a
    }

    #[inline]
    #[track_caller]
    pub fn lshift(a: i64, b: i64) -> i64 {
        if b < 0 {
            panic!("ValueError: negative shift count")
        }
        if a != 0 && (b > 63 || (a << b) >> b != a) {
            beyond("<<")
        }
        if a == 0 {
            0
        } else {
            a << b
        }
    }

    #[inline]
    #[track_caller]
    pub fn rshift(a: i64, b: i64) -> i64 {
        if b < 0 {
            panic!("ValueError: negative shift count")
        }
        a >> b.min(63)
    }

    /// The int that a float is, once it is whole.
    #[inline]
    #[track_caller]
    pub fn whole(a: f64) -> i64 {
        if a.is_nan() {
            panic!("ValueError: cannot convert float NaN to integer")
        }
        if !(-9223372036854775808.0..9223372036854775808.0).contains(&a) {
            beyond("int")
        }
        a as i64
    }

    /// The place of an item: from the end, where it is negative.
    #[inline]
    #[track_caller]
    pub fn place(length: usize, at: i64) -> usize {
        let place = if at < 0 { at + length as i64 } else { at };
        if place < 0 || place >= length as i64 {
            panic!("IndexError: list index out of range")
        }
        place as usize
    }

    /// The places from `start` to `stop`, as in Python.
    pub fn span(length: usize, start: Option<i64>, stop: Option<i64>) -> std::ops::Range<usize> {
        let length = length as i64;
        let near = |at: i64| (if at < 0 { at + length } else { at }).clamp(0, length) as usize;
        let (start, stop) = (near(start.unwrap_or(0)), near(stop.unwrap_or(length)));
        start..stop.max(start)
    }

    #[track_caller]
    pub fn steps(start: i64, stop: i64, step: i64) -> impl DoubleEndedIterator<Item = i64> {
        if step == 0 {
            panic!("ValueError: range() arg 3 must not be zero")
        }
        let (start, stop, wide) = (i128::from(start), i128::from(stop), i128::from(step));
        let gap = stop - start;
        let count = if (gap > 0) == (wide > 0) && gap != 0 {
            (gap.abs() + wide.abs() - 1) / wide.abs()
        } else {
            0
        };
        (0..count as i64).map(move |i| (start as i64).wrapping_add(i.wrapping_mul(step)))
    }

    pub fn repeat<T: Clone>(items: &[T], times: i64) -> Vec<T> {
        let many = items.len() * times.max(0) as usize;
        items.iter().cycle().take(many).cloned().collect()
    }

    #[track_caller]
    pub fn best<T: PartialOrd>(
        mut items: impl Iterator<Item = T>,
        better: impl Fn(&T, &T) -> bool,
    ) -> T {
        let Some(mut best) = items.next() else {
            panic!("ValueError: the list is empty")
        };
        for each in items {
            if better(&each, &best) {
                best = each
            }
        }
        best
    }

    pub fn order<T: PartialOrd>(a: &T, b: &T) -> std::cmp::Ordering {
        a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal)
    }

    #[track_caller]
    pub fn popped<T>(items: &mut Vec<T>) -> T {
        match items.pop() {
            Some(item) => item,
            None => panic!("IndexError: pop from empty list"),
        }
    }
}
