// node's net: sockets and servers over Python's.
"use strict";
({ node, partly }) => {
  const { normalized } = node("net_words");
  const Socket = node("net_socket");
  const Server = node("net_server");

  /** A class that is called without `new`, too, as those of old are. */
  const callable = (type) => new Proxy(type, { apply: (target, _, args) => new target(...args) });
  const connect = (...args) => {
    const [options] = normalized(args);
    const socket = new Socket(options);
    if (options.timeout) socket.setTimeout(options.timeout);
    return socket.connect(...args);
  };

  return partly("net", {
    ...node("net_names"),
    ...{ Socket: callable(Socket), Stream: callable(Socket), Server: callable(Server), connect, createConnection: connect },
    createServer: (...args) => new Server(...args),
    _normalizeArgs: normalized,
    ...{ getDefaultAutoSelectFamily: () => true, setDefaultAutoSelectFamily() {}, getDefaultAutoSelectFamilyAttemptTimeout: () => 250, setDefaultAutoSelectFamilyAttemptTimeout() {} },
  });
}
