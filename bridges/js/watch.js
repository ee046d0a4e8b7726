// Keeps why promises were rejected, and where functions stand, through the engine's debugger, which no script may reach.
// `isUnheard(number)` says of one if nobody has listened to it so far.
(isUnheard) => {
  const MANY = 64;
  const left = new Map(); // a promise's number → its reason
  const prune = () => {
    for (const number of left.keys()) if (!isUnheard(number)) left.delete(number);
  };
  const note = (number, reason) => {
    if (left.size >= MANY) prune();
    if (left.size < MANY && isUnheard(number)) left.set(number, reason);
  };
  Object.assign(debuggerGlobal, { note, realm: globalThis });
  const before = debuggerGlobal.eval(`(() => {
    const { note, realm } = globalThis;
    const watch = new Debugger();
    // A hook may call a script's function only as a debuggee's, and its errors end the process.
    const inside = watch.addDebuggee(realm);
    const noted = inside.makeDebuggeeValue(note);
    watch.onPromiseSettled = (promise) => {
      try {
        if (promise.promiseState === "rejected") noted.call(undefined, promise.promiseID, promise.promiseReason);
      } catch {}
    };
    for (const name of Object.getOwnPropertyNames(globalThis)) delete globalThis[name];
    // The text that stands before a function in its file: a comment, perhaps.
    return (f) => {
      const { script } = inside.makeDebuggeeValue(f);
      return script ? script.source.text.slice(0, script.sourceStart).slice(-4000) : "";
    };
  })()`);
  delete globalThis.debuggerGlobal;
  const reasons = () => {
    prune();
    const all = [...left.values()];
    left.clear();
    return all;
  };
  return Object.assign(reasons, { before });
}
