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
  const flights = new Map(); // Python's number → how often it came here, and went home
  const standIns = new Map(); // Python's number → WeakRef of the stand-in
  const dead = [];
  const registry = new FinalizationRegistry((number) => {
    if (!standIn(number)) dead.push(number);
  });

  const standIn = (number) => standIns.get(number)?.deref();

  function lent(number, kind, detail) {
    const known = standIn(number);
    if (known) {
      flights.get(number)[CAME]++;
      return known;
    }
    const fresh = STAND_INS[kind](number, detail);
    standIns.set(number, new WeakRef(fresh));
    homes.set(fresh, number);
    registry.register(fresh, number);
    came(number);
    return fresh;
  }

  const CAME = 0;
  const WENT = 1;

  function came(number) {
    const flight = flights.get(number);
    if (flight) flight[CAME]++;
    else flights.set(number, [1, 0]);
  }

  /** Bytes came, were copied, and are needed no more. */
  function copied(number) {
    came(number);
    dead.push(number);
  }

  /** The number by which a stand-in goes home; undefined for what is ours. */
  function goHome(x) {
    const number = homes.get(x);
    if (number !== undefined) flights.get(number)[WENT]++;
    return number;
  }

  /** Python's objects that no script holds any more: of each its number, how often it came and went. */
  function swept() {
    const counts = [];
    for (const number of dead.splice(0)) {
      const flight = flights.get(number);
      if (!flight || standIn(number)) continue;
      counts.push(number, ...flight);
      standIns.delete(number);
      flights.delete(number);
    }
    return counts;
  }

  function clear() {
    objects.length = sent.length = 1;
    free.length = 0;
    standIns.clear();
  }

  const isHome = (x) => standIns.size !== 0 && homes.has(x);

  return { objects, keep, release, homes, isHome, standIn, lent, goHome, copied, swept, clear };
}
