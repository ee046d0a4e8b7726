// Methods of Python's own types; of anything else, the object's own.

function $native(x, name, args) {
  if (typeof x?.[name] === "function") return x[name](...args);
  throw new $AttributeError(`'${$type_name(x)}' object has no attribute '${name}'`);
}

function $m_append(xs, x) {
  if (Array.isArray(xs)) xs.push(x);
  else return $native(xs, "append", [x]);
}

function $m_extend(xs, more) {
  if (!Array.isArray(xs)) return $native(xs, "extend", [more]);
  xs.push(...$iter(more));
}

function $m_insert(xs, i, x) {
  if (!Array.isArray(xs)) return $native(xs, "insert", [i, x]);
  xs.splice(i, 0, x);
}

function $m_pop(xs, ...args) {
  if (Array.isArray(xs)) {
    if (xs.length === 0) throw new $IndexError("pop from empty list");
    if (args.length === 0) return xs.pop();
    $get(xs, args[0]);
    return xs.splice(args[0], 1)[0];
  }
  if (xs instanceof Set) {
    for (const x of xs) return xs.delete(x), x;
    throw new $KeyError("pop from an empty set");
  }
  if (!$is_dict(xs)) return $native(xs, "pop", args);
  if (args.length > 1 && !$contains(xs, args[0])) return args[1];
  const x = $get(xs, args[0]);
  $del_item(xs, args[0]);
  return x;
}

function $m_remove(xs, ...args) {
  if (xs instanceof Set) {
    if (!xs.delete(args[0])) throw new $KeyError(args[0]);
  } else if (Array.isArray(xs)) xs.splice($m_index(xs, args[0]), 1);
  else return $native(xs, "remove", args);
}

function $m_index(xs, ...args) {
  if (typeof xs !== "string" && !Array.isArray(xs)) return $native(xs, "index", args);
  const i = typeof xs === "string" ? xs.indexOf(...args) : xs.findIndex((x) => $eq(x, args[0]));
  if (i < 0) throw new $ValueError(typeof xs === "string" ? "substring not found" : `${$repr(args[0])} is not in list`);
  return i;
}

function $m_count(xs, ...args) {
  if (typeof xs === "string") return xs.split(args[0]).length - 1;
  if (!Array.isArray(xs)) return $native(xs, "count", args);
  return xs.filter((x) => $eq(x, args[0])).length;
}

function $m_sort(xs, ...args) {
  if (!Array.isArray(xs) || typeof args[0] === "function") return $native(xs, "sort", args);
  xs.splice(0, xs.length, ...$sorted(xs, ...args));
}

function $m_reverse(xs, ...args) {
  $native(xs, "reverse", args);
}

function $m_copy(xs, ...args) {
  if (Array.isArray(xs)) return [...xs];
  if (xs instanceof Set) return new Set(xs);
  if (xs instanceof Map) return new Map(xs);
  return $is_plain(xs) && !("copy" in xs) ? { ...xs } : $native(xs, "copy", args);
}

function $m_clear(xs, ...args) {
  if (Array.isArray(xs)) xs.length = 0;
  else if ($is_plain(xs)) for (const key of Object.keys(xs)) delete xs[key];
  else return $native(xs, "clear", args);
}

function $m_get(xs, key, otherwise = null) {
  if (xs instanceof Map && typeof key !== "object") return xs.has(key) ? xs.get(key) : otherwise;
  if (!$is_dict(xs) || typeof xs.get === "function" && !(xs instanceof Map)) {
    return $native(xs, "get", otherwise === null ? [key] : [key, otherwise]);
  }
  return $contains(xs, key) ? $get(xs, key) : otherwise;
}

function $m_keys(xs, ...args) {
  return $pairs(xs)?.map(([key]) => key) ?? $native(xs, "keys", args);
}

function $m_values(xs, ...args) {
  return $pairs(xs)?.map(([, x]) => x) ?? $native(xs, "values", args);
}

function $m_items(xs, ...args) {
  return $pairs(xs) ?? $native(xs, "items", args);
}

function $m_update(xs, ...args) {
  if (xs instanceof Set) for (const x of $iter(args[0])) xs.add(x);
  else if (!$is_dict(xs)) return $native(xs, "update", args);
  else {
    const named = $named_in(args);
    for (const more of [...args, { ...named }]) {
      for (const [key, x] of $pairs(more) ?? $iter(more)) $set_item(xs, key, x);
    }
  }
}

function $m_setdefault(xs, key, otherwise = null) {
  if (!$contains(xs, key)) $set_item(xs, key, otherwise);
  return $get(xs, key);
}

function $m_add(xs, ...args) {
  if (!(xs instanceof Set)) return $native(xs, "add", args);
  if (!$contains(xs, args[0])) xs.add(args[0]);
}

function $m_discard(xs, x) {
  xs.delete(x);
}

function $m_union(xs, ...more) {
  return $set([...xs, ...more.flatMap((each) => [...$iter(each)])]);
}

function $m_intersection(xs, more) {
  return $set([...xs].filter((x) => $contains(more, x)));
}

function $m_difference(xs, more) {
  return $set([...xs].filter((x) => !$contains(more, x)));
}

function $m_issubset(xs, more) {
  return [...xs].every((x) => $contains(more, x));
}

