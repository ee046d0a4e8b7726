//! The public fields of structs, and of an enum's variants, as properties.

/// `field!(read e1 "Point.x" Point, x)`: the function that reads it, or that writes it.
#[macro_export]
macro_rules! field {
    (read $id:ident $name:literal $type:ty, $field:tt) => {
        pub unsafe extern "C" fn $id(o: O, _: *mut std::os::raw::c_void) -> O {
            unsafe fn body(o: O) -> Res<O> {
                let mut kept = Frame::new(true);
                let value: &'static $type = receiver(o, &mut kept)?;
                out!(
                    &mut Context::new(Some(&mut kept), std::ptr::null_mut()),
                    &value.$field
                )
            }
            unary($name, o, body)
        }
    };
    (write $id:ident $name:literal $type:ty, $field:tt, $arg:ident) => {
        pub unsafe extern "C" fn $id(o: O, new: O, _: *mut std::os::raw::c_void) -> i32 {
            unsafe fn body(o: O, new: O) -> Res<O> {
                let (mut f, mut k) = (Frame::new(false), Frame::new(true));
                let value: &'static mut $type = receiver(o, &mut f)?;
                value.$field = $arg(&new, 0, &mut k)?;
                attach(o, &mut Context::new(Some(&mut k), std::ptr::null_mut()));
                Ok(none())
            }
            assign($name, o, new, body)
        }
    };
}

/// A field of a variant: `$pattern` binds it as `$field`.
#[macro_export]
macro_rules! variant_field {
    ($id:ident $name:literal $type:ty, $field:ident, $pattern:pat) => {
        pub unsafe extern "C" fn $id(o: O, _: *mut std::os::raw::c_void) -> O {
            unsafe fn body(o: O) -> Res<O> {
                let mut kept = Frame::new(true);
                let value: &'static $type = receiver(o, &mut kept)?;
                #[allow(unreachable_patterns)]
                match value {
                    $pattern => out!(
                        &mut Context::new(Some(&mut kept), std::ptr::null_mut()),
                        $field
                    ),
                    _ => Err(Failure::usage("it is another variant now".into())),
                }
            }
            unary($name, o, body)
        }
    };
}

/// A constant, made when the module is.
#[macro_export]
macro_rules! constant {
    ($id:ident $value:expr) => {
        pub fn $id() -> Res<O> {
            out!(&mut Context::new(None, std::ptr::null_mut()), $value)
        }
    };
}
