-- Python's built-in functions.

function L.len(xs)
  if type(xs) == "string" then return #xs end
  local special = L.special(xs, "__len__")
  if special then return special(xs) end
  if L.is_set(xs) or L.is_dict(xs) then
    local size = 0
    for _ in pairs(xs) do size = size + 1 end
    return size
  end
  if type(xs) == "number" or type(xs) == "nil" or type(xs) == "boolean" or type(xs) == "function" then
    L.raise(L.TypeError("object of type '" .. L.type_name(xs) .. "' has no len()"))
  end
  return #xs
end

function L.range(start, stop, step)
  if stop == nil then start, stop = 0, start end
  step = step or 1
  if step == 0 then L.raise(L.ValueError("range() arg 3 must not be zero")) end
  local made = {}
  for i = start, step > 0 and stop - 1 or stop + 1, step do made[#made + 1] = i end
  return made
end

-- The last number that a loop with such a step may reach.
function L.last_of(stop, step)
  if step == 0 then L.raise(L.ValueError("range() arg 3 must not be zero")) end
  return step > 0 and stop - 1 or stop + 1
end

function L.tuple(xs)
  return L.list(xs)
end

function L.frozenset(xs)
  return L.set(xs)
end

function L.print(...)
  local args, count = { ... }, select("#", ...)
  local named, last = {}, args[count]
  if type(last) == "table" and rawget(last, "__options") then
    named, count = last.__options, count - 1
  end
  local texts = {}
  for i = 1, count do texts[i] = L.str(args[i]) end
  local text = table.concat(texts, named.sep or " ")
  if named["end"] then io.write(text, named["end"]) else print(text) end
end

function L.int(x, base)
  if type(x) == "number" then return x < 0 and math.ceil(x) or math.floor(x) end
  if type(x) == "boolean" then return x and 1 or 0 end
  if x == nil then return 0 end
  if L.special(x, "__int__") then return x:__int__() end
  local digits = type(x) == "string" and x:match("^%s*(.-)%s*$"):gsub("_", "")
  local made = digits and digits:find("^[+-]?%w+$") and tonumber((digits:gsub("^%+", "")), base or 10)
  if not made or made % 1 ~= 0 then
    L.raise(L.ValueError(("invalid literal for int() with base %d: %s"):format(base or 10, L.repr(x))))
  end
  return made
end

function L.float(x)
  if type(x) == "boolean" then return x and 1 or 0 end
  local text = type(x) == "string" and x:match("^%s*(.-)%s*$"):lower()
  if text == "inf" then return math.huge end
  if text == "-inf" then return -math.huge end
  local made = tonumber(x)
  if not made then L.raise(L.ValueError("could not convert string to float: " .. L.repr(x))) end
  return made
end

function L.bool(x)
  return L.truthy(x)
end

function L.abs(x)
  local special = L.special(x, "__abs__")
  return special and special(x) or math.abs(x)
end

function L.round(x, digits)
  if digits and digits > 0 then return tonumber(("%." .. digits .. "f"):format(x)) end
  local scale = 10 ^ (digits or 0)
  local floor = math.floor(x * scale)
  if x * scale - floor ~= 0.5 then return math.floor(x * scale + 0.5) / scale end
  return (floor % 2 == 0 and floor or floor + 1) / scale
end

function L.divmod(a, b)
  return { L.floordiv(a, b), L.mod(a, b) }
end

function L.pow(a, b, m)
  if m == nil then return L.power(a, b) end
  local made = 1
  while b > 0 do
    if b % 2 == 1 then made = made * a % m end
    a, b = a * a % m, math.floor(b / 2)
  end
  return made
end

function L.sum(xs, start)
  local total = start or 0
  for _, x in L.each(xs) do total = L.add(total, type(x) == "boolean" and (x and 1 or 0) or x) end
  return total
end

function L.identity(x)
  return x
end

function L.chosen(name, wins, args)
  local named = L.named_in(args)
  local key, items = named.key or L.identity, args
  if #args == 1 then items = L.list(args[1]) end
  if #items == 0 then
    if named.default ~= nil then return named.default end
    L.raise(L.ValueError(name .. "() iterable argument is empty"))
  end
  local best = items[1]
  for i = 2, #items do
    if wins(key(items[i]), key(best)) then best = items[i] end
  end
  return best
end

function L.min(...)
  return L.chosen("min", L.lt, { ... })
end

function L.max(...)
  return L.chosen("max", L.gt, { ... })
end

-- table.sort does not keep the order of equals, Python does: merge.
function L.sorted(xs, named)
  local options = named and named.__options or {}
  local key, less = options.key or L.identity, options.reverse and L.gt or L.lt
  local items = {}
  for i, x in L.each(xs) do items[i] = { key(x), x } end
  local made = {}
  for i, pair in ipairs(L.merge_sort(items, less)) do made[i] = pair[2] end
  return made
end

function L.merge_sort(items, less)
  if #items < 2 then return items end
  local middle, a, b, made = math.floor(#items / 2), {}, {}, {}
  for i = 1, #items do L.push(i <= middle and a or b, items[i]) end
  a, b = L.merge_sort(a, less), L.merge_sort(b, less)
  local i, j = 1, 1
  while i <= #a or j <= #b do
    if j > #b or (i <= #a and not less(b[j][1], a[i][1])) then
      made[#made + 1], i = a[i], i + 1
    else
      made[#made + 1], j = b[j], j + 1
    end
  end
  return made
end

function L.reversed(xs)
  local items, made = L.list(xs), {}
  for i = #items, 1, -1 do made[#made + 1] = items[i] end
  return made
end

function L.enumerate(xs, start)
  local step = L.iter(xs)
  local i = (type(start) == "table" and start.__options.start or start or 0) - 1
  return function()
    local x = step()
    if x == nil then return nil end
    i = i + 1
    return { i, x }
  end
end

function L.zip(...)
  local steps, args = {}, { ... }
  local named = L.named_in(args)
  for i, xs in ipairs(args) do steps[i] = L.iter(xs) end
  return function()
    local made, missing = {}, 0
    for i, step in ipairs(steps) do
      made[i] = step()
      if made[i] == nil then missing = missing + 1 end
    end
    if missing == 0 and #steps > 0 then return made end
    if named.strict and missing < #steps then L.raise(L.ValueError("zip() arguments differ in length")) end
  end
end

function L.map(f, ...)
  local steps = {}
  for i, xs in ipairs({ ... }) do steps[i] = L.iter(xs) end
  return function()
    local args = {}
    for i, step in ipairs(steps) do
      args[i] = step()
      if args[i] == nil then return nil end
    end
    return f((table.unpack or unpack)(args))
  end
end

function L.filter(f, xs)
  local step = L.iter(xs)
  return function()
    for x in step do
      if L.truthy(f == nil and x or f ~= nil and f(x)) then return x end
    end
  end
end

function L.any(xs)
  for _, x in L.each(xs) do
    if L.truthy(x) then return true end
  end
  return false
end

function L.all(xs)
  for _, x in L.each(xs) do
    if not L.truthy(x) then return false end
  end
  return true
end

function L.next(step, ...)
  local x
  if L.special(step, "__next__") then x = step:__next__() else x = step() end
  if x ~= nil then return x end
  if select("#", ...) > 0 then return (...) end
  L.raise(L.StopIteration())
end

-- A generator: a function that gives what `body` yields.
function L.generator(body)
  local running = coroutine.create(function()
    body()
    return nil
  end)
  return function()
    if coroutine.status(running) == "dead" then return nil end
    local fine, x = coroutine.resume(running)
    if not fine then error(x, 0) end
    return x
  end
end

function L.yield_from(xs)
  for x in L.iter(xs) do coroutine.yield(x) end
end

function L.chr(x)
  if x < 128 then return string.char(x) end
  if x < 2048 then return string.char(192 + math.floor(x / 64), 128 + x % 64) end
  if x < 65536 then return string.char(224 + math.floor(x / 4096), 128 + math.floor(x / 64) % 64, 128 + x % 64) end
  local rest = { math.floor(x / 4096) % 64, math.floor(x / 64) % 64, x % 64 }
  return string.char(240 + math.floor(x / 262144), 128 + rest[1], 128 + rest[2], 128 + rest[3])
end

function L.ord(x)
  local a, b, c, d = x:byte(1, 4)
  if a < 128 then return a end
  if a < 224 then return (a - 192) * 64 + b - 128 end
  if a < 240 then return (a - 224) * 4096 + (b - 128) * 64 + c - 128 end
  return (a - 240) * 262144 + (b - 128) * 4096 + (c - 128) * 64 + d - 128
end

function L.hex(x)
  return (x < 0 and "-0x" or "0x") .. ("%x"):format(math.abs(x))
end

function L.bin(x)
  return (x < 0 and "-0b" or "0b") .. L.digits(math.abs(x), 2)
end

function L.oct(x)
  return (x < 0 and "-0o" or "0o") .. L.digits(math.abs(x), 8)
end
