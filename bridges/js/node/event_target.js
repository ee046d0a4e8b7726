// Event, EventTarget and AbortController, of the web.
"use strict";
() => {
  const [NONE, AT_TARGET] = [0, 2];

  class Event {
    #type;
    #options;
    #target = null;
    #phase = NONE;
    #prevented = false;
    #ended = false;
    #passive = false;
    #time = performance.now();
    constructor(type, options) {
      if (arguments.length === 0) throw Object.assign(new TypeError('The "type" argument must be specified'), { code: "ERR_MISSING_ARGS" });
      const { bubbles = false, cancelable = false, composed = false } = options ?? {};
      this.#type = String(type);
      this.#options = { bubbles: Boolean(bubbles), cancelable: Boolean(cancelable), composed: Boolean(composed) };
    }
    get type() {
      return this.#type;
    }
    get target() {
      return this.#target;
    }
    get currentTarget() {
      return this.#phase === NONE ? null : this.#target;
    }
    get srcElement() {
      return this.#target;
    }
    get eventPhase() {
      return this.#phase;
    }
    get bubbles() {
      return this.#options.bubbles;
    }
    get cancelable() {
      return this.#options.cancelable;
    }
    get composed() {
      return this.#options.composed;
    }
    get defaultPrevented() {
      return this.#prevented;
    }
    get returnValue() {
      return !this.#prevented;
    }
    get timeStamp() {
      return this.#time;
    }
    get isTrusted() {
      return false;
    }
    get cancelBubble() {
      return this.#ended;
    }
    composedPath() {
      return this.#phase === NONE ? [] : [this.#target];
    }
    preventDefault() {
      if (this.cancelable && !this.#passive) this.#prevented = true;
    }
    stopPropagation() {}
    stopImmediatePropagation() {
      this.#ended = true;
    }
    get [Symbol.toStringTag]() {
      return "Event";
    }
    static NONE = NONE;
    static CAPTURING_PHASE = 1;
    static AT_TARGET = AT_TARGET;
    static BUBBLING_PHASE = 3;

    /** Call the listeners of a target. */
    static run(event, target, listeners) {
      if (event.#phase !== NONE) throw new DOMException("The event is already being dispatched", "InvalidStateError");
      event.#target = target;
      event.#phase = AT_TARGET;
      for (const each of listeners) {
        if (event.#ended) break;
        if (each.gone) continue;
        if (each.once) each.remove();
        event.#passive = each.passive;
        attempt(() => (typeof each.listener === "function" ? Reflect.apply(each.listener, target, [event]) : each.listener.handleEvent(event)));
      }
      event.#phase = NONE;
      event.#ended = event.#passive = false;
      return !event.#prevented;
    }
  }
  const { run } = Event;
  delete Event.run;

  /** As node does: a listener's error is nobody's, and the others are called all the same. */
  function attempt(f) {
    try {
      const out = f();
      if (typeof out?.then === "function") out.then(undefined, later);
    } catch (error) {
      later(error);
    }
  }
  const later = (error) =>
    setTimeout(() => {
      throw error;
    });

  class EventTarget {
    #listeners = new Map();
    addEventListener(type, listener, options) {
      if (listener === null || listener === undefined) return;
      const { capture = false, once = false, passive = false, signal } = typeof options === "object" && options !== null ? options : { capture: options };
      if (signal?.aborted) return;
      const all = this.#listeners.get(String(type)) ?? [];
      if (all.some((each) => each.listener === listener && each.capture === Boolean(capture))) return;
      const remove = () => this.removeEventListener(type, listener, { capture });
      this.#listeners.set(String(type), [...all, { listener, capture: Boolean(capture), once, passive, remove, gone: false }]);
      signal?.addEventListener("abort", remove, { once: true });
    }
    removeEventListener(type, listener, options) {
      const capture = Boolean(typeof options === "object" && options !== null ? options.capture : options);
      const all = this.#listeners.get(String(type)) ?? [];
      const found = all.find((each) => each.listener === listener && each.capture === capture);
      if (!found) return;
      found.gone = true;
      this.#listeners.set(String(type), all.filter((each) => each !== found));
    }
    dispatchEvent(event) {
      if (!(event instanceof Event)) throw Object.assign(new TypeError('The "event" argument must be an instance of Event'), { code: "ERR_INVALID_ARG_TYPE" });
      return run(event, this, this.#listeners.get(event.type) ?? []);
    }
    get [Symbol.toStringTag]() {
      return "EventTarget";
    }
  }

  /** `target.onabort = f`: at most one listener that is set so. */
  function defineEventAttribute(prototype, type) {
    const set = new WeakMap();
    Object.defineProperty(prototype, `on${type}`, {
      configurable: true,
      enumerable: true,
      get() {
        return set.get(this) ?? null;
      },
      set(listener) {
        if (set.has(this)) this.removeEventListener(type, set.get(this));
        set.delete(this);
        if (typeof listener !== "function") return;
        set.set(this, listener);
        this.addEventListener(type, listener);
      },
    });
  }

  class CustomEvent extends Event {
    #detail;
    constructor(type, { detail = null, ...options } = {}) {
      super(type, options);
      this.#detail = detail;
    }
    get detail() {
      return this.#detail;
    }
  }

  class ErrorEvent extends Event {
    constructor(type, { message = "", error, ...options } = {}) {
      super(type, options);
      Object.assign(this, { message, error });
    }
  }

  const making = Symbol("making");

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason;
    #sources = [];
    constructor(key) {
      if (key !== making) throw Object.assign(new TypeError("Illegal constructor"), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
      super();
    }
    get aborted() {
      return this.#aborted;
    }
    get reason() {
      return this.#reason;
    }
    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }
    get [Symbol.toStringTag]() {
      return "AbortSignal";
    }
    static abort(reason) {
      const signal = new AbortSignal(making);
      end(signal, reason);
      return signal;
    }
    static timeout(wait) {
      const signal = new AbortSignal(making);
      setTimeout(() => end(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError")), wait).unref();
      return signal;
    }
    static any(signals) {
      const all = [...signals];
      const signal = new AbortSignal(making);
      const done = all.find((each) => each.aborted);
      if (done) end(signal, done.reason);
      else for (const each of all) each.addEventListener("abort", () => end(signal, each.reason), { once: true });
      signal.#sources = all;
      return signal;
    }
    static end(signal, reason) {
      if (signal.#aborted) return;
      signal.#aborted = true;
      signal.#reason = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
      signal.#sources = [];
      signal.dispatchEvent(new Event("abort"));
    }
  }
  const { end } = AbortSignal;
  delete AbortSignal.end;
  defineEventAttribute(AbortSignal.prototype, "abort");

  class AbortController {
    #signal = new AbortSignal(making);
    get signal() {
      return this.#signal;
    }
    abort(reason) {
      end(this.#signal, reason);
    }
    get [Symbol.toStringTag]() {
      return "AbortController";
    }
  }

  return { Event, EventTarget, CustomEvent, ErrorEvent, AbortSignal, AbortController, defineEventAttribute };
}
