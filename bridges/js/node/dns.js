// node's dns, as far as the system answers: the addresses of a host.
"use strict";
({ host, node, partly, parts }) => {
  const { isIP } = node("net_names");
  let order = "verbatim";

  /** Ask for the first address of a host, or for all of them. */
  function lookup(name, options, done = options) {
    if (typeof done !== "function") throw Object.assign(new TypeError('The "callback" argument must be of type function.'), { code: "ERR_INVALID_ARG_TYPE" });
    const { family: kind = 0, all = false } = typeof options === "number" ? { family: options } : typeof options === "object" ? (options ?? {}) : {};
    const family = { IPv4: 4, IPv6: 6 }[kind] ?? kind;
    const answer = (code, found) => {
      if (code) return done(Object.assign(new Error(`getaddrinfo ${code} ${name}`), { errno: found, code, syscall: "getaddrinfo", hostname: name }));
      const pairs = found.map(([address, family]) => ({ address, family }));
      if (order !== "verbatim") pairs.sort((a, b) => (order === "ipv4first" ? a.family - b.family : b.family - a.family));
      if (all) done(null, pairs);
      else done(null, pairs[0].address, pairs[0].family);
    };
    const known = isIP(name ?? "");
    if (known) globalThis.process.nextTick(() => answer(null, [[name, known]]));
    else host.sockets.lookup(String(name ?? "localhost"), family, parts.bound?.(answer) ?? answer);
  }

  const promised = (name, options) =>
    new Promise((resolve, reject) => lookup(name, options ?? {}, (error, address, family) => (error ? reject(error) : resolve(options?.all ? address : { address, family }))));

  const ordered = { getDefaultResultOrder: () => order, setDefaultResultOrder: (x) => void (order = x) };
  return partly("dns", { lookup, ...ordered, promises: partly("dns", { lookup: promised, ...ordered }) });
}
