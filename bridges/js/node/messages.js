// MessageChannel and BroadcastChannel, within this runtime.
"use strict";
({ node }) => {
  const { Event, EventTarget, defineEventAttribute } = node("event_target");

  class MessageEvent extends Event {
    constructor(type, { data = null, origin = "", lastEventId = "", source = null, ports = [], ...options } = {}) {
      super(type, options);
      Object.assign(this, { data, origin, lastEventId, source, ports });
    }
  }

  class MessagePort extends EventTarget {
    #other;
    #open = true;
    #started = false;
    #waiting = [];
    static join(a, b) {
      a.#other = b;
      b.#other = a;
    }
    postMessage(message, options) {
      const transfer = Array.isArray(options) ? options : (options?.transfer ?? []);
      const data = structuredClone(message, { transfer });
      const other = this.#other;
      if (!this.#open || !other?.#open) return;
      if (other.#started) setImmediate(() => other.#deliver(data));
      else other.#waiting.push(data);
    }
    #deliver(data) {
      if (this.#open) this.dispatchEvent(new MessageEvent("message", { data }));
    }
    start() {
      this.#started = true;
      for (const data of this.#waiting.splice(0)) setImmediate(() => this.#deliver(data));
    }
    close() {
      this.#open = false;
      this.dispatchEvent(new Event("close"));
    }
    on(name, listener) {
      this.addEventListener(name, (event) => listener(name === "message" ? event.data : event));
      if (name === "message") this.start();
      return this;
    }
    once(name, listener) {
      this.addEventListener(name, (event) => listener(name === "message" ? event.data : event), { once: true });
      if (name === "message") this.start();
      return this;
    }
    ref() {}
    unref() {}
  }
  const { join } = MessagePort;
  delete MessagePort.join;
  for (const name of ["message", "messageerror", "close"]) defineEventAttribute(MessagePort.prototype, name);
  const { get, set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, "onmessage");
  Object.defineProperty(MessagePort.prototype, "onmessage", {
    configurable: true,
    enumerable: true,
    get,
    set(listener) {
      set.call(this, listener);
      this.start();
    },
  });

  class MessageChannel {
    constructor() {
      this.port1 = new MessagePort();
      this.port2 = new MessagePort();
      join(this.port1, this.port2);
    }
  }

  const channels = new Map();

  class BroadcastChannel extends EventTarget {
    constructor(name) {
      super();
      this.name = String(name);
      channels.set(this.name, (channels.get(this.name) ?? new Set()).add(this));
    }
    postMessage(message) {
      for (const each of channels.get(this.name) ?? []) {
        if (each === this) continue;
        const data = structuredClone(message);
        setImmediate(() => each.dispatchEvent(new MessageEvent("message", { data })));
      }
    }
    close() {
      channels.get(this.name)?.delete(this);
    }
    ref() {}
    unref() {}
  }
  defineEventAttribute(BroadcastChannel.prototype, "message");

  return { MessageChannel, MessagePort, MessageEvent, BroadcastChannel };
}
