// What node's net makes of arguments and of the system's errors.
"use strict";
() => {
  const TEXTS = {
    EACCES: "permission denied",
    EADDRINUSE: "address already in use",
    EADDRNOTAVAIL: "address not available",
  };

  const mistake = (type, code, text) => Object.assign(new type(text), { code });

  /** The error of [code, number, call], as node has it: `connect ECONNREFUSED 127.0.0.1:80`. */
  function failure([code, errno, syscall], address, port, explained = false) {
    const place = address === undefined ? "" : port === undefined ? ` ${address}` : ` ${address}:${port}`;
    const text = explained ? `${syscall} ${code}: ${TEXTS[code] ?? code}${place}` : `${syscall} ${code}${place}`;
    return Object.assign(new Error(text), { errno, code, syscall, ...(address !== undefined && { address }), ...(port !== undefined && { port }) });
  }

  const isPort = (x) => typeof x === "number" || (typeof x === "string" && x.trim() !== "" && Number.isInteger(Number(x)));

  /** [options, callback] of what connect and listen take: options, a path, or a port and a host. */
  function normalized(args) {
    const [first, second] = args;
    const done = args.findLast((x) => typeof x === "function") ?? null;
    if (first !== null && typeof first === "object") return [first, done];
    if (typeof first === "string" && !isPort(first)) return [{ path: first }, done];
    return [{ ...(first !== undefined && typeof first !== "function" && { port: first }), ...(typeof second === "string" && { host: second }) }, done];
  }

  function portOf(port) {
    if (port === undefined) throw mistake(TypeError, "ERR_MISSING_ARGS", 'The "options" or "port" or "path" argument must be specified');
    const number = isPort(port) ? Number(port) : NaN;
    if (number >= 0 && number < 65536) return number;
    throw mistake(RangeError, "ERR_SOCKET_BAD_PORT", `options.port should be >= 0 and < 65536. Received type ${typeof port} (${port}).`);
  }

  return { failure, mistake, normalized, portOf };
}
