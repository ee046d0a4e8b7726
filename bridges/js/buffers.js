// Buffers without a copy: typed arrays over Python's memory, and where the memory of ours is.
(kit) => {
  "use strict";
  const { objects, guarded, reference, raise, STAND_INS } = kit;
  const view = Symbol("view");
  let memoryOf;

  // The view and its buffer live and die together: whoever holds one holds Python's memory.
  STAND_INS.buffer = (number, [kind, size, shape]) => {
    const buffer = size ? memoryOf(BigInt(number)).buffer : new ArrayBuffer(0);
    const typed = new globalThis[kind](buffer);
    Object.defineProperty(buffer, view, { value: typed });
    if (shape.length !== 1) Object.defineProperty(typed, "shape", { value: shape });
    return typed;
  };

  const bufferOf = (x) => (ArrayBuffer.isView(x) ? x.buffer : x);

  /** Its kind, where it starts, its bytes, its elements, and the bytes of its buffer. */
  function memory(number) {
    const x = objects[number];
    const buffer = bufferOf(x);
    if (!(buffer instanceof ArrayBuffer)) return null;
    if (buffer.detached) raise("detached");
    return [x[Symbol.toStringTag], x.byteOffset ?? 0, x.byteLength, x.length ?? x.byteLength, buffer.byteLength];
  }

  const pinned = new Map(); // outlives this life of the runtime, as Python's views may

  return {
    memory: guarded(memory),
    bufferOf: guarded((number) => bufferOf(objects[number]), reference),
    lendMemory: (f) => {
      memoryOf = f;
    },
    // Where Python's ctypes finds an object for a moment: as the first element of the global object.
    expose: guarded((number) => {
      pinned.set(number, objects[number]);
      Object.defineProperty(globalThis, 0, { value: objects[number], configurable: true });
    }),
    cover: guarded((number, forGood) => {
      delete globalThis[0];
      if (forGood) pinned.delete(number);
    }),
  };
}
