// The guest's half inside a Node process: what guest.js needs of a home, over four pipes.
//
// A question comes by the idle pipe, or by the nested one while a call of ours waits for its answer.
// What we say goes to `channel`: the pipe of answers while a question is served, that of calls else.
"use strict";
const fs = require("fs");
const net = require("net");
const vm = require("vm");
const { Worker } = require("worker_threads");

const [, , codec, ...pipes] = process.argv;
const [IDLE, NESTED, ANSWERS, CALLS, LIFE] = pipes.map(Number);
const ANSWER = 1;
const [DONE, CALL, WRITE] = [0, 1, 2];
const { Encoder, Decoder } = require(codec);
const sources = require("./node_sources.js")(codec.replace(/@msgpack.msgpack$/, ""));
const encoder = new Encoder();
const decoder = new Decoder();
let channel = CALLS;

// --- messages

function send(pipe, message) {
  const body = encoder.encodeSharedRef(message);
  const data = Buffer.allocUnsafe(body.length + 4);
  data.writeUInt32LE(body.length, 0);
  data.set(body, 4);
  for (let at = 0; at < data.length; ) at += fs.writeSync(pipe, data, at);
}

class Messages {
  #rest = Buffer.alloc(0);
  add(piece) {
    this.#rest = this.#rest.length ? Buffer.concat([this.#rest, piece]) : piece;
  }
  next() {
    const rest = this.#rest;
    const end = rest.length < 4 ? Infinity : rest.readUInt32LE(0) + 4;
    if (rest.length < end) return undefined;
    this.#rest = rest.subarray(end);
    return decoder.decode(rest.subarray(4, end));
  }
}

const between = new Messages();
const piece = Buffer.allocUnsafe(1 << 16);

function nextNested() {
  for (;;) {
    const message = between.next();
    if (message) return message;
    const length = fs.readSync(NESTED, piece);
    if (!length) process.exit(0);
    between.add(Buffer.from(piece.subarray(0, length)));
  }
}

function serve([, ...question], way) {
  const before = channel;
  channel = way;
  let answer;
  try {
    answer = answerTo(...question);
  } finally {
    channel = before;
  }
  send(way, [DONE, answer]);
}

/** Ask Python, and serve what it asks in between. */
function call(...message) {
  send(channel, [CALL, ...message]);
  for (;;) {
    const message = nextNested();
    if (message[0] === ANSWER) return message[1];
    serve(message, channel);
  }
}

// --- the home of guest.js: what goes to Python is a list of its kind and itself, numbers as they are

const wire = {
  receiveBytes(piece, at, into) {
    into.set(piece, at);
    return piece.length;
  },
  drop() {},
  fetch: (others) => others.nothing(),
  sendBytes: (what, bytes) => [what, bytes],
  sendInteger: (x) => x,
  sendIntegers: () => undefined,
  sendText: (what, text) => [what, text],
  sendNumber: (what, x) => [what, Object.is(x, -0) ? "-0" : String(x)],
  sendReference: (what, number) => [what, number],
  sendShort: () => undefined,
  sendTrue: () => true,
};

/** Nothing is nil on the pipe. */
const outward = (x) => (x === undefined ? null : typeof x === "bigint" ? [BIG, String(x)] : x);
const inward = (x) => (x === null ? undefined : x);
const BIG = 0;

const toPython = (number, ...args) => inward(call("function", Number(number), args.map(outward)));

const reach = (number, operation, ...args) => inward(call("object", Number(number), [Number(operation), ...args.map(outward)]));

const compiled = (name, text) => vm.runInThisContext(text, { filename: `polyhy/${name}` });

let part;

const ANSWERS_TO = {
  boot(scripts, extensions) {
    const [guest, ...rest] = scripts.map(([name, text]) => compiled(name, text));
    part = guest(wire, toPython, reach, ...rest);
    for (const [name, text] of extensions) part(name, compiled(name, text));
    part("watch")(Object.assign(rejections, { before: () => "" }));
    part("node", inNode);
  },
  part: (name, args) => outward(part(name)(...args.map(inward))),
};

const answerTo = (name, ...rest) => ANSWERS_TO[name](...rest);

/** Run a text as if it stood in a file: errors name it, and import() looks from there. */
const inFile = (text, filename, line = 1) =>
  vm.runInThisContext(text, { filename, lineOffset: line - 1, importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER });

const unheard = new Map();
process.on("unhandledRejection", (reason, promise) => unheard.set(promise, reason));
process.on("rejectionHandled", (promise) => unheard.delete(promise));

function* rejections() {
  for (const [promise, reason] of unheard) {
    unheard.delete(promise);
    yield reason;
  }
}

/** The parts that only Node has. */
function inNode({ guarded, reference }) {
  const { createRequire } = require("module");
  const defaultOf = (m) => (m && (m.__esModule || m[Symbol.toStringTag] === "Module") && "default" in m ? m.default : m);
  return {
    run: guarded(inFile),
    require: guarded((folder, module) => createRequire(`${folder}/polyhy.js`)(module), reference),
    search: guarded((folders) => sources.search(folders)),
    import: guarded((folder, module) => inFile("(name) => import(name)", `${folder}/polyhy.js`)(module), reference),
    default: guarded((module) => defaultOf(module)),
    over: guarded((then) => {
      socket.unref();
      process.once("beforeExit", () => {
        socket.ref();
        then();
      });
    }),
  };
}

// --- a life

function printing(stream, number) {
  stream.write = (text, encoding, then) => {
    const whole = typeof text === "string" ? text : Buffer.from(text).toString();
    send(channel, [WRITE, number, whole]);
    const done = typeof encoding === "function" ? encoding : then;
    if (done) process.nextTick(done);
    return true;
  };
}

printing(process.stdout, 1);
printing(process.stderr, 2);

// Should this thread loop without end when Python dies, the other one ends the process.
const watchman = `
  const { Socket } = require("net");
  new Socket({ fd: ${LIFE}, readable: true, writable: false }).resume().on("close", () => process.kill(process.pid, "SIGKILL"));
`;
setImmediate(() => new Worker(watchman, { eval: true, stdout: false }).unref());

const questions = new Messages();
const socket = new net.Socket({ fd: IDLE, readable: true, writable: false });
socket.on("data", (data) => {
  questions.add(data);
  for (let question; (question = questions.next()); ) serve(question, ANSWERS);
});
socket.on("close", () => process.exit(0));
