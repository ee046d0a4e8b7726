// The wire: memory that Python owns, for what the engine can't hand over itself, or only slowly.
//
// The engine never frees a number or a text that it hands to Python, and lends texts whose memory
// it may move. So small integers lie in the register, and short values beside them as Python's
// marshal reads them: `true` and `null` tell Python to look there. All else is written into a slot:
// the slot, a Python object, is what crosses, and Python marks it free when it has read it.
//
// The way in is the register too, for each argument costs the engine as much as a third of a call.
() => {
  "use strict";
  const { apply } = Reflect;
  const { slice } = Array.prototype;
  const { floor } = Math;
  const HEAD = 32;
  const JSON_TEXT = 3;
  const slots = [];

  // ints[0]: 0 while free; ints[1]: units of text here; ints[2]: 1 if more of it follows;
  // ints[3]: 1 for bytes, 2 for UTF-16; floats[2]: a number; ints[5]: a reference.

  function add(home, memory) {
    const { buffer } = memory;
    slots.push({
      home,
      ints: new Int32Array(buffer, 0, 8),
      floats: new Float64Array(buffer, 0, 4),
      bytes: new Uint8Array(buffer, HEAD),
      units: new Uint16Array(buffer, HEAD),
      words: new Int32Array(buffer, HEAD),
      text: "",
      at: 0,
    });
  }

  function take(what) {
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i];
      if (slot.ints[0] === 0) {
        slot.ints[0] = what;
        return slot;
      }
    }
    grow();
    return take(what);
  }

  let grow;

  // --- the register: an integer out, 1 until it or what lies beside it was read, and what comes in

  const OUT = 0;
  const FULL = 1;
  const LOW = 2;
  const HIGH = 3;
  const KIND = 23; // what lies beside: its kind as marshal says it, then the value
  const VALUE = 24;
  const [SHORT_ASCII, FLOAT, LONG, TRUE] = Array.from("zglT", (kind) => kind.charCodeAt(0));
  let register;
  let beside;
  let float;
  let digits;

  function openRegister(buffer) {
    register = new Int32Array(buffer, 0, 4);
    beside = new Uint8Array(buffer);
    float = new Float64Array(buffer, VALUE, 1);
    digits = new Int16Array(buffer, VALUE);
  }

  /** Say that a value lies beside the register. */
  function laid(kind) {
    beside[KIND] = kind;
    register[FULL] = 1;
    return null;
  }

  function sendInteger(x) {
    if (register[FULL] !== 0) return BigInt(x);
    if ((x | 0) !== x) return sendLong(x);
    register[OUT] = x;
    register[FULL] = 1;
    return true;
  }

  /** A larger integer: how many digits, below zero if it is, and the digits, 15 bits each. */
  function sendLong(x) {
    let count = 0;
    for (let rest = x < 0 ? -x : x; rest > 0; rest = floor(rest / 32768)) digits[2 + count++] = rest % 32768;
    digits[0] = x < 0 ? -count : count;
    digits[1] = x < 0 ? -1 : 0;
    return laid(LONG);
  }

  const sendTrue = () => (register[FULL] === 0 ? laid(TRUE) : sendText(JSON_TEXT, "true"));

  /** A short text of ASCII; undefined if it is another. */
  function sendShort(text) {
    const { length } = text;
    if (length > 255 || register[FULL] !== 0) return undefined;
    let bits = 0;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      beside[VALUE + 1 + i] = code;
      bits |= code;
    }
    if (bits > 127) return undefined;
    beside[VALUE] = length;
    return laid(SHORT_ASCII);
  }

  function sendText(what, text) {
    const slot = take(what);
    slot.text = text;
    slot.at = 0;
    fill(slot);
    return slot.home;
  }

  function fill(slot) {
    const { text, at, ints, bytes, units } = slot;
    let end = Math.min(text.length, at + bytes.length);
    let bits = 0;
    for (let i = at; i < end; i++) {
      const code = text.charCodeAt(i);
      bytes[i - at] = code;
      bits |= code;
    }
    ints[3] = 1;
    if (bits > 255) {
      end = Math.min(text.length, at + units.length);
      if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--; // keep pairs whole
      for (let i = at; i < end; i++) units[i - at] = text.charCodeAt(i);
      ints[3] = 2;
    }
    ints[1] = end - at;
    ints[2] = end < text.length ? 1 : 0;
    slot.at = end;
    if (end === text.length) slot.text = "";
  }

  /** An array of small integers, quicker than its text; undefined if it is not one. */
  function sendIntegers(what, array) {
    const { length } = array;
    if (length === 0 || length > 30000 || typeof array[0] !== "number") return undefined;
    const slot = take(what);
    const { ints, words } = slot;
    for (let i = 0; i < length; i++) {
      const x = array[i];
      if (typeof x !== "number" || (words[i] = x) !== words[i] || (x === 0 && 1 / x < 0)) {
        ints[0] = 0;
        return undefined;
      }
    }
    ints[1] = length;
    return slot.home;
  }

  function sendNumber(what, x) {
    if (register[FULL] === 0) {
      float[0] = x;
      return laid(FLOAT);
    }
    const slot = take(what);
    slot.floats[2] = x;
    return slot.home;
  }

  function sendReference(what, number) {
    const slot = take(what);
    slot.ints[5] = number;
    return slot.home;
  }

  function sendBytes(what, bytes) {
    const slot = take(what);
    const length = Math.min(bytes.length, slot.bytes.length);
    slot.bytes.set(bytes.subarray(0, length));
    slot.ints[1] = length;
    return slot.home;
  }

  /** What was to go to Python does not go. */
  function drop(x) {
    if (x === true || x === null) register[FULL] = 0;
    for (const slot of slots) if (slot.home === x) slot.ints[0] = 0;
  }

  let inbox; // a ticket, and bytes that Python laid out
  let inboxTicket;

  /** Take what Python laid out, and return how much; nothing, if it laid out other bytes since. */
  function receiveBytes(ticket, at, into) {
    if (inboxTicket[0] !== ticket) return 0;
    const length = Math.min(inbox.length, into.length - at);
    into.set(inbox.subarray(0, length), at);
    return length;
  }

  // --- the way in: what Python laid out for the call that it makes

  const TAKEN = 0x7fffffff; // nothing: a call in between took it
  const NOTHING = 0x40000000; // the high half of what is no integer
  const FUNCTION = 0x40000001;
  const NUMBERS = 0x40000002;

  /** Take what lies in the register: an integer, or what `others` make of it, by its kind. */
  function fetch(others) {
    const low = register[LOW];
    const high = register[HIGH];
    register[HIGH] = TAKEN;
    if (high === low >> 31) return low;
    if (high < NOTHING) return high * 4294967296 + (low >>> 0);
    if (high === NOTHING) return others.nothing();
    if (high === FUNCTION) return others.lent(low);
    return high === NUMBERS ? others.list(numbers(low)) : others.taken();
  }

  let tray; // a ticket, and a list
  const [INT, LIST] = Array.from("i[", (kind) => kind.charCodeAt(0));

  /** A list as Python's marshal writes it; undefined if it holds more than numbers, or is another's. */
  function numbers(ticket) {
    if (tray.getInt32(0, true) !== ticket || tray.getUint8(4) !== LIST) return undefined;
    const count = tray.getInt32(5, true);
    const out = new Array(count);
    for (let i = 0, at = 9; i < count; i++) {
      const kind = tray.getUint8(at);
      if (kind === INT) {
        out[i] = tray.getInt32(at + 1, true);
        at += 5;
      } else if (kind === FLOAT) {
        out[i] = tray.getFloat64(at + 1, true);
        at += 9;
      } else return undefined;
    }
    return out;
  }

  // --- calls of Python: whom they are for lies in memory too

  let callee; // the number of the object, and of the operation on it; then 1 if the script must end

  /** Ctrl-C ended what was called: wait for the engine to end the script, which can't catch that. */
  function answered(result) {
    while (callee[2] === 1);
    return result;
  }

  // A call of another thread may come in between, before Python has read for whom the outer one is.

  const calling = (f) =>
    function (number, x) {
      const before = callee[0];
      callee[0] = number;
      try {
        return answered(arguments.length === 2 ? f(x) : apply(f, undefined, apply(slice, arguments, [1])));
      } finally {
        callee[0] = before;
      }
    };

  const reaching =
    (f) =>
    (number, operation, ...args) => {
      const [object, code] = callee;
      callee[0] = number;
      callee[1] = operation;
      try {
        return answered(f(...args));
      } finally {
        callee[0] = object;
        callee[1] = code;
      }
    };

  const wire = { drop, fetch, receiveBytes, sendBytes, sendInteger, sendIntegers, sendNumber, sendReference, sendShort, sendText, sendTrue };
  return (part, ...rest) => {
    if (part === "callee") callee = new Int32Array(rest[0].buffer);
    else if (part === "add") add(...rest);
    else if (part === "grow") grow = rest[0];
    else if (part === "register") openRegister(rest[0].buffer);
    else if (part === "tray") tray = new DataView(rest[0].buffer);
    else if (part === "inbox") {
      inboxTicket = new Int32Array(rest[0].buffer, 0, 1);
      inbox = new Uint8Array(rest[0].buffer, 8);
    } else if (part === "refill") fill(slots[rest[0]]);
    else {
      const [call, reach, ...more] = rest;
      return part(wire, calling(call), reaching(reach), ...more);
    }
  };
}
