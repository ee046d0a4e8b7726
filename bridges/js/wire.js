// The wire out: slots of memory that Python owns, for what the engine can't hand over itself.
//
// The engine never frees a number or a text that it hands to Python, and lends texts whose memory
// it may move. So integers go as BigInt, and all else is written into a slot: the slot, a Python
// object, is what crosses, and Python marks it free when it has read it.
() => {
  "use strict";
  const HEAD = 32;
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
  let register;

  function sendInteger(x) {
    if ((x | 0) !== x || register[1] !== 0) return BigInt(x);
    register[0] = x;
    register[1] = 1;
    return true;
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

  let inbox; // a ticket, and bytes that Python laid out
  let inboxTicket;

  /** Take what Python laid out, and return how much; nothing, if it laid out other bytes since. */
  function receiveBytes(ticket, at, into) {
    if (inboxTicket[0] !== ticket) return 0;
    const length = Math.min(inbox.length, into.length - at);
    into.set(inbox.subarray(0, length), at);
    return length;
  }

  let tray;

  /** The integers that Python laid out; undefined if it laid out others since. */
  function receiveIntegers(ticket) {
    const count = ticket % 65536;
    if (tray[0] !== (ticket - count) / 65536) return undefined;
    const out = [];
    for (let i = 0; i < count; i++) out.push(tray[i + 2]);
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

  const calling =
    (f) =>
    (number, ...args) => {
      const before = callee[0];
      callee[0] = number;
      try {
        return answered(f(...args));
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

  const wire = { receiveBytes, receiveIntegers, sendBytes, sendInteger, sendIntegers, sendText, sendNumber, sendReference };
  return (part, ...rest) => {
    if (part === "callee") callee = new Int32Array(rest[0].buffer);
    else if (part === "add") add(...rest);
    else if (part === "grow") grow = rest[0];
    else if (part === "register") register = new Int32Array(rest[0].buffer);
    else if (part === "tray") tray = new Int32Array(rest[0].buffer);
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
