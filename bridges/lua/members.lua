-- What a Proxy asks of its Lua object: members, items, iteration, a preview.
local guest, host = ...
local type, select, next, rawget, rawequal, tostring = type, select, next, rawget, rawequal, tostring
local getmetatable, getinfo, getlocal = debug.getmetatable, debug.getinfo, debug.getlocal
local concat, unpack, floor = table.concat, table.unpack or unpack, math.floor

local MISSING, END = host.MISSING, host.END
local ops = {}
guest.ops = ops

local function meta(o, event)
  local mt = getmetatable(o)
  return mt and rawget(mt, event)
end

local function indexable(o)
  return type(o) == "table" or meta(o, "__index") ~= nil
end

-- A function is a method of `o` if its first parameter is `self`, or if it comes from the class of `o`
-- (a metatable that is its own __index) or from a userdata, and takes anything at all.
local function is_method(o, name, f)
  if type(o) ~= "table" or getlocal(f, 1) == "self" then
    return true
  end
  local mt = getmetatable(o)
  if rawget(o, name) ~= nil or not mt or rawget(mt, "__index") ~= mt then
    return false
  end
  local about = getinfo(f, "u")
  return about.nparams > 0 or about.isvararg
end

-- By each method that is bound to its object: the function itself.
local unbound = setmetatable({}, { __mode = "kv" })

local function method(f, o)
  local bound = function(...)
    return f(o, ...)
  end
  unbound[bound] = f
  return bound
end

function ops.get(o, ...)
  for i = 1, indexable(o) and select("#", ...) or 0 do
    local name = select(i, ...)
    local v = o[name]
    if type(v) == "function" and not guest.origin[v] and is_method(o, name, v) then
      return method(v, o)
    elseif v ~= nil then
      return v
    end
  end
  return MISSING
end

function ops.set(o, value, name, ...)
  for i = 1, select("#", ...) do
    local other = select(i, ...)
    if o[name] == nil and o[other] ~= nil then
      name = other
    end
  end
  o[name] = value
end

function ops.item(o, key)
  local v
  if indexable(o) then
    v = o[key]
  end
  if v == nil then
    return MISSING
  end
  return v
end

function ops.set_item(o, key, value)
  o[key] = value
end

-- How long a list is, also one with a metatable; nil where it is none.
local function list_length(o)
  if meta(o, "__len") then
    local n = meta(o, "__len")(o)
    return type(n) == "number" and n >= 0 and n < 2 ^ 53 and n % 1 == 0 and floor(n) or nil
  elseif type(o) ~= "table" then
    return nil
  end
  local count, n = 0, #o
  for k in next, o do
    count = count + 1
    if type(k) ~= "number" or k < 1 or k > n or k % 1 ~= 0 then
      return nil
    end
  end
  return count == n and (n > 0 or not getmetatable(o)) and n or nil
end

local function keys(o)
  local n = 0
  for _ in next, o do
    n = n + 1
  end
  return n
end

function ops.length(o)
  local n = list_length(o)
  if n or type(o) ~= "table" or meta(o, "__len") then
    return n or MISSING
  end
  return keys(o)
end

function ops.is_list(o)
  return list_length(o) ~= nil
end

local function steps_of_list(o)
  local i = 0
  return function()
    i = i + 1
    if i > list_length(o) then
      return END
    end
    return o[i]
  end
end

local function steps_of_keys(o)
  local step, state, key = next, o, nil
  if meta(o, "__pairs") then
    step, state, key = meta(o, "__pairs")(o)
  end
  return function()
    key = step(state, key)
    if key == nil then
      return END
    end
    return key
  end
end

local function or_end(...)
  if (...) == nil then
    return END
  end
  return ...
end

local function resumed(co, ok, ...)
  if not ok then
    error((...), 0)
  elseif coroutine.status(co) == "dead" and select("#", ...) == 0 then
    return END
  end
  return ...
end

-- A function that returns one thing after the other, then END.
function ops.steps(o)
  local kind = type(o)
  if kind == "function" then
    return function()
      return or_end(o())
    end
  elseif kind == "thread" then
    return function()
      if coroutine.status(o) == "dead" then
        return END
      end
      return resumed(o, coroutine.resume(o))
    end
  elseif list_length(o) then
    return steps_of_list(o)
  elseif kind == "table" or meta(o, "__pairs") then
    return steps_of_keys(o)
  end
  return MISSING
end

function ops.is_function(o)
  return type(o) == "function"
end

function ops.copy(o)
  return o
end

function ops.members(o)
  local names, n, seen = {}, 0, {}
  if type(o) ~= "table" then
    o = meta(o, "__index")
  end
  while type(o) == "table" and not seen[o] do
    seen[o] = true
    for k in next, o do
      if type(k) == "string" and not seen[k] then
        n, seen[k] = n + 1, true
        names[n] = k
      end
    end
    o = meta(o, "__index")
  end
  return names
end

local function parameters(f)
  local method = unbound[f] or f
  local about, names = getinfo(method, "uS"), {}
  if about.what == "C" then
    return nil
  end
  for i = method == f and 1 or 2, about.nparams do
    names[#names + 1] = getlocal(method, i)
  end
  names[#names + 1] = about.isvararg and "..." or nil
  return "(" .. concat(names, ", ") .. ")"
end

function ops.signature(o)
  if type(o) ~= "function" then
    o = meta(o, "__call")
  end
  return type(o) == "function" and parameters(o) or ""
end

function ops.defined(f)
  f = unbound[f] or f
  local about = type(f) == "function" and getinfo(f, "S")
  if about and about.what ~= "C" then
    return about.source, about.linedefined, about.lastlinedefined
  end
end

-- What kind of thing it is, its own text if it has one, and its first entries: key, value, key, value…
function ops.preview(o, most)
  if meta(o, "__tostring") then
    return "text", tostring(o)
  elseif type(o) ~= "table" then
    return type(o)
  end
  local n, entries, length = 0, {}, list_length(o)
  if length then
    for i = 1, length < most and length or most do
      entries[i] = o[i]
      n = i
    end
    return "list", length, unpack(entries, 1, n)
  end
  for k, v in next, o do
    if n >= 2 * most then
      break
    end
    entries[n + 1], entries[n + 2], n = k, v, n + 2
  end
  return "dict", keys(o), unpack(entries, 1, n)
end

function ops.same(a, b)
  return a == b
end

-- Equal objects must have one hash: those with an __eq share that of the __eq.
function ops.address(o)
  return ("%p"):format(meta(o, "__eq") or o)
end

-- Whether an object can be closed; then close it, as a variable of Lua's own.
function ops.closing(o)
  return meta(o, "__close") ~= nil
end

function ops.close(o, why)
  meta(o, "__close")(o, why)
end

local CONCATENATED = "if not has(a, b, '__add') and has(a, b, '__concat') then return a .. b end return "
local BODIES = { __add__ = CONCATENATED .. "a + b", __radd__ = CONCATENATED:gsub("a %.%. b", "b .. a") .. "b + a" }

local function has(a, b, event)
  return type(a) ~= "number" and type(a) ~= "string" and meta(a, event) ~= nil
    or type(b) ~= "number" and type(b) ~= "string" and meta(b, event) ~= nil
end

-- LuaJIT can't parse what 5.4 added.
for name, body in next, host.operators do
  local source = "local has = ... return function(a, b) " .. (BODIES[name] or "return " .. body) .. " end"
  local made = (loadstring or load)(source, "=polyhy/operator")
  ops[name] = made and made(has)
end
