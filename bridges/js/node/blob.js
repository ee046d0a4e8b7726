// Blob and File, of the web.
"use strict";
() => {

  class Blob {
    #bytes;
    #type;
    constructor(parts = [], { type = "", endings } = {}) {
      const pieces = Array.from(parts, (part) => bytesOf(part, endings));
      this.#bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
      let at = 0;
      for (const piece of pieces) {
        this.#bytes.set(piece, at);
        at += piece.length;
      }
      this.#type = /[^\u0020-\u007e]/.test(type) ? "" : String(type).toLowerCase();
    }
    get size() {
      return this.#bytes.length;
    }
    get type() {
      return this.#type;
    }
    slice(start, end, type = "") {
      return new Blob([this.#bytes.subarray(start, end)], { type });
    }
    async arrayBuffer() {
      return this.#bytes.slice().buffer;
    }
    async bytes() {
      return this.#bytes.slice();
    }
    async text() {
      return new TextDecoder().decode(this.#bytes);
    }
    stream() {
      const bytes = this.#bytes;
      return new ReadableStream({
        type: "bytes",
        start(controller) {
          if (bytes.length) controller.enqueue(bytes.slice());
          controller.close();
          controller.byobRequest?.respond(0);
        },
      });
    }
    get [Symbol.toStringTag]() {
      return "Blob";
    }
    static bytes = (blob) => blob.#bytes;
  }
  const bytesIn = Blob.bytes;
  delete Blob.bytes;

  class File extends Blob {
    #name;
    #modified;
    constructor(parts, name, options = {}) {
      super(parts, options);
      this.#name = String(name);
      this.#modified = Number(options.lastModified ?? Date.now());
    }
    get name() {
      return this.#name;
    }
    get lastModified() {
      return this.#modified;
    }
    get webkitRelativePath() {
      return "";
    }
    get [Symbol.toStringTag]() {
      return "File";
    }
  }

  function bytesOf(part, endings) {
    if (part instanceof Blob) return bytesIn(part);
    if (part instanceof ArrayBuffer) return new Uint8Array(part.slice());
    if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice();
    const text = String(part);
    return new TextEncoder().encode(endings === "native" ? text.replace(/\r\n?|\n/g, "\n") : text);
  }

  return { Blob, File };
}
