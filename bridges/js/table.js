// The table: numbers for what Python holds of ours, and stand-ins here for what is Python's.
(STAND_INS) => {
  "use strict";

  // --- our objects, with how often each was sent

  const objects = [undefined];
  const sent = [0];
  const free = [];
  const numbers = new WeakMap();
  const symbols = new Map();

  function keep(x) {
    const known = typeof x === "symbol" ? symbols : numbers;
    let number = known.get(x);
    if (number === undefined) {
      number = free.length ? free.pop() : objects.length;
      objects[number] = x;
      sent[number] = 0;
      known.set(x, number);
    }
    sent[number]++;
    return number;
  }

  function release(number, times) {
    sent[number] -= times;
    if (sent[number] > 0) return;
    const x = objects[number];
    (typeof x === "symbol" ? symbols : numbers).delete(x);
    objects[number] = undefined;
    free.push(number);
  }

  // --- Python's objects: one stand-in each while it is in use, so that identity holds

  const homes = new WeakMap(); // stand-in → Python's number
  const standIns = new Map(); // Python's number → WeakRef of the stand-in
  const dead = [];
  const registry = new FinalizationRegistry((number) => {
    if (!standIn(number)) dead.push(number);
  });

  const standIn = (number) => standIns.get(number)?.deref();

  function lent(number, kind, detail) {
    const known = standIn(number);
    if (known) return known;
    const fresh = STAND_INS[kind](number, detail);
    standIns.set(number, new WeakRef(fresh));
    homes.set(fresh, number);
    registry.register(fresh, number);
    return fresh;
  }

  /** The numbers of Python objects that no script holds any more. */
  function swept() {
    const numbers = dead.splice(0).filter((n) => !standIn(n));
    for (const number of numbers) standIns.delete(number);
    return numbers;
  }

  function clear() {
    objects.length = sent.length = 1;
    free.length = 0;
    standIns.clear();
  }

  const isHome = (x) => standIns.size !== 0 && homes.has(x);

  return { objects, keep, release, homes, isHome, standIn, lent, dead, swept, clear };
}
