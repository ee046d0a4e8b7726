// console, on Python's standard streams; formatted as node does, or by our own preview without packages.
"use strict";
({ host, node, optional, preview }) => {
  const counts = new Map();
  const times = new Map();
  const STREAMS = { log: 1, info: 1, debug: 1, warn: 2, error: 2 };

  const inspector = () => optional("node-inspect-extracted") && node("util");
  const bare = (...xs) => xs.map((x) => (typeof x === "string" ? x : preview(x))).join(" ");
  const format = (...xs) => (inspector()?.format ?? bare)(...xs);

  const make = (write) => {
    let indent = "";
    const print = (stream, text) => write(stream, `${indent}${indent ? text.replace(/\n/g, `\n${indent}`) : text}\n`);
    const out = {};
    for (const [name, stream] of Object.entries(STREAMS)) out[name] = (...xs) => print(stream, format(...xs));
    const passed = (label) => `${label}: ${(host.now() - times.get(label)).toFixed(3)}ms`;
    return Object.assign(out, {
      trace: (...xs) => print(2, `Trace: ${format(...xs)}\n${new Error().stack}`),
      dir: (x, options) => print(1, inspector()?.inspect(x, { customInspect: false, ...options }) ?? preview(x)),
      dirxml: (...xs) => out.log(...xs),
      assert(ok, ...xs) {
        if (!ok) out.error(...(xs.length ? [typeof xs[0] === "string" ? `Assertion failed: ${xs.shift()}` : "Assertion failed", ...xs] : ["Assertion failed"]));
      },
      count(label = "default") {
        counts.set(label, (counts.get(label) ?? 0) + 1);
        out.log(`${label}: ${counts.get(label)}`);
      },
      countReset: (label = "default") => void counts.delete(label),
      group(...xs) {
        if (xs.length) out.log(...xs);
        indent += "  ";
      },
      groupEnd() {
        indent = indent.slice(2);
      },
      time: (label = "default") => void times.set(label, host.now()),
      timeLog: (label = "default", ...xs) => times.has(label) && out.log(passed(label), ...xs),
      timeEnd(label = "default") {
        if (times.has(label)) out.log(passed(label));
        times.delete(label);
      },
      table: (rows, columns) => out.log(table(rows, columns)),
    });
  };

  function table(rows, columns) {
    if (typeof rows !== "object" || rows === null) return rows;
    const show = (x) => inspector()?.inspect(x, { depth: 0, maxArrayLength: 3, breakLength: Infinity }) ?? preview(x);
    const entries = rows instanceof Map ? [...rows.entries()] : Object.entries(rows);
    const isRow = (x) => typeof x === "object" && x !== null;
    const names = columns ?? [...new Set(entries.flatMap(([, row]) => (isRow(row) ? Object.keys(row) : [])))];
    const values = entries.some(([, row]) => !isRow(row));
    const head = ["(index)", ...names, ...(values ? ["Values"] : [])];
    const lines = entries.map(([key, row]) => [String(key), ...names.map((name) => (isRow(row) && Object.hasOwn(row, name) ? show(row[name]) : "")), ...(values ? [isRow(row) ? "" : show(row)] : [])]);
    const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i].length)) + 2);
    const row = (line) => `│${line.map((cell, i) => ` ${cell}`.padEnd(widths[i])).join("│")}│`;
    const rule = (left, middle, right) => left + widths.map((width) => "─".repeat(width)).join(middle) + right;
    return [rule("┌", "┬", "┐"), row(head), rule("├", "┼", "┤"), ...lines.map(row), rule("└", "┴", "┘")].join("\n");
  }

  /** A console of one's own, on streams: node's console.Console. */
  class Console {
    constructor(stdout, stderr = stdout) {
      const streams = stdout?.stdout ? [stdout.stdout, stdout.stderr ?? stdout.stdout] : [stdout, stderr];
      Object.assign(this, make((stream, text) => streams[stream - 1].write(text)));
    }
  }

  return Object.assign(make((stream, text) => host.write(stream, text)), { Console, [Symbol.toStringTag]: "console" });
}
