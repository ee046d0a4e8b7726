// node's url: the standard's URL, node's old parse, and paths of files.
"use strict";
({ host, node, packaged }) => {
  const { URL, URLSearchParams } = packaged("whatwg-url");
  const old = packaged("url");
  const inspected = Symbol.for("nodejs.util.inspect.custom");
  const windows = host.system.platform === "win32";
  const failed = (code, text) => Object.assign(new TypeError(text), { code });

  URL.prototype[inspected] ??= function (depth, options, inspect) {
    const names = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams", "hash"];
    return `URL ${inspect(Object.fromEntries(names.map((name) => [name, this[name]])), options)}`;
  };
  URLSearchParams.prototype[inspected] ??= function (depth, options, inspect) {
    const pairs = Array.from(this, ([key, value]) => `${inspect(key)} => ${inspect(value)}`);
    return pairs.length ? `URLSearchParams { ${pairs.join(", ")} }` : "URLSearchParams {}";
  };
  Object.defineProperty(URLSearchParams.prototype, "size", { configurable: true, enumerable: true, get() { return [...this].length; } });
  URL.createObjectURL = () => {
    throw new Error('node\'s URL.createObjectURL is not available in polyhy\'s own JavaScript runtime; import the package :in "node"');
  };

  function fileURLToPath(url) {
    const { protocol, host: name, pathname } = typeof url === "string" ? new URL(url) : (url ?? {});
    if (protocol === undefined) throw failed("ERR_INVALID_ARG_TYPE", 'The "path" argument must be of type string or an instance of URL.');
    if (protocol !== "file:") throw failed("ERR_INVALID_URL_SCHEME", "The URL must be of scheme file");
    if (name && !windows) throw failed("ERR_INVALID_FILE_URL_HOST", `File URL host must be "localhost" or empty on ${host.system.platform}`);
    if (/%2f/i.test(pathname)) throw failed("ERR_INVALID_FILE_URL_PATH", "File URL path must not include encoded / characters");
    const path = decodeURIComponent(pathname);
    return windows ? path.slice(1).replace(/\//g, "\\") : path;
  }

  function pathToFileURL(path) {
    const whole = node("path").resolve(path) + (/[\\/]$/.test(path) && path !== "/" ? "/" : "");
    const escaped = whole.replace(/%/g, "%25").replace(/\\/g, windows ? "/" : "%5C").replace(/\n/g, "%0A").replace(/\r/g, "%0D").replace(/\t/g, "%09").replace(/\?/g, "%3F").replace(/#/g, "%23");
    return new URL(`file://${windows ? "/" : ""}${escaped}`);
  }

  function urlToHttpOptions(url) {
    const { protocol, hostname, hash, search, pathname, href, port, username, password } = url;
    const bare = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
    const out = { protocol, hostname: bare, hash, search, pathname, path: `${pathname}${search}`, href };
    if (port !== "") out.port = Number(port);
    if (username || password) out.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return out;
  }

  return {
    ...old,
    ...{ URL, URLSearchParams, fileURLToPath, pathToFileURL, urlToHttpOptions },
    fileURLToPathBuffer: (url) => Buffer.from(fileURLToPath(url)),
    format: (url, options) => (url instanceof URL ? formatted(url, options) : old.format(url)),
    domainToASCII: (domain) => (URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : ""),
    domainToUnicode: (domain) => packaged("punycode").toUnicode(domain),
  };

  function formatted(url, { auth = true, fragment = true, search = true, unicode = false } = {}) {
    const copy = new URL(url.href);
    if (!auth) copy.username = copy.password = "";
    if (!fragment) copy.hash = "";
    if (!search) copy.search = "";
    return unicode ? copy.href.replace(copy.hostname, packaged("punycode").toUnicode(copy.hostname)) : copy.href;
  }
}