function $m_upper(x, ...args) {
  return typeof x === "string" ? x.toUpperCase() : $native(x, "upper", args);
}

function $m_lower(x, ...args) {
  return typeof x === "string" ? x.toLowerCase() : $native(x, "lower", args);
}

function $m_title(x) {
  return x.toLowerCase().replace(/\p{L}+/gu, (word) => word[0].toUpperCase() + word.slice(1));
}

function $m_capitalize(x) {
  return x.slice(0, 1).toUpperCase() + x.slice(1).toLowerCase();
}

function $stripped(x, chars, left, right) {
  const drop = (c) => (chars === undefined || chars === null ? /\s/.test(c) : chars.includes(c));
  let [start, end] = [0, x.length];
  while (left && start < end && drop(x[start])) start++;
  while (right && start < end && drop(x[end - 1])) end--;
  return x.slice(start, end);
}

function $m_strip(x, chars) {
  return $stripped(x, chars, true, true);
}

function $m_lstrip(x, chars) {
  return $stripped(x, chars, true, false);
}

function $m_rstrip(x, chars) {
  return $stripped(x, chars, false, true);
}

function $m_split(x, mark = null, most = -1) {
  if (typeof x !== "string") return $native(x, "split", [mark, most]);
  if (mark instanceof RegExp) return x.split(mark);
  if (mark === null) {
    const words = x.trim().split(/\s+/).filter(Boolean);
    if (most < 0 || words.length <= most) return words;
    return [...words.slice(0, most), new RegExp(`^\\s*(?:\\S+\\s+){${most}}(.*)$`, "s").exec(x)[1].trimEnd()];
  }
  if (mark === "") throw new $ValueError("empty separator");
  const parts = x.split(mark);
  return most < 0 || parts.length <= most ? parts : [...parts.slice(0, most), parts.slice(most).join(mark)];
}

function $m_splitlines(x) {
  const lines = x.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function $m_join(x, xs) {
  if (typeof x !== "string") return $native(x, "join", [xs]);
  const items = [...$iter(xs)], wrong = items.findIndex((each) => typeof each !== "string");
  if (wrong < 0) return items.join(x);
  throw new $TypeError(`sequence item ${wrong}: expected str instance, ${$type_name(items[wrong])} found`);
}

function $m_replace(x, ...args) {
  if (typeof x !== "string" || typeof args[0] !== "string") return $native(x, "replace", args);
  if (args[2] === undefined) return x.replaceAll(args[0], () => args[1]);
  const parts = x.split(args[0]), most = Math.min(args[2], parts.length - 1);
  return parts.slice(0, most + 1).join(args[1]) + parts.slice(most + 1).map((each) => args[0] + each).join("");
}

function $m_startswith(x, start) {
  return Array.isArray(start) ? start.some((each) => x.startsWith(each)) : x.startsWith(start);
}

function $m_endswith(x, end) {
  return Array.isArray(end) ? end.some((each) => x.endsWith(each)) : x.endsWith(end);
}

function $m_find(x, ...args) {
  return typeof x === "string" ? x.indexOf(...args) : $native(x, "find", args);
}

function $m_rfind(x, part) {
  return x.lastIndexOf(part);
}

function $m_removeprefix(x, start) {
  return x.startsWith(start) ? x.slice(start.length) : x;
}

function $m_removesuffix(x, end) {
  return end && x.endsWith(end) ? x.slice(0, -end.length) : x;
}

function $m_partition(x, mark) {
  const i = x.indexOf(mark);
  return i < 0 ? [x, "", ""] : [x.slice(0, i), mark, x.slice(i + mark.length)];
}

function $m_isdigit(x) {
  return /^\d+$/.test(x);
}

function $m_isalpha(x) {
  return /^\p{L}+$/u.test(x);
}

function $m_isalnum(x) {
  return /^[\p{L}\d]+$/u.test(x);
}

function $m_isspace(x) {
  return /^\s+$/.test(x);
}

function $m_isupper(x) {
  return x === x.toUpperCase() && x !== x.toLowerCase();
}

function $m_islower(x) {
  return x === x.toLowerCase() && x !== x.toUpperCase();
}

function $m_zfill(x, width) {
  const sign = /^[+-]/.test(x) ? x[0] : "";
  return sign + x.slice(sign.length).padStart(width - sign.length, "0");
}

function $m_ljust(x, width, fill = " ") {
  return x.padEnd(width, fill);
}

function $m_rjust(x, width, fill = " ") {
  return x.padStart(width, fill);
}

function $m_center(x, width, fill = " ") {
  const missing = Math.max(0, width - x.length), left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + x + fill.repeat(missing - left);
}

function $m_format(x, ...args) {
  if (typeof x !== "string") return $native(x, "format", args);
  const named = $named_in(args);
  let next = 0;
  return x.replace(/\{\{|\}\}|\{(\w*)(?:!([rs]))?(?::([^{}]*))?\}/g, (all, name, how, spec) => {
    if (all === "{{" || all === "}}") return all[0];
    let value = name === "" ? args[next++] : /^\d+$/.test(name) ? args[Number(name)] : named[name];
    if (how === "r") value = $repr(value);
    return spec ? $format(value, spec) : $str(value);
  });
}
