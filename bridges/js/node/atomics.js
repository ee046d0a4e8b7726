// Atomics for the one thread that there is: each operation is whole, and nobody wakes who waits.
"use strict";
({ host }) => {
  const changing = (change) => (array, index, value) => {
    const old = array[index];
    array[index] = change(old, value);
    return old;
  };
  const Atomics = {
    add: changing((a, b) => a + b),
    sub: changing((a, b) => a - b),
    and: changing((a, b) => a & b),
    or: changing((a, b) => a | b),
    xor: changing((a, b) => a ^ b),
    exchange: changing((_, b) => b),
    load: (array, index) => array[index],
    store: (array, index, value) => ((array[index] = value), value),
    compareExchange(array, index, expected, value) {
      const old = array[index];
      if (old === expected) array[index] = value;
      return old;
    },
    isLockFree: (size) => [1, 2, 4, 8].includes(size),
    notify: () => 0,
    wait(array, index, value, timeout = Infinity) {
      if (array[index] !== value) return "not-equal";
      if (timeout === Infinity) throw new Error("nobody could ever end this Atomics.wait: there is one thread");
      host.sleep(timeout);
      return "timed-out";
    },
  };
  return { Atomics: Object.defineProperty(Atomics, Symbol.toStringTag, { value: "Atomics" }) };
}
