// node's async_hooks: what a store holds is seen by all that `run` calls, and by what that awaits.
"use strict";
({ host, parts }) => {
  // A context is a Map of stores that nobody changes. The host gives each promise's job that of its `then`.
  const place = host.place;

  /** From the first store on; a job costs more then. */
  function start() {
    Object.defineProperty(globalThis, place, { value: undefined, writable: true, configurable: true, enumerable: false });
    parts.bound = bound;
    host.keepContexts();
  }

  function within(context, f, ...args) {
    if (!parts.bound) return f(...args);
    const before = globalThis[place];
    globalThis[place] = context;
    try {
      return f(...args);
    } finally {
      globalThis[place] = before;
    }
  }

  const snapshot = () => {
    const context = globalThis[place];
    return (f, ...args) => within(context, f, ...args);
  };

  /** What timers and ticks run. */
  const bound = (f) => {
    const context = globalThis[place];
    return context ? (...args) => within(context, f, ...args) : f;
  };

  class AsyncLocalStorage {
    #fallback;
    constructor({ defaultValue, name = "" } = {}) {
      this.#fallback = defaultValue;
      this.name = name;
    }
    #with(store) {
      if (!parts.bound) start();
      return new Map(globalThis[place]).set(this, store);
    }
    run(store, f, ...args) {
      return within(this.#with(store), f, ...args);
    }
    exit(f, ...args) {
      return within(this.#with(undefined), f, ...args);
    }
    getStore() {
      const context = globalThis[place];
      return context?.has(this) ? context.get(this) : this.#fallback;
    }
    enterWith(store) {
      globalThis[place] = this.#with(store);
    }
    disable() {
      globalThis[place] = this.#with(undefined);
    }
    static bind(f) {
      const run = snapshot();
      return function (...args) {
        return run((...rest) => Reflect.apply(f, this, rest), ...args);
      };
    }
    static snapshot() {
      return snapshot();
    }
  }

  let last = 1;

  class AsyncResource {
    #run = snapshot();
    #id = ++last;
    constructor(type) {
      this.type = type;
    }
    runInAsyncScope(f, self, ...args) {
      return this.#run(() => Reflect.apply(f, self, args));
    }
    bind(f) {
      const resource = this;
      return function (...args) {
        return resource.runInAsyncScope(f, this, ...args);
      };
    }
    static bind(f, type) {
      return new AsyncResource(type ?? f.name).bind(f);
    }
    emitDestroy() {
      return this;
    }
    asyncId() {
      return this.#id;
    }
    triggerAsyncId() {
      return 1;
    }
  }

  const hook = { enable: () => hook, disable: () => hook };
  return { AsyncLocalStorage, AsyncResource, createHook: () => hook, executionAsyncId: () => 1, triggerAsyncId: () => 0, executionAsyncResource: () => ({}) };
}
