// node's stream: npm's readable-stream, with bridges to the streams of the web.
"use strict";
({ node, packaged, lazily }) => {
  const stream = packaged("readable-stream");
  const { Readable, Writable, Duplex } = stream;
  delete stream.default; // classes that extend Readable would have it too
  const chunkOf = (chunk) => (typeof chunk === "string" ? chunk : new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));

  Readable.fromWeb = (web, options) => Readable.from(iterate(web), { objectMode: false, ...options });
  Readable.toWeb = (readable) => {
    const iterator = readable[Symbol.asyncIterator]();
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done) controller.close();
        else controller.enqueue(readable.readableObjectMode ? value : chunkOf(value));
      },
      cancel: (reason) => void readable.destroy(reason),
    });
  };
  Writable.fromWeb = (web) => {
    const writer = web.getWriter();
    const settled = (promise, done) => promise.then(() => done(), done);
    return new Writable({
      write: (chunk, _, done) => settled(writer.write(chunk), done),
      final: (done) => settled(writer.close(), done),
    });
  };
  Writable.toWeb = (writable) =>
    new WritableStream({
      write: (chunk) => new Promise((done, fail) => writable.write(chunk, (error) => (error ? fail(error) : done()))),
      close: () => new Promise((done) => writable.end(done)),
      abort: (reason) => void writable.destroy(reason),
    });
  Duplex.fromWeb = ({ readable, writable }, options) => Duplex.from({ readable: Readable.fromWeb(readable, options), writable: Writable.fromWeb(writable) });
  Duplex.toWeb = (duplex) => ({ readable: Readable.toWeb(duplex), writable: Writable.toWeb(duplex) });

  async function* iterate(web) {
    const reader = web.getReader();
    try {
      for (let step; !(step = await reader.read()).done; ) yield step.value;
    } finally {
      reader.releaseLock();
    }
  }

  const out = stream.Stream ?? stream;
  lazily(out, "consumers", () => node("stream/consumers"));
  return Object.assign(out, { getDefaultHighWaterMark: (objects) => (objects ? 16 : 65536) });
}
