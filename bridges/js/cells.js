// Cells of a prompt: what a cell declares at its top becomes a name of the session.
//
// The engine's own parser says where declarations stand. They turn into assignments, those of imports
// too, the last expression into a `return`, and the cell runs inside `with (names)`. No line of it moves.
(kit) => {
  "use strict";
  const { guarded, give, take, live, call, homes, parts } = kit;
  const { parse } = Reflect;
  delete Reflect.parse;
  const OPEN = "async () => {";

  // --- what a cell does at its top

  const isNode = (x) => typeof x === "object" && x !== null;
  const isFunction = ({ type }) => /^(Arrow)?Function|^Class/.test(type);
  const PATTERNS = {
    Identifier: (p) => [p.name],
    ObjectPattern: (p) => p.properties.flatMap((property) => namesOf(property.value ?? property.argument ?? property.expression)),
    ArrayPattern: (p) => p.elements.flatMap((element) => (element ? namesOf(element) : [])),
    AssignmentExpression: (p) => namesOf(p.left),
    AssignmentPattern: (p) => namesOf(p.left),
    SpreadExpression: (p) => namesOf(p.expression),
    RestElement: (p) => namesOf(p.argument),
  };
  const namesOf = (pattern) => PATTERNS[pattern.type]?.(pattern) ?? [];

  /** Visit a tree, but not the functions in it. */
  function walk(node, visit) {
    if (Array.isArray(node)) node.forEach((each) => walk(each, visit));
    else if (isNode(node) && !(typeof node.type === "string" && isFunction(node))) {
      visit(node);
      for (const key of Object.keys(node)) if (key !== "loc") walk(node[key], visit);
    }
  }

  function parsed(source) {
    const { body } = parse(`${OPEN}${source}\n}`, { loc: true });
    if (body.length !== 1 || body[0].expression?.type !== "ArrowFunctionExpression") parse("}");
    return body[0].expression.body.body;
  }

  const isObject = (source) => {
    try {
      return /^\s*\{/.test(source) && Boolean(parse(`(${source}\n)`));
    } catch {
      return false;
    }
  };

  // --- edits: [offset, characters to leave out, text to put there]

  function offsets(source, before = OPEN) {
    const starts = [-before.length - 1];
    for (let i = 0; i < source.length; i++) if (source[i] === "\n") starts.push(i);
    return ({ line, column }) => starts[line - 1] + column;
  }

  const EDITS = {
    VariableDeclaration: (node, at) => [
      [at(node.loc.start), node.kind.length, ";0,"],
      ...node.declarations.filter((d) => !d.init).map((d) => [at(d.id.loc.end), 0, "=undefined"]),
    ],
    ClassStatement: (node, at) => [[at(node.loc.start), 0, `;${node.id.name}=`], [at(node.loc.end), 0, ";"]],
    ClassDeclaration: (node, at) => EDITS.ClassStatement(node, at),
  };

  function returned(node, at, source) {
    let start = at(node.loc.start);
    while (/\(\s*$/.test(source.slice(0, start))) start = source.lastIndexOf("(", start - 1); // it starts within them
    return [start, 0, ";return "];
  }

  function rewritten(source, body) {
    const at = offsets(source);
    const edits = body.flatMap((node) => EDITS[node.type]?.(node, at) ?? []);
    const last = body.at(-1);
    if (last?.type === "ExpressionStatement") edits.push(returned(last, at, source));
    return edited(source, edits);
  }

  function edited(source, edits) {
    let out = source;
    for (const [start, length, text] of edits.sort(([a], [b]) => b - a)) {
      out = out.slice(0, start) + text + out.slice(start + length);
    }
    return out;
  }

  // --- imports

  /** Import declarations as others, of what `__import` gives. */
  function withoutImports(source) {
    let body;
    try {
      ({ body } = parse(source, { target: "module", loc: true }));
    } catch {
      return source; // whoever parses it next says what is wrong
    }
    const at = offsets(source, "");
    const edit = (node) => {
      const [start, end] = [at(node.loc.start), at(node.loc.end)];
      return [start, end - start, `${declared(node)};` + source.slice(start, end).replace(/[^\n]/g, "")];
    };
    return edited(source, body.filter(({ type }) => type === "ImportDeclaration").map(edit));
  }

  function declared({ moduleRequest, specifiers }) {
    const module = JSON.stringify(moduleRequest.source.value);
    const whole = specifiers.find(({ type }) => type === "ImportNamespaceSpecifier");
    const members = specifiers.filter((each) => each !== whole).map(({ id, name }) => [JSON.stringify(id.name ?? id.value), name.name]);
    const imported = `__import(${module},[${members.map(([member]) => member)}])`;
    const pattern = `{${members.map((pair) => pair.join(":"))}}`;
    if (whole) return `const ${whole.name.name}=${imported}` + (members.length ? `,${pattern}=${whole.name.name}` : "");
    return members.length ? `const ${pattern}=${imported}` : imported;
  }

  function __import(module, members) {
    const found = parts.namespaceOf(parts.requireHere()(module));
    const missing = members.find((member) => !(member in found));
    if (missing !== undefined) throw new SyntaxError(`The requested module '${module}' does not provide an export named '${missing}'`);
    return found;
  }

  /** The cell as a function of its names, those it sets, and if it awaits at its top. */
  function compiled(source, padding, file) {
    if (isObject(source)) source = `(${source}\n)`;
    if (/\bimport\b/.test(source)) source = withoutImports(source);
    const body = parsed(source);
    const set = new Set();
    let waits = false;
    for (const node of body) {
      if (node.type === "VariableDeclaration") node.declarations.forEach((d) => namesOf(d.id).forEach((name) => set.add(name)));
      if (/^Class/.test(node.type)) set.add(node.id.name);
    }
    walk(body, (node) => {
      if (node.operator === "await") waits = true;
      if (node.type === "AssignmentExpression") namesOf(node.left).forEach((name) => set.add(name));
    });
    waits ||= /\bfor\s+await\b/.test(source); // the tree does not tell it from a plain loop
    const functions = body.filter(({ type }) => /^Function/.test(type)).map(({ id }) => id.name);
    const hoisted = functions.map((name) => `__names.${name}=${name};`).join("");
    const text = `(__names) => { with (__names) return ${waits ? "async " : ""}() => {${hoisted}${rewritten(source, body)}\n} }`;
    return [(0, eval)(`${padding}(${text})\n//# sourceURL=${file}`), set, waits];
  }

  /** What a cell has besides the session's names. */
  const given = {
    __import: () => __import,
    require: () => parts.requireHere(),
  };

  /** The session's names as a scope: `host` looks them up and sets them, as copies of data. */
  function scope(host, set) {
    const assign = homes.get(host.assign);
    return new Proxy(Object.create(null), {
      has: (_, key) => typeof key === "string" && key !== "__names" && (Object.hasOwn(given, key) || set.has(key) || host.has(key)),
      get: (_, key) => {
        if (key === Symbol.unscopables) return undefined;
        if (host.has(key)) return host.look(key);
        if (Object.hasOwn(given, key)) return given[key]();
        throw new ReferenceError(`${key} is not defined`);
      },
      set: (_, key, value) => (take(call(assign, live(key), give(value))), true),
      defineProperty: (_, key, { value }) => (take(call(assign, live(key), give(value))), true),
    });
  }

  function run(source, padding, file, host) {
    const [cell, set, waits] = compiled(source, padding, file);
    const value = cell(scope(host, set))();
    return [waits, value];
  }

  let result;
  return {
    cell: guarded((...args) => {
      let waits;
      [waits, result] = run(...args);
      return waits;
    }),
    cellValue: guarded(() => {
      const value = result;
      result = undefined;
      return value;
    }),
  };
}
