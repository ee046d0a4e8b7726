// Handles and streams of node's fs, over its calls: what makes them is fs.js.
"use strict";
({ node, packaged }) => (calls) => {
  const { Buffer } = packaged("buffer");
  const { ask, on, optionsOf } = node("fs_calls");
  const { OPERATIONS, read, readByName, writeTo } = calls;

  class FileHandle {
    constructor(fd) {
      this.fd = fd;
    }
    async read(buffer, ...rest) {
      const given = buffer instanceof Uint8Array ? [read(this.fd, buffer, ...rest), buffer] : readByName(this.fd, buffer);
      return { bytesRead: given[0], buffer: given[1] };
    }
    async write(data, ...rest) {
      return { bytesWritten: writeTo(this.fd, data, ...rest), buffer: data };
    }
    async close() {
      if (this.fd >= 0) OPERATIONS.close(this.fd);
      this.fd = -1;
    }
    readLines(options) {
      return node("readline").createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
    }
    createReadStream(options) {
      return new ReadStream("", { ...options, fd: this.fd });
    }
    createWriteStream(options) {
      return new WriteStream("", { ...options, fd: this.fd });
    }
    [Symbol.asyncDispose]() {
      return this.close();
    }
  }
  const BY_HANDLE = { stat: "fstat", chmod: "fchmod", chown: "fchown", truncate: "ftruncate", utimes: "futimes", sync: "fsync", datasync: "fdatasync", readFile: "readFile", writeFile: "writeFile", appendFile: "appendFile" };
  for (const [name, operation] of Object.entries(BY_HANDLE)) {
    FileHandle.prototype[name] = async function (...rest) {
      return OPERATIONS[operation](this.fd, ...rest);
    };
  }

  const { Readable, Writable } = packaged("readable-stream");

  class ReadStream extends Readable {
    constructor(path, options) {
      const { fd, flags = "r", mode, start = 0, end = Infinity, autoClose = true, encoding, highWaterMark = 65536, signal } = optionsOf(options);
      super({ highWaterMark, encoding, signal, autoDestroy: autoClose, emitClose: true });
      Object.assign(this, { path, fd: fd instanceof FileHandle ? fd.fd : (fd ?? null), flags, mode, start, end, bytesRead: 0 });
      this.at = optionsOf(options).start === undefined && fd !== undefined ? undefined : start;
    }
    _construct(done) {
      openFor(this, done);
    }
    _read(size) {
      const wanted = Math.min(size, this.end - this.start - this.bytesRead + 1);
      try {
        const piece = wanted > 0 ? on("read", "read", this.fd, wanted, this.at === undefined ? null : this.start + this.bytesRead) : [];
        this.bytesRead += piece.length;
        this.push(piece.length ? Buffer.from(piece) : null);
      } catch (error) {
        this.destroy(error);
      }
    }
    _destroy(error, done) {
      closeAfter(this, error, done);
    }
    close(done) {
      if (done) this.once("close", done);
      this.destroy();
    }
  }

  class WriteStream extends Writable {
    constructor(path, options) {
      const { fd, flags = "w", mode, start, encoding, highWaterMark, signal } = optionsOf(options);
      super({ highWaterMark, signal, decodeStrings: true, emitClose: true, defaultEncoding: encoding ?? "utf8" });
      Object.assign(this, { path, fd: fd instanceof FileHandle ? fd.fd : (fd ?? null), flags, mode, start, bytesWritten: 0 });
    }
    _construct(done) {
      openFor(this, done);
    }
    _write(chunk, _, done) {
      try {
        for (let at = 0; at < chunk.length; ) {
          const n = on("write", "write", this.fd, chunk.subarray(at), this.start === undefined ? null : this.start + this.bytesWritten);
          at += n;
          this.bytesWritten += n;
        }
        done();
      } catch (error) {
        done(error);
      }
    }
    _destroy(error, done) {
      closeAfter(this, error, done);
    }
    close(done) {
      if (done) this.once("close", done);
      this.end();
    }
  }

  function openFor(stream, done) {
    try {
      if (stream.fd === null) {
        stream.fd = OPERATIONS.open(stream.path, stream.flags, stream.mode);
        stream.emit("open", stream.fd);
        stream.emit("ready");
      }
      done();
    } catch (error) {
      done(error);
    }
  }

  function closeAfter(stream, error, done) {
    if (stream.fd !== null && stream.fd > 2) ask("close", stream.fd);
    stream.fd = null;
    done(error);
  }

  return { FileHandle, ReadStream, WriteStream };
}
