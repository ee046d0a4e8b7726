// node's events: npm's package, and what node gained since.
"use strict";
({ node, packaged }) => {
  const EventEmitter = packaged("events");
  const { once: onceOf } = EventEmitter;
  const rejection = Symbol.for("nodejs.rejection");
  const monitor = Symbol("events.errorMonitor");

  const aborted = (signal) => Object.assign(new Error("The operation was aborted", { cause: signal.reason }), { name: "AbortError", code: "ABORT_ERR" });
  const isTarget = (x) => typeof x?.addEventListener === "function";

  const { emit } = EventEmitter.prototype;
  EventEmitter.prototype.emit = function (name, ...args) {
    if (name === "error") {
      if (this._events?.[monitor]) emit.call(this, monitor, ...args);
      if (!this._events?.error && !(args[0] instanceof Error)) throw unhandled(args[0]);
    }
    return emit.call(this, name, ...args);
  };

  const unhandled = (x) => Object.assign(new Error(`Unhandled error. (${typeof x === "string" ? `'${x}'` : node("util").inspect(x)})`), { code: "ERR_UNHANDLED_ERROR", context: x });

  function once(emitter, name, { signal } = {}) {
    if (signal?.aborted) return Promise.reject(aborted(signal));
    const done = isTarget(emitter)
      ? new Promise((resolve) => emitter.addEventListener(name, (...args) => resolve(args), { once: true }))
      : onceOf(emitter, name);
    if (!signal) return done;
    return Promise.race([done, new Promise((_, reject) => signal.addEventListener("abort", () => reject(aborted(signal)), { once: true }))]);
  }

  /** An endless iterator over events, until its signal is aborted or one of `close` comes. */
  function on(emitter, name, { signal, close = [] } = {}) {
    const ready = [];
    const waiting = [];
    let ended;
    const give = (...args) => (waiting.length ? waiting.shift().resolve({ value: args, done: false }) : ready.push(args));
    const stop = () => end();
    const end = (error) => {
      ended ??= { error };
      for (const each of waiting.splice(0)) error ? each.reject(error) : each.resolve({ value: undefined, done: true });
      emitter.removeListener?.(name, give);
      emitter.removeListener?.("error", end);
      for (const each of close) emitter.removeListener?.(each, stop);
      emitter.removeEventListener?.(name, give);
    };
    if (signal?.aborted) throw aborted(signal);
    signal?.addEventListener("abort", () => end(aborted(signal)), { once: true });
    if (isTarget(emitter)) emitter.addEventListener(name, give);
    else {
      emitter.on(name, give);
      if (name !== "error") emitter.once("error", end);
      for (const each of close) emitter.once(each, stop);
    }
    return {
      next() {
        if (ready.length) return Promise.resolve({ value: ready.shift(), done: false });
        if (ended) return ended.error ? Promise.reject(ended.error) : Promise.resolve({ value: undefined, done: true });
        return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
      },
      return() {
        end();
        return Promise.resolve({ value: undefined, done: true });
      },
      throw(error) {
        end(error);
        return Promise.reject(error);
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  class EventEmitterAsyncResource extends EventEmitter {
    emitDestroy() {}
  }

  return Object.assign(EventEmitter, {
    ...{ once, on, EventEmitter, EventEmitterAsyncResource, captureRejectionSymbol: rejection, errorMonitor: monitor, captureRejections: false, usingDomains: false },
    getEventListeners: (emitter, name) => (isTarget(emitter) ? [] : emitter.listeners(name)),
    getMaxListeners: (emitter) => emitter.getMaxListeners?.() ?? EventEmitter.defaultMaxListeners,
    setMaxListeners: (n, ...emitters) => emitters.forEach((each) => each.setMaxListeners?.(n)),
    addAbortListener(signal, listener) {
      if (signal.aborted) queueMicrotask(() => listener());
      else signal.addEventListener("abort", listener, { once: true });
      return { [Symbol.dispose ?? Symbol.for("dispose")]: () => signal.removeEventListener("abort", listener) };
    },
  });
}
