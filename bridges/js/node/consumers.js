// node's stream/consumers: a whole stream as bytes, text or JSON.
"use strict";
() => {
  async function buffer(stream) {
    const pieces = [];
    for await (const piece of stream) pieces.push(Buffer.from(piece));
    return Buffer.concat(pieces);
  }
  const text = async (stream) => (await buffer(stream)).toString();

  return {
    ...{ buffer, text },
    arrayBuffer: async (stream) => Uint8Array.from(await buffer(stream)).buffer,
    json: async (stream) => JSON.parse(await text(stream)),
    blob: async (stream) => new Blob([await buffer(stream)]),
  };
}
