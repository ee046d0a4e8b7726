// Watches promises through the engine's debugger, which no script may reach: `enter` is called at each
// new or settled one, and is true of one that was just rejected with nobody listening.
(enter) => {
  const left = new Map(); // promises that were rejected with nobody listening, and why
  const note = (promise, reason) => {
    if (left.size === 64 || !Object.isExtensible(promise)) return;
    left.set(promise, reason);
    // Whoever listens to it later, then or await, looks at its constructor first.
    const get = () => {
      left.delete(promise);
      delete promise.constructor;
      return Promise;
    };
    Object.defineProperty(promise, "constructor", { configurable: true, get });
  };
  Object.assign(debuggerGlobal, { enter, note, realm: globalThis });
  debuggerGlobal.eval(`(() => {
    const { enter, note, realm } = globalThis;
    const watch = new Debugger();
    // A hook may call a script's function only as a debuggee's, and its errors end the process.
    const noted = watch.addDebuggee(realm).makeDebuggeeValue(note);
    const hook = (f) => (promise) => { try { f(promise); } catch {} };
    watch.onNewPromise = hook(() => { enter(); });
    watch.onPromiseSettled = hook((p) => { if (enter()) noted.call(undefined, p, p.promiseReason); });
    for (const name of Object.getOwnPropertyNames(globalThis)) delete globalThis[name];
  })()`);
  return () => {
    const reasons = [...left.values()];
    left.clear();
    return reasons;
  };
}
