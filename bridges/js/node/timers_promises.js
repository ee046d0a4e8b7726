// node's timers/promises.
"use strict";
() => {
  const aborted = (signal) => Object.assign(new Error("The operation was aborted", { cause: signal.reason }), { name: "AbortError", code: "ABORT_ERR" });

  const once = (start, stop) => (value, { signal, ref = true } = {}) =>
    new Promise((done, fail) => {
      if (signal?.aborted) return fail(aborted(signal));
      const timer = start(() => done(value));
      if (!ref) timer.unref();
      signal?.addEventListener("abort", () => (stop(timer), fail(aborted(signal))), { once: true });
    });

  const wait = (delay, value, options) => once((done) => setTimeout(done, delay), clearTimeout)(value, options);

  async function* every(delay, value, options) {
    for (;;) yield await wait(delay, value, options);
  }

  return {
    setTimeout: wait,
    setImmediate: (value, options) => once((done) => setImmediate(done), clearImmediate)(value, options),
    setInterval: every,
    scheduler: { wait: (delay, options) => wait(delay, undefined, options), yield: () => wait(0) },
  };
}
