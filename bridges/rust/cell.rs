// What a prompt's cell says of its values: as Python would write them, or as `Debug` does.
#[allow(dead_code)]
mod polyhy {
    use std::collections::{BTreeMap, HashMap};
    use std::fmt::Debug;

    pub struct Say<'a, T: ?Sized>(pub &'a T);

    pub trait Data {
        fn said(&self) -> String;
    }

    /// Chosen where a type is Data: a type's own methods come before those of traits.
    impl<T: Data + ?Sized> Say<'_, T> {
        pub fn said(&self) -> String {
            self.0.said()
        }
    }

    pub trait Shown {
        fn said(&self) -> String;
    }

    impl<T: Debug + ?Sized> Shown for Say<'_, T> {
        fn said(&self) -> String {
            format!("Shown({})", format!("{:?}", self.0).said())
        }
    }

    macro_rules! data {
        ($($type:ty: $x:ident => $said:expr;)*) => {
            $(impl Data for $type { fn said(&self) -> String { let $x = self; $said } })*
        };
    }

    data! {
        i8: x => x.to_string(); i16: x => x.to_string(); i32: x => x.to_string();
        i64: x => x.to_string(); i128: x => x.to_string(); isize: x => x.to_string();
        u8: x => x.to_string(); u16: x => x.to_string(); u32: x => x.to_string();
        u64: x => x.to_string(); u128: x => x.to_string(); usize: x => x.to_string();
        f32: x => (*x as f64).said(); f64: x => format!("float('{x:?}')");
        bool: x => if *x { "True".into() } else { "False".into() };
        (): _x => "None".into();
        char: x => x.to_string().said(); String: x => x.as_str().said();
        str: x => {
            let letters: String = x.chars().map(|c| format!("\\U{:08x}", c as u32)).collect();
            format!("'{letters}'")
        };
    }

    fn all<'a, T: Data + 'a>(items: impl Iterator<Item = &'a T>) -> String {
        items.map(|x| x.said() + ",").collect()
    }

    fn pairs<'a, K: Data + 'a, V: Data + 'a>(items: impl Iterator<Item = (&'a K, &'a V)>) -> String {
        items.map(|(k, v)| format!("{}: {},", k.said(), v.said())).collect()
    }

    impl<T: Data + ?Sized> Data for &T {
        fn said(&self) -> String {
            (**self).said()
        }
    }

    impl<T: Data> Data for [T] {
        fn said(&self) -> String {
            format!("[{}]", all(self.iter()))
        }
    }

    impl<T: Data, const N: usize> Data for [T; N] {
        fn said(&self) -> String {
            self[..].said()
        }
    }

    impl<T: Data> Data for Vec<T> {
        fn said(&self) -> String {
            self[..].said()
        }
    }

    impl<T: Data> Data for Option<T> {
        fn said(&self) -> String {
            self.as_ref().map_or("None".into(), Data::said)
        }
    }

    impl<K: Data, V: Data> Data for HashMap<K, V> {
        fn said(&self) -> String {
            format!("{{{}}}", pairs(self.iter()))
        }
    }

    impl<K: Data, V: Data> Data for BTreeMap<K, V> {
        fn said(&self) -> String {
            format!("{{{}}}", pairs(self.iter()))
        }
    }

    macro_rules! tuple {
        ($($name:ident)*) => {
            impl<$($name: Data),*> Data for ($($name,)*) {
                #[allow(non_snake_case)]
                fn said(&self) -> String {
                    let ($($name,)*) = self;
                    format!("({})", [$($name.said() + ","),*].concat())
                }
            }
        };
    }

    tuple!(A);
    tuple!(A B);
    tuple!(A B C);
    tuple!(A B C D);
    tuple!(A B C D E);
    tuple!(A B C D E F);
}
