// node's diagnostics_channel: names to which messages are published.
"use strict";
() => {
  const channels = new Map();

  class Channel {
    #listeners = [];
    constructor(name) {
      this.name = name;
    }
    get hasSubscribers() {
      return this.#listeners.length > 0;
    }
    subscribe(listener) {
      this.#listeners = [...this.#listeners, listener];
    }
    unsubscribe(listener) {
      const kept = this.#listeners.filter((each) => each !== listener);
      const found = kept.length < this.#listeners.length;
      this.#listeners = kept;
      return found;
    }
    publish(message) {
      for (const each of this.#listeners) each(message, this.name);
    }
    bindStore() {}
    unbindStore() {}
    runStores(message, f, self, ...args) {
      this.publish(message);
      return Reflect.apply(f, self, args);
    }
  }

  function channel(name) {
    if (!channels.has(name)) channels.set(name, new Channel(name));
    return channels.get(name);
  }

  const STEPS = ["start", "end", "asyncStart", "asyncEnd", "error"];

  function tracingChannel(name) {
    const out = typeof name === "string" ? Object.fromEntries(STEPS.map((step) => [step, channel(`tracing:${name}:${step}`)])) : { ...name };
    const each = (act) => (listeners) => STEPS.forEach((step) => listeners[step] && out[step]?.[act](listeners[step]));
    const run = (f, context = {}, self, ...args) => {
      out.start.publish(context);
      try {
        return (context.result = Reflect.apply(f, self, args));
      } catch (error) {
        context.error = error;
        out.error.publish(context);
        throw error;
      } finally {
        out.end.publish(context);
      }
    };
    return Object.assign(out, { subscribe: each("subscribe"), unsubscribe: each("unsubscribe"), traceSync: run, tracePromise: run, traceCallback: (f, at, context, self, ...args) => run(f, context, self, ...args) });
  }

  return {
    ...{ channel, tracingChannel, Channel },
    hasSubscribers: (name) => channels.get(name)?.hasSubscribers ?? false,
    subscribe: (name, listener) => channel(name).subscribe(listener),
    unsubscribe: (name, listener) => channel(name).unsubscribe(listener),
  };
}
