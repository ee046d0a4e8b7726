// Items of lists, dicts, sets and texts, as Python finds, sets and unpacks them.

function $get(xs, key) {
  if (Array.isArray(xs) && typeof key === "number" && key >= 0 && key < xs.length) return xs[key];
  return $get_others(xs, key);
}

function $get_others(xs, key) {
  if (Array.isArray(xs) || typeof xs === "string") {
    if (typeof key !== "number") throw new $TypeError(`${$type_name(xs)} indices must be integers`);
    const x = xs[key < 0 ? key + xs.length : key];
    if (x === undefined && !(key < xs.length && key >= -xs.length)) {
      throw new $IndexError(`${typeof xs === "string" ? "string" : "list"} index out of range`);
    }
    return x;
  }
  if (xs instanceof Map) {
    if (xs.has(key)) return xs.get(key);
    if (typeof key === "object") for (const [k, x] of xs) if ($eq(k, key)) return x;
    throw new $KeyError(key);
  }
  if (typeof xs?.__getitem__ === "function") return xs.__getitem__(key);
  if (ArrayBuffer.isView(xs) && key < 0) return xs[key + xs.length];
  if (xs === null || xs === undefined) throw new $TypeError("'NoneType' object is not subscriptable");
  if ($is_plain(xs) && !Object.hasOwn(xs, key)) throw new $KeyError(key);
  return xs[key];
}

// An item of what is known to be a list, by what is known to be a number.
function $at(xs, i) {
  const x = xs[i];
  return x === undefined ? $get(xs, i) : x;
}

function $set_at(xs, i, value) {
  if (i >= 0 && i < xs.length) xs[i] = value;
  else $set_item(xs, i, value);
}

function $set_item(xs, key, value) {
  if (Array.isArray(xs)) {
    const i = key < 0 ? key + xs.length : key;
    if (!(i >= 0 && i < xs.length)) throw new $IndexError("list assignment index out of range");
    xs[i] = value;
  } else if (xs instanceof Map) xs.set($key_in(xs, key), value);
  else if (typeof xs?.__setitem__ === "function") xs.__setitem__(key, value);
  else if ($is_plain(xs) && typeof key !== "string") {
    throw new $TypeError(`the keys of {} are texts, not ${$repr(key)}: begin with (dict) for other keys`);
  } else xs[key] = value;
}

function $key_in(map, key) {
  if (typeof key !== "object" || map.has(key)) return key;
  for (const k of map.keys()) if ($eq(k, key)) return k;
  return key;
}

function $del_item(xs, key) {
  if (typeof xs?.__delitem__ === "function") return xs.__delitem__(key);
  $get(xs, key);
  if (Array.isArray(xs)) xs.splice(key, 1);
  else if (xs instanceof Map) xs.delete($key_in(xs, key));
  else delete xs[key];
}

function $del_member(x, name) {
  delete x[name];
}

function $cut(xs, start, stop, step) {
  step ??= 1;
  const clamp = (i, least, most) => Math.min(Math.max(i < 0 ? i + xs.length : i, least), most);
  if (step === 0) throw new $ValueError("slice step cannot be zero");
  if (step === 1) {
    return xs.slice(clamp(start ?? 0, 0, xs.length), Math.max(clamp(stop ?? xs.length, 0, xs.length), 0));
  }
  const back = step < 0, last = xs.length - 1, made = [];
  const first = clamp(start ?? (back ? last : 0), back ? -1 : 0, back ? last : xs.length);
  const end = stop === null || stop === undefined ? (back ? -1 : xs.length) : clamp(stop, back ? -1 : 0, xs.length);
  for (let i = first; back ? i > end : i < end; i += step) made.push(xs[i]);
  return typeof xs === "string" ? made.join("") : made;
}

// Replace the items of a list from `start` to `stop`.
function $set_cut(xs, items, start, stop) {
  if (!Array.isArray(xs)) throw new $TypeError(`'${$type_name(xs)}' object does not support slice assignment`);
  const place = (i) => Math.min(Math.max(i < 0 ? i + xs.length : i, 0), xs.length);
  const first = place(start ?? 0), last = place(stop ?? xs.length);
  xs.splice(first, Math.max(last - first, 0), ...$iter(items));
}

function $contains(xs, x) {
  if (typeof xs === "string") return xs.includes(x);
  if (xs instanceof Map || xs instanceof Set) {
    return xs.has(x) || (typeof x === "object" && x !== null && [...xs.keys()].some((y) => $eq(x, y)));
  }
  if (typeof xs?.__contains__ === "function") return xs.__contains__(x);
  if ($is_plain(xs)) return Object.hasOwn(xs, x);
  for (const y of $iter(xs)) if ($eq(x, y)) return true;
  return false;
}

function $iter(xs) {
  if (Array.isArray(xs) || typeof xs === "string") return xs;
  if (xs instanceof Map) return xs.keys();
  if (typeof xs?.__iter__ === "function") return xs.__iter__();
  if (typeof xs?.[Symbol.iterator] === "function") return xs;
  if ($is_plain(xs) && !("next" in xs)) return Object.keys(xs);
  if (typeof xs?.next === "function") return { [Symbol.iterator]: () => xs };
  throw new $TypeError(`'${$type_name(xs)}' object is not iterable`);
}

function $iterator(xs) {
  return $iter(xs)[Symbol.iterator]();
}

function $push(xs, x) {
  xs.push(x);
}

function $unpack(xs, wanted) {
  const items = Array.isArray(xs) ? xs : [...$iter(xs)];
  if (items.length > wanted) throw new $ValueError(`too many values to unpack (expected ${wanted})`);
  if (items.length < wanted) {
    throw new $ValueError(`not enough values to unpack (expected ${wanted}, got ${items.length})`);
  }
  return items;
}

function $unpack_rest(xs, before, after) {
  const items = [...$iter(xs)], most = items.length - after;
  if (most < before) {
    throw new $ValueError(`not enough values to unpack (expected at least ${before + after}, got ${items.length})`);
  }
  return [...items.slice(0, before), items.slice(before, most), ...items.slice(most)];
}

function $dict(pairs, options) {
  if (pairs instanceof $Named) [pairs, options] = [[], pairs];
  const found = pairs === undefined ? undefined : ($pairs(pairs) ?? [...$iter(pairs)].map((p) => [...$iter(p)]));
  const textual = found && found.every(([key]) => typeof key === "string");
  const made = textual || options ? Object.fromEntries(found) : $mapping(found ?? []);
  return Object.assign(made, options);
}

function $map_of(...pairs) {
  return $mapping(pairs);
}

function $merged(...dicts) {
  const pairs = dicts.flatMap((each) => $pairs(each) ?? Object.entries(each));
  return pairs.every(([key]) => typeof key === "string") ? Object.fromEntries(pairs) : $mapping(pairs);
}

function $set(xs = []) {
  const made = new Set();
  for (const x of $iter(xs)) if (typeof x !== "object" || !$contains(made, x)) made.add(x);
  return made;
}
