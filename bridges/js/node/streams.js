// The streams of the web, by npm's package, and those that convert text and compress.
"use strict";
({ node, packaged }) => {
  const web = packaged("web-streams-polyfill");
  const { TransformStream, ReadableStream } = web;

  // By these names node's stream knows what became of one of the web's.
  const states = { disturbed: (s) => s._disturbed, errored: (s) => s._state === "errored", readable: (s) => s._state === "readable" };
  for (const [name, of] of Object.entries(states)) {
    Object.defineProperty(ReadableStream.prototype, Symbol.for(`nodejs.stream.${name}`), { get() { return of(this); }, configurable: true });
  }

  // It also waits for their end by a promise, which the package does not tell: its `_state` does.
  const ends = new WeakMap();
  const values = new WeakMap();

  function endOf(stream) {
    if (!ends.has(stream)) {
      const end = {};
      end.promise = new Promise((resolve, reject) => Object.assign(end, { resolve, reject }));
      end.promise.catch(() => {});
      ends.set(stream, end);
      settle(stream);
    }
    return ends.get(stream);
  }

  function settle(stream) {
    const state = values.get(stream);
    if (state === "closed") ends.get(stream)?.resolve();
    else if (state === "errored") queueMicrotask(() => ends.get(stream)?.reject(stream._storedError));
  }

  for (const { prototype } of [ReadableStream, web.WritableStream]) {
    Object.defineProperty(prototype, Symbol.for("nodejs.webstream.isClosedPromise"), { get() { return endOf(this); }, configurable: true });
    Object.defineProperty(prototype, "_state", {
      configurable: true,
      get() {
        return values.get(this);
      },
      set(state) {
        values.set(this, state);
        settle(this);
      },
    });
  }

  ReadableStream.from ??= (source) => {
    const iterator = source[Symbol.asyncIterator]?.() ?? source[Symbol.iterator]();
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => iterator.return?.(reason),
    });
  };

  /** A class of { readable, writable } over what its constructor's arguments make. */
  const transforming = (name, make) =>
    ({
      [name]: class {
        constructor(...args) {
          const { readable, writable } = new TransformStream(make(...args));
          Object.assign(this, { readable, writable });
        }
      },
    })[name];

  const TextEncoderStream = transforming("TextEncoderStream", () => {
    const encoder = new TextEncoder();
    return { transform: (text, controller) => controller.enqueue(encoder.encode(text)) };
  });

  const TextDecoderStream = transforming("TextDecoderStream", (encoding, options) => {
    const decoder = new TextDecoder(encoding, options);
    const give = (text, controller) => text && controller.enqueue(text);
    return {
      transform: (bytes, controller) => give(decoder.decode(bytes, { stream: true }), controller),
      flush: (controller) => give(decoder.decode(), controller),
    };
  });

  const coding = (kinds) => (format) => {
    const zlib = node("zlib");
    const kind = kinds[format];
    if (!kind) throw new TypeError(`Unsupported format: ${format}`);
    const coder = zlib[`create${kind}`]();
    let out;
    return {
      start(controller) {
        coder.on("data", (bytes) => controller.enqueue(new Uint8Array(bytes)));
        out = new Promise((resolve, reject) => coder.on("end", resolve).on("error", reject));
      },
      transform: (bytes) => new Promise((done, fail) => coder.write(bytes, (error) => (error ? fail(error) : done()))),
      flush: () => (coder.end(), out),
    };
  };
  const CompressionStream = transforming("CompressionStream", coding({ gzip: "Gzip", deflate: "Deflate", "deflate-raw": "DeflateRaw" }));
  const DecompressionStream = transforming("DecompressionStream", coding({ gzip: "Gunzip", deflate: "Inflate", "deflate-raw": "InflateRaw" }));

  return { ...web, TextEncoderStream, TextDecoderStream, CompressionStream, DecompressionStream };
}
