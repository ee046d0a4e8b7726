// Buffers without a copy: typed arrays over Python's memory, and where the memory of ours is.
(kit) => {
  "use strict";
  const { objects, guarded, reference, raise, take, STAND_INS } = kit;
  const view = Symbol("view");
  let memoryOf;

  // The view and its buffer live and die together: whoever holds one holds Python's memory.
  STAND_INS.buffer = (number, [kind, size, shape]) => {
    const buffer = size ? take(memoryOf(BigInt(number))).buffer : new ArrayBuffer(0);
    const typed = new globalThis[kind](buffer);
    Object.defineProperty(buffer, view, { value: typed });
    if (shape.length !== 1) Object.defineProperty(typed, "shape", { value: shape });
    return typed;
  };

  // A class of a script's own may say anything of its memory; these ask the engine.
  const asked = (prototype, name) => {
    const { get } = Object.getOwnPropertyDescriptor(prototype, name);
    return (x) => Reflect.apply(get, x, []);
  };
  const TypedArray = Object.getPrototypeOf(Uint8Array);
  const kindOf = asked(TypedArray.prototype, Symbol.toStringTag);
  const elementsOf = asked(TypedArray.prototype, "length");
  const sizeOf = asked(ArrayBuffer.prototype, "byteLength");
  const isDetached = asked(ArrayBuffer.prototype, "detached");
  const [TYPED, VIEW] = [TypedArray, DataView].map(({ prototype }) => ["buffer", "byteOffset", "byteLength"].map((name) => asked(prototype, name)));

  function isBuffer(x) {
    try {
      return sizeOf(x) >= 0;
    } catch {
      return false;
    }
  }

  const bufferOf = (x) => (ArrayBuffer.isView(x) ? (kindOf(x) ? TYPED : VIEW)[0](x) : x);

  /** Its kind, where it starts, its bytes and its elements. */
  function memory(number) {
    const x = objects[number];
    const buffer = bufferOf(x);
    if (!isBuffer(buffer)) return null;
    if (isDetached(buffer)) raise("detached");
    const kind = kindOf(x);
    const [start, size] = buffer === x ? [0, sizeOf(x)] : (kind ? TYPED : VIEW).slice(1).map((field) => field(x));
    return [kind ?? "", start, size, kind ? elementsOf(x) : size];
  }

  const pinned = new Map(); // outlives this life of the runtime, as Python's views may

  return {
    memory: guarded(memory),
    bufferOf: guarded((number) => bufferOf(objects[number]), reference),
    lendMemory: (f) => {
      memoryOf = f;
    },
    // Where Python's ctypes finds an object for a moment: as an element of the global object.
    expose: guarded((number, at) => {
      pinned.set(number, objects[number]);
      Object.defineProperty(globalThis, at, { value: objects[number], configurable: true });
    }),
    cover: guarded((number, at, forGood) => {
      delete globalThis[at];
      if (forGood) pinned.delete(number);
    }),
  };
}
