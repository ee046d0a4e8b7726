-- Limits: a hook that asks Python, every so often, whether to go on; and memory that Lua alone is held to.
local guest = ...
local sethook, gethook, getinfo = debug.sethook, debug.gethook, debug.getinfo
local xpcall, pcall, error = xpcall, pcall, error
local jit, collectgarbage, require, rawequal = jit, collectgarbage, require, rawequal
local running, type = coroutine.running, type
local EVERY = 10000
-- How far garbage may grow before it is collected, in percent of what lives: LuaJIT never collects because
-- memory is short.
local PAUSE, PAUSE_WITHIN = 200, 110
local limited, deep, hooked = false, 0, setmetatable({}, { __mode = "k" })
-- Whether code of the guest's own runs now. It alone can run out of memory without harm: lupa does not
-- survive that there is none for what it hands over, in either direction.
local inside = false
-- What ends the calls. From then on it is raised at each step, so that no pcall goes on.
local ending, why = false, nil
local hook

local function enter()
  inside = true
  guest.lower()
end

local function leave(...)
  inside = false
  guest.lift()
  return ...
end

local function back(was, ok, ...)
  if was then
    enter()
  end
  if not ok then
    error((...), 0)
  end
  return ...
end

-- Call Python, which has all memory meanwhile.
function guest.outside(f, ...)
  if not limited then
    return f(...)
  end
  return back(inside and leave(true), pcall(f, ...))
end

-- No hook from here on, though Lua keeps in mind which it was.
local function rest()
  local co, is_main = running()
  if jit or is_main then
    guest.rest()
  else
    guest.rest(("%p"):format(co))
  end
end

-- Ctrl-C may come in either.
local function checked()
  guest.check()
  if not limited then
    rest()
  end
end

local function look()
  if not ending then
    local ok, e = pcall(checked)
    if ok or type(e) == "string" then -- Lua's own error: the guest filled the stack, or all memory
      return
    end
    ending, why = true, e
  end
  sethook(hook, "", 1)
  error(why, 0)
end

-- No code of ours is stopped half-way: the first step after it is.
function hook()
  if limited and not inside then
    return
  elseif getinfo(2, "S").source:sub(1, 8) == "=polyhy/" then
    sethook(hook, "", 1)
  elseif limited then
    sethook(hook, "", ending and 1 or EVERY)
    leave()
    back(true, pcall(look))
  else
    look()
  end
end

local function over(...)
  leave()
  guest.check()
  return ...
end

local function within(f, handler, ...)
  enter()
  return over(xpcall(f, handler, ...))
end

-- Calls begin (or end) to be limited. Code that LuaJIT compiled calls no hooks, so it is interpreted then.
function guest.limit(on)
  limited, guest.limited, inside = on, on, false
  deep = guest.deep(not on and deep or nil)
  if jit then
    jit[on and "off" or "on"]()
    if on then
      jit.flush()
    end
  end
  collectgarbage("setpause", on and PAUSE_WITHIN or PAUSE)
  if on then
    sethook(hook, "", EVERY)
  else
    rest()
  end
  guest.protect_by(on and within or xpcall)
end

-- Nothing ends the calls any more.
function guest.calm()
  ending, why = false, nil
end

-- Python is about to get this error: if it is what ends the calls, it has arrived.
function guest.arrived(e)
  if ending and not limited and rawequal(e, why) then
    guest.calm()
    rest()
  end
end

function guest.is_ending()
  return ending
end

-- The last coroutines that ran, which Python knows: they live until others take their places, for Python may
-- set their hooks. Those that have a hook of the guest's keep it.
local MOST_SHOWN, shown, is_shown, place = 8, {}, setmetatable({}, { __mode = "k" }), 0

local function show(co)
  local other = gethook(co)
  if is_shown[co] or other and other ~= hook then
    return
  end
  place = place % MOST_SHOWN + 1
  sethook(co, hook, "", EVERY)
  local old = shown[place]
  shown[place] = { old, co } -- Ctrl-C may come in: whichever Python knows then, it lives
  guest.show(place, ("%p"):format(co))
  if old then
    is_shown[old] = nil
  end
  shown[place], is_shown[co] = co, true
end

-- `co` is about to run. Lua 5.4 has a hook for each coroutine, LuaJIT one for all.
function guest.watch(co)
  if jit then
    return
  elseif limited then
    sethook(co, hook, "", ending and 1 or EVERY)
    hooked[co] = true
    return
  elseif hooked[co] then
    sethook(co)
    hooked[co], is_shown[co] = nil, nil
  end
  show(co)
end

-- A coroutine within another has returned, and the one around it runs on.
function guest.watch_outer()
  if not (jit or limited) then
    show((running()))
  end
end

-- No coroutine is kept for Python.
function guest.unwatch()
  guest.forget()
  for i = 1, #shown do
    is_shown[shown[i]], shown[i] = nil, nil
  end
end

-- Let Ctrl-C end loops outside limits, too. The address of a state that lives on, and has the hook.
function guest.looks()
  sethook(hook, "", EVERY)
  guest.state = jit and coroutine.create(hook) or (running())
  return ("%p"):format(guest.state)
end

-- Let what LuaJIT compiles look up, too, line by line.
function guest.profile()
  require("jit.profile").start("li1000", function()
    if not limited and not ending then
      local ok, e = pcall(guest.check)
      if not ok and type(e) ~= "string" then
        ending, why = true, e
        guest.want()
      end
    end
  end)
end

function guest.unprofile()
  require("jit.profile").stop()
end
