-- Python as Lua sees it: functions that are functions, objects that answer `.`, `[]`, `#` and calls.
local guest, host = ...
local type, select, next, rawequal, setmetatable = type, select, next, rawequal, setmetatable
local create, running, resume, yield = coroutine.create, coroutine.running, coroutine.resume, coroutine.yield
local unpack = table.unpack or unpack

for name, f in next, host.calls do
  guest[name] = python.as_function(f)
end
guest.null = python.none
guest.PYTHON = debug.getmetatable(python.none)

local PYTHON, ask_plain, ask_live = guest.PYTHON, guest.ask_plain, guest.ask_live
local known, origin = setmetatable({}, { __mode = "v" }), setmetatable({}, { __mode = "k" })
guest.origin = origin

-- Call Python. What a coroutine hands over must not die with it: Python is told to fetch it home.
local function ask(f, ...)
  local n, a, b = select("#", ...), ...
  if n == 0 then
    return ask_plain(f)
  elseif n == 1 and guest.is_plain(a) then
    return ask_plain(f, guest.exact(a))
  elseif n == 2 and guest.is_plain(a) and guest.is_plain(b) then
    return ask_plain(f, guest.exact(a), guest.exact(b))
  end
  local out = { n = 0 }
  for i = 1, n do
    guest.put(out, (select(i, ...)))
  end
  local co, main = running()
  return ask_live(co ~= nil and not main, f, unpack(out, 1, out.n))
end

local function first(n, a, ...)
  if n > 0 then
    return a, first(n - 1, ...)
  end
end

local function limited(f, limit)
  return function(...)
    if limit < 0 or select("#", ...) <= limit then
      return ask(f, ...)
    end
    return ask(f, first(limit, ...))
  end
end

local function method(call, owner)
  return function(...)
    if rawequal((...), owner) then
      return call(select(2, ...))
    end
    return call(...)
  end
end

-- A Python callable as a Lua function that passes on `limit` arguments (-1: all of them).
-- `owner` is a bound method's object, so that o.f(x) and o:f(x) are the same.
function guest.callable(f, limit, owner)
  local made = known[f]
  if not made then
    made = limited(f, limit)
    if owner ~= nil then
      made = method(made, owner)
    end
    known[f], origin[made] = made, f
  end
  return made
end

function PYTHON.__call(f, ...)
  return guest.callable(f, guest.places(f))(...)
end

for event, asked in next, host.events do
  PYTHON[event] = limited(asked, guest.places(asked))
end

-- Not a tail call: this frame keeps `co` alive while Python, called from it, runs Lua on this stack.
local function pass(...)
  return ...
end

function coroutine.resume(co, ...)
  return pass(resume(co, ...))
end

-- lupa takes a coroutine that has not begun for its function; one that waits for its first resume has.
local function begin(f)
  return f(yield())
end

function coroutine.create(f)
  if type(f) ~= "function" then
    return create(f)
  end
  local co = create(begin)
  resume(co, f)
  return co
end

function guest.home(...)
  return ...
end

_G.python, package.loaded.python = nil, nil
package.loaded.polyhy = { null = guest.null, pairs = PYTHON.__pairs }
