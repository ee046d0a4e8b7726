// node's readline over a stream: lines as events, as an iterator, and answers to questions.
"use strict";
({ node }) => {
  const EventEmitter = node("events");
  const { StringDecoder } = node("string_decoder");

  class Interface extends EventEmitter {
    #rest = "";
    #decoder = new StringDecoder("utf8");
    #asked = [];
    closed = false;
    constructor(input, output) {
      super();
      const options = input?.input || input?.output ? input : { input, output };
      Object.assign(this, { input: options.input, output: options.output, line: "", terminal: false, prompted: options.prompt ?? "> " });
      this.input?.on("data", (chunk) => this.#take(typeof chunk === "string" ? chunk : this.#decoder.write(chunk)));
      this.input?.on("end", () => this.#end());
      this.input?.on("error", (error) => this.emit("error", error));
    }
    #take(text) {
      const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
      this.#rest = lines.pop();
      for (const line of lines) this.#give(line);
    }
    #give(line) {
      const asked = this.#asked.shift();
      if (asked) asked(line);
      else this.emit("line", line);
    }
    #end() {
      if (this.#rest) this.#give(this.#rest.replace(/\r$/, ""));
      this.#rest = "";
      this.close();
    }
    question(text, options, done = options) {
      this.output?.write(text);
      this.#asked.push(done);
    }
    setPrompt(text) {
      this.prompted = text;
    }
    getPrompt() {
      return this.prompted;
    }
    prompt() {
      this.output?.write(this.prompted);
    }
    write(text) {
      this.#take(String(text));
    }
    pause() {
      this.input?.pause?.();
      this.emit("pause");
      return this;
    }
    resume() {
      this.input?.resume?.();
      this.emit("resume");
      return this;
    }
    close() {
      if (this.closed) return;
      this.closed = true;
      this.input?.pause?.();
      this.emit("close");
    }
    async *[Symbol.asyncIterator]() {
      for await (const [line] of EventEmitter.on(this, "line", { close: ["close"] })) yield line;
    }
  }

  const createInterface = (...args) => new Interface(...args);
  const codes = (code) => (stream, ...rest) => (stream.write?.(`\u001b[${code}`), rest.findLast((x) => typeof x === "function")?.(), true);

  class Answering extends Interface {
    question(text) {
      return new Promise((done) => super.question(text, done));
    }
  }

  return {
    ...{ Interface, createInterface },
    ...{ clearLine: codes("2K"), clearScreenDown: codes("0J"), cursorTo: (stream, x, y) => stream.write?.(y === undefined ? `\u001b[${x + 1}G` : `\u001b[${y + 1};${x + 1}H`), moveCursor: () => true, emitKeypressEvents() {} },
    promises: { Interface: Answering, createInterface: (...args) => new Answering(...args) },
  };
}
