-- Python as Lua sees it: functions that are functions, objects that answer `.`, `[]`, `#` and calls.
local guest, host = ...
local type, select, next, rawequal, setmetatable = type, select, next, rawequal, setmetatable
local close, status = coroutine.close, coroutine.status
local create, running, resume = coroutine.create, coroutine.running, coroutine.resume
local outside = guest.outside
local unpack, error = table.unpack or unpack, error

local as_function, find, jit = python.as_function, string.find, jit
for name, f in next, host.limits do
  guest[name] = as_function(f)
end
for name, f in next, host.calls do
  local call = as_function(f)
  guest[name] = function(...)
    return outside(call, ...)
  end
end
guest.null = python.none
guest.PYTHON = debug.getmetatable(python.none)
-- Whoever has it can free an object twice.
guest.PYTHON.__metatable = "python"

local PYTHON, ask_live, SAFE = guest.PYTHON, guest.ask_live, 2 ^ 53
local known, origin = setmetatable({}, { __mode = "v" }), setmetatable({}, { __mode = "k" })
local bound = setmetatable({}, { __mode = "k" })
guest.origin = origin

-- What a coroutine hands over must not die with it: Python is told to fetch it home.
local function ask_with_tokens(f, n, ...)
  local out = { n = 0 }
  for i = 1, n do
    guest.put(out, (select(i, ...)))
  end
  local co, main = running()
  guest.hold(out)
  return ask_live(co ~= nil and not main, f, unpack(out, 1, out.n))
end

-- Whether lupa hands it over as it is.
local function is_direct(x)
  local kind = type(x)
  if kind == "number" then
    return not jit or x < SAFE and x > -SAFE and (x ~= 0 or 1 / x > 0)
  end
  return kind == "boolean" or kind == "string" and not find(x, "[\128-\255]")
end

-- A function that calls Python: `call` with as many plain values as it `takes` (-1: up to two), else `f` by
-- way of tokens. Python takes `limit` arguments (-1: all of them).
local function caller(call, takes, f, limit)
  return function(...)
    local n, a, b = select("#", ...), ...
    if limit >= 0 and n > limit then
      n = limit
    end
    if guest.limited or takes >= 0 and n ~= takes then
      return ask_with_tokens(f, n, ...)
    elseif n == 1 and is_direct(a) then
      return call(a)
    elseif n == 0 then
      return call()
    elseif n == 2 and is_direct(a) and is_direct(b) then
      return call(a, b)
    end
    return ask_with_tokens(f, n, ...)
  end
end

local function asker(asked)
  return caller(as_function(asked.call), asked.takes, asked.f, asked.n)
end

-- A Python callable as a Lua function that passes on `limit` arguments (-1: all of them); the same one
-- for the same callable, which has a number of its own while it lives. Where it is `bound` to an object,
-- o.f(x) and o:f(x) are the same.
function guest.callable(number, call, takes, f, limit, is_bound)
  local made = caller(as_function(call), takes, f, limit)
  known[number], origin[made], bound[made] = made, f, is_bound or nil
  return made
end

function guest.known(number)
  return known[number]
end

local function method(call, o)
  local made = function(...)
    if rawequal((...), o) then
      return call(select(2, ...))
    end
    return call(...)
  end
  origin[made] = origin[call]
  return made
end

local advance = asker(host.advance)
guest.set_name = asker(host.set_name)

function PYTHON.__call(f, ...)
  local limit = guest.places(f)
  if limit == host.NEXT then
    return advance(f)
  end
  local n = select("#", ...)
  return ask_with_tokens(f, limit >= 0 and n > limit and limit or n, ...)
end

for event, asked in next, host.events do
  PYTHON[event] = asker(asked)
end

local index = PYTHON.__index

function PYTHON.__index(o, key)
  local value = index(o, key)
  return value ~= nil and bound[value] and method(value, o) or value
end

-- How many coroutines run within one another. Each takes C stack, and LuaJIT does not look how much is left.
local MOST_DEEP, deep = 180, 0

local function left(...)
  deep = deep - 1
  if deep > 0 then
    guest.watch_outer()
  end
  return ...
end

-- Not a tail call: this frame keeps `co` alive while Python, called from it, runs Lua on this stack.
local function enter(co, ...)
  if deep >= MOST_DEEP then
    return false, "C stack overflow"
  end
  guest.watch(co)
  deep = deep + 1
  return left(resume(co, ...))
end

coroutine.resume = enter

local function unwrapped(co, ok, ...)
  if ok then
    return ...
  end
  local e, closed, why = (...), true, nil
  if close and status(co) == "dead" then
    closed, why = close(co)
  end
  if not closed then
    e = why
  end
  error(e, 2)
end

function coroutine.wrap(f)
  local co = create(f)
  return function(...)
    return unwrapped(co, enter(co, ...))
  end
end

-- How deep it is; time that is up may end a coroutine before it is counted out.
function guest.deep(known)
  deep = known or deep
  return deep
end

-- LuaJIT's gsub takes 8 KB of C stack for each of its calls that are within one another.
local FEW_FRAMES, MOST_GSUBS = 400, 300
local gsub, getinfo = string.gsub, debug.getinfo

local function gsubs()
  local count, i = 0, FEW_FRAMES
  local f = getinfo(i, "f")
  while f do
    count, i = count + (f.func == gsub and 1 or 0), i + 1
    f = getinfo(i, "f")
  end
  return count
end

if jit then
  function string.gsub(s, pattern, by, ...)
    if type(by) ~= "string" and getinfo(FEW_FRAMES, "l") and gsubs() > MOST_GSUBS then
      error("C stack overflow", 2)
    end
    return gsub(s, pattern, by, ...)
  end
end

function guest.home(...)
  return ...
end

os.exit = guest.exit
_G.python, package.loaded.python = nil, nil
package.loaded.polyhy = { null = guest.null, pairs = PYTHON.__pairs }
