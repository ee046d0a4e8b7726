//! Futures as Python awaitables: polled elsewhere once awaited, dropped when the task is cancelled.

use super::failure::{check, guarded, Failure, Res};
use super::ffi::*;
use super::frame::{nowhere, Context};
use super::handle::{own, Handle, Kind};
use super::lease::Lease;
use super::object::PyObj;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context as Waking, Poll};

pub static AWAITABLE: Kind = Kind::new();

type Job = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A future that has not begun: given the function to call when it is done, it is a job.
struct Pending(Option<Box<dyn FnOnce(PyObj) -> Job + Send>>);

/// What stops a job.
struct Running(Box<dyn Fn() + Send>);

pub static RUNNING: Kind = Kind::new();

pub fn awaitable<H, F, C>(future: F, convert: C, c: &mut Context<H>) -> Res<O>
where
    H: 'static,
    F: Future + Send + 'static,
    F::Output: Send,
    C: FnOnce(F::Output, &mut Context<H>) -> Res<O> + Send + 'static,
{
    let lease = unsafe { c.lease() };
    if unsafe { Lease::is_lent(lease) } {
        drop(Owned(lease));
        return Err(Failure::conversion(
            "a future can't wait for what is only lent to a callback",
        ));
    }
    let owned = (!lease.is_null()).then(|| Owned(lease));
    let kept = owned.as_ref().map(|lease| unsafe { PyObj::new(lease.0) });
    let begin = move |done: PyObj| -> Job {
        Box::pin(async move {
            let ended = Caught(Box::pin(future)).await;
            let _gil = Gil::take();
            let lease = kept.as_ref().map_or(std::ptr::null_mut(), PyObj::object);
            let result = guarded("await", || match ended {
                Ok(value) => convert(value, &mut unsafe { Context::under(lease) }),
                Err(panic) => std::panic::resume_unwind(panic),
            });
            unsafe { tell(&done, result) }
        })
    };
    let mut whole = nowhere();
    let pending = Pending(Some(Box::new(begin)));
    let made = Owned(unsafe { own(pending, AWAITABLE.get(), true, &mut whole) });
    unsafe {
        let room = Owned(check(PyImport_ImportModule(
            c"polyhy.bridges.rust.futures".as_ptr(),
        ))?);
        let class = Owned(check(PyObject_GetAttrString(
            room.0,
            c"Awaitable".as_ptr(),
        ))?);
        check(PyObject_VectorcallDict(
            class.0,
            &made.0,
            1,
            std::ptr::null_mut(),
        ))
    }
}

/// Call `done(result, error)`: one of them is None.
unsafe fn tell(done: &PyObj, result: O) {
    let (mut kind, mut error, mut trace) = (
        std::ptr::null_mut(),
        std::ptr::null_mut(),
        std::ptr::null_mut(),
    );
    if result.is_null() {
        PyErr_Fetch(&mut kind, &mut error, &mut trace);
    }
    let parts = [result, error].map(|o| if o.is_null() { none() } else { o });
    let told = PyObject_VectorcallDict(done.object(), parts.as_ptr(), 2, std::ptr::null_mut());
    if told.is_null() {
        PyErr_WriteUnraisable(done.object());
    } else {
        Py_DecRef(told);
    }
    for part in [parts[0], parts[1], kind, trace]
        .into_iter()
        .filter(|o| !o.is_null())
    {
        Py_DecRef(part);
    }
}

/// A future whose panics are its result.
struct Caught<F>(Pin<Box<F>>);

impl<F: Future> Future for Caught<F> {
    type Output = std::thread::Result<F::Output>;

    fn poll(mut self: Pin<&mut Self>, w: &mut Waking) -> Poll<Self::Output> {
        let poll = std::panic::catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(w)));
        match poll {
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(panic) => Poll::Ready(Err(panic)),
        }
    }
}

/// `start(done)`: begin, once; the result is an object whose `stop()` ends it early.
pub unsafe extern "C" fn start(o: O, a: *const O, n: isize, _: O) -> O {
    guarded("await", || {
        let pending = &mut *((*(o as *mut Handle)).value as *mut Pending);
        let begin = pending.0.take().filter(|_| n == 1);
        let begin =
            begin.ok_or_else(|| Failure::of("moved", "future was awaited already and".into()))?;
        let job = begin(PyObj::new(*a));
        let stop = Running(spawn(job));
        Ok(own(stop, RUNNING.get(), true, &mut nowhere()))
    })
}

pub unsafe extern "C" fn stop(o: O, _: *const O, _: isize, _: O) -> O {
    let running = &*((*(o as *mut Handle)).value as *const Running);
    (running.0)();
    none()
}

#[cfg(feature = "tokio")]
fn spawn(job: Job) -> Box<dyn Fn() + Send> {
    use std::sync::OnceLock;
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    let start = || {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
    };
    let task = RUNTIME
        .get_or_init(|| start().expect("tokio starts"))
        .spawn(job);
    Box::new(move || task.abort())
}

/// Without tokio: a thread that polls the job whenever it is woken.
#[cfg(not(feature = "tokio"))]
fn spawn(mut job: Job) -> Box<dyn Fn() + Send> {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::Arc;
    struct Wake(std::thread::Thread);
    impl std::task::Wake for Wake {
        fn wake(self: Arc<Self>) {
            self.0.unpark()
        }
    }
    let stopped = Arc::new(AtomicBool::new(false));
    let seen = stopped.clone();
    let thread = std::thread::spawn(move || {
        let waker = Arc::new(Wake(std::thread::current())).into();
        let mut waking = Waking::from_waker(&waker);
        while !seen.load(Ordering::Acquire) && job.as_mut().poll(&mut waking).is_pending() {
            std::thread::park();
        }
    });
    Box::new(move || {
        stopped.store(true, Ordering::Release);
        thread.thread().unpark();
    })
}
