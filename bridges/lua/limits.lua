-- Limits: a hook that asks Python, every so often, whether to go on; and memory that Lua alone is held to.
local guest = ...
local sethook, xpcall, jit, collectgarbage = debug.sethook, xpcall, jit, collectgarbage
local EVERY = 10000
-- How far garbage may grow before it is collected, in percent of what lives: LuaJIT never collects because
-- memory is short.
local PAUSE, PAUSE_WITHIN = 200, 110
local limited, deep, hooked = false, 0, setmetatable({}, { __mode = "k" })

-- Python raises when it is over; from then on it raises at each step, so that no pcall goes on.
local function hook()
  guest.check()
  guest.lower()
end

local function every()
  return guest.ending and 1 or EVERY
end

-- What is converted for Python, and what it hands over, is not held to the limit: only Lua's own code can
-- run out of memory without harm.
local function lowered(...)
  guest.lower()
  return ...
end

local function within(f, handler, ...)
  guest.lower()
  return xpcall(f, handler, ...)
end

-- Calls begin (or end) to be limited. Code that LuaJIT compiled calls no hooks, so it is interpreted then.
function guest.limit(on)
  limited, guest.ending = on, false
  deep = guest.deep(not on and deep or nil)
  if jit then
    jit[on and "off" or "on"]()
    if on then
      jit.flush()
    end
  end
  collectgarbage("setpause", on and PAUSE_WITHIN or PAUSE)
  sethook(on and hook or nil, "", EVERY)
  guest.protect_by(on and within or xpcall)
end

-- Time is up: each coroutine and each step from now on asks.
function guest.hurry()
  guest.ending = true
  sethook(hook, "", 1)
end

-- `co` is about to run. Lua 5.4 has a hook for each coroutine, LuaJIT one for all.
function guest.watch(co)
  if jit then
    return
  elseif limited then
    sethook(co, hook, "", every())
    hooked[co] = true
  elseif hooked[co] then
    sethook(co)
    hooked[co] = nil
  end
end

-- Back from Python.
function guest.returned(...)
  if limited then
    return lowered(...)
  end
  return ...
end
