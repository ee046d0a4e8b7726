// node's async_hooks, as far as one runtime's stack goes: a store is seen until `run` returns.
"use strict";
() => {
  const all = new Set();

  class AsyncLocalStorage {
    #store;
    constructor({ defaultValue, name = "" } = {}) {
      this.#store = defaultValue;
      this.name = name;
      all.add(this);
    }
    run(store, f, ...args) {
      const before = this.#store;
      this.#store = store;
      try {
        return f(...args);
      } finally {
        this.#store = before;
      }
    }
    exit(f, ...args) {
      return this.run(undefined, f, ...args);
    }
    getStore() {
      return this.#store;
    }
    enterWith(store) {
      this.#store = store;
    }
    disable() {
      this.#store = undefined;
    }
    static bind(f) {
      const run = AsyncLocalStorage.snapshot();
      return (...args) => run(f, ...args);
    }
    static snapshot() {
      const stores = [...all].map((each) => [each, each.#store]);
      return (f, ...args) => stores.reduceRight((inner, [each, store]) => () => each.run(store, inner), () => f(...args))();
    }
  }

  let last = 1;

  class AsyncResource {
    #run = AsyncLocalStorage.snapshot();
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
