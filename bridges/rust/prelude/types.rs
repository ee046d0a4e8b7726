//! The macros by which a crate's types cross: handles, enums with data and without.

/// Tells whether a type is Send, where that may not be: its own constant is found before a trait's.
#[macro_export]
macro_rules! is_send {
    ($long:ty) => {{
        struct Of<T: ?Sized>(std::marker::PhantomData<T>);
        trait No {
            const SEND: bool = false;
        }
        impl<T: ?Sized> No for Of<T> {}
        impl<T: Send + ?Sized> Of<T> {
            const SEND: bool = true;
        }
        Of::<$long>::SEND
    }};
}

/// A type whose values are handles. `[..]` are the lifetimes that the type takes.
#[macro_export]
macro_rules! handle {
    ($kind:ident [$($life:lifetime)*] $type:ty, $long:ty) => {
        pub static $kind: Kind = Kind::new();
        impl Handled<Here> for $long {
            const SEND: bool = is_send!($long);
            #[inline]
            fn class() -> O { $kind.get() }
            #[inline]
            fn kind(&self) -> O { $kind.get() }
        }
        conversions!([$($life)*] $type, $long);
    };
}

/// How a handle's type crosses: borrowed, borrowed to be changed, by value, and back.
#[macro_export]
macro_rules! conversions {
    ([$($life:lifetime)*] $type:ty, $long:ty) => {
        impl FromPy<Here> for &'static $long {
            const BORROWS: bool = true;
            #[inline]
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { unsafe { shared::<Here, _>(o, f) } }
        }
        impl FromPy<Here> for &'static mut $long {
            const BORROWS: bool = true;
            #[inline]
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { unsafe { exclusive::<Here, _>(o, f) } }
        }
        impl FromPy<Here> for $long {
            const BORROWS: bool = { const LIVES: &[&str] = &[$(stringify!($life)),*]; !LIVES.is_empty() };
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { (&&ByValue(std::marker::PhantomData::<$long>)).by_value(o, const { points(stringify!($long)) }, f) }
        }
        impl<$($life),*> ToPy<Here> for $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let value: $long = unsafe { std::mem::transmute(self) };
                let (kind, mut free) = (Handled::kind(&value), nowhere());
                let terms: &mut Terms = if points(stringify!($long)) { c } else { &mut free };
                Ok(unsafe { own(value, kind, <$long as Handled<Here>>::SEND, terms) })
            }
        }
        impl<'view, $($life),*> ToPy<Here> for &'view $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let value = self as *const $type as *mut $long;
                Ok(unsafe { view(value, Handled::kind(&*value), true, <$long as Handled<Here>>::SEND, c) })
            }
        }
        impl<'view, $($life),*> ToPy<Here> for &'view mut $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                let value = self as *mut $type as *mut $long;
                Ok(unsafe { view(value, Handled::kind(&*value), false, <$long as Handled<Here>>::SEND, c) })
            }
        }
    };
}

/// A type without a size of its own: only references to it cross.
#[macro_export]
macro_rules! unsized_handle {
    ($kind:ident [$($life:lifetime)*] $type:ty, $long:ty) => {
        pub static $kind: Kind = Kind::new();
        impl Handled<Here> for $long {
            const SEND: bool = is_send!($long);
            fn class() -> O { $kind.get() }
            fn kind(&self) -> O { $kind.get() }
        }
        impl FromPy<Here> for &'static $long {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { unsafe { Ok(&*fat::<Here, $long>(o, false, f)?) } }
        }
        impl FromPy<Here> for &'static mut $long {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> { unsafe { Ok(&mut *fat::<Here, $long>(o, true, f)?) } }
        }
        impl<'view, $($life),*> ToPy<Here> for &'view $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                Ok(unsafe { thin::<Here, $long>(self as *const $type as *mut $long, true, c) })
            }
        }
        impl<'view, $($life),*> ToPy<Here> for &'view mut $type {
            fn to_py(self, c: &mut Context) -> Res<O> {
                Ok(unsafe { thin::<Here, $long>(self as *mut $type as *mut $long, false, c) })
            }
        }
    };
}

/// An enum with data: each variant is a class of its own below the enum's.
#[macro_export]
macro_rules! variants {
    ($kind:ident [$($life:lifetime)*] $type:ty, $long:ty, $($variant:ident => $pattern:pat),*) => {
        pub static $kind: Kind = Kind::new();
        $(pub static $variant: Kind = Kind::new();)*
        impl Handled<Here> for $long {
            const SEND: bool = is_send!($long);
            #[inline]
            fn class() -> O { $kind.get() }
            #[allow(unreachable_patterns)]
            fn kind(&self) -> O { match self { $($pattern => $variant.get(),)* _ => $kind.get() } }
        }
        conversions!([$($life)*] $type, $long);
    };
}

/// An enum without data: a member of an IntEnum.
#[macro_export]
macro_rules! enumeration {
    ($kind:ident $type:ty, $($value:expr => $path:path),*) => {
        pub static $kind: Kind = Kind::new();
        impl FromPy<Here> for $type {
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                let number = i128::from_py(o, f)?;
                $(if number == $value { return Ok($path) })*
                Err(Failure::conversion(format!("{number} is no {}", short(std::any::type_name::<$type>()))))
            }
        }
        impl FromPy<Here> for &'static $type {
            const BORROWS: bool = true;
            fn from_py(o: O, f: &mut Frame) -> Res<Self> {
                let value = <$type>::from_py(o, f)?;
                Ok(f.lend(value))
            }
        }
        impl ToPy<Here> for $type {
            fn to_py(self, c: &mut Context) -> Res<O> { (&self).to_py(c) }
        }
        impl<'r> ToPy<Here> for &'r $type {
            #[allow(unreachable_patterns)]
            fn to_py(self, c: &mut Context) -> Res<O> {
                let number: i128 = match self { $($path => $value,)* _ => return Err(Failure::conversion("this variant is not public")) };
                let number = Owned(number.to_py(c)?);
                check(unsafe { PyObject_VectorcallDict($kind.get(), &number.0, 1, std::ptr::null_mut()) })
            }
        }
    };
}
