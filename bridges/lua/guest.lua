-- Calls into Lua that lose nothing: no error value, no frame, no second result.
local guest, host = ...
local type, select, xpcall, tostring = type, select, xpcall, tostring
local setmetatable, getmetatable, getinfo = setmetatable, debug.getmetatable, debug.getinfo
local concat, load = table.concat, loadstring or load
local jit, rawequal, rawget = jit, rawequal, rawget

local SAFE, FIELD, ROW, NO_MEMORY, OURS = 2 ^ 53, "\31", "\30", "not enough memory", "=polyhy/guest.lua"
local PYTHON, null, plain, exact, tokens = guest.PYTHON, guest.null, guest.plain, guest.exact, guest.tokens
local handed, origin, FUNCTION = guest.handed, guest.origin, host.FUNCTION
local packers = { string = guest.joined, number = guest.packed, boolean = guest.packed }

local function frames(level)
  local rows = {}
  for i = level + 1, level + 30 do
    local f = getinfo(i, "Sln")
    if not f then
      break
    elseif f.what ~= "C" and f.source:sub(1, 8) ~= "=polyhy/" then
      rows[#rows + 1] = concat({ f.source, f.short_src, f.currentline, f.name or "" }, FIELD)
    end
  end
  return concat(rows, ROW)
end

-- The error itself goes on as it is: `load` and others show what this returns to the guest.
local raised, trace = nil, ""

local function handler(e)
  raised, trace = e, frames(2)
  return e
end

local function trace_of(e)
  local known = rawequal(e, raised) and trace or ""
  raised, trace = nil, ""
  return known
end

local function meta(e, event)
  local mt = getmetatable(e)
  return mt and rawget(mt, event)
end

local function message_of(e)
  local text = nil
  if type(e) == "table" and not meta(e, "__tostring") then
    text = e.message or e.msg
  else
    text = tostring(e)
  end
  return (type(text) == "string" or type(text) == "number") and text .. "" or ""
end

local function type_of(e)
  local name = type(e) == "table" and meta(e, "__name")
  return type(name) == "string" and name or "LuaError"
end

guest.protect = xpcall

local function unsaid(e)
  return e
end

-- Raise in Python: its own exception as the same object, anything else as a LuaError.
local function failed(e)
  local trace = trace_of(e)
  guest.arrived(e)
  if getmetatable(e) == PYTHON then
    guest.fail(e, trace) -- not a tail call: `e` must live until it is raised again
    return nil
  end
  local said, message = true, e
  if type(e) ~= "string" then
    said, message = guest.protect(message_of, unsaid, e)
  end
  if not said and getmetatable(message) == PYTHON then
    guest.fail(message, trace)
    return nil
  end
  message = (said or message == NO_MEMORY) and message or ""
  return guest.fail(null, trace, type_of(e), message, handed(tokens("copy", e)))
end

-- What to give for the results of a call: how many values, three at most, and these; or 0 and their tokens.
local function settled(how, ok, r, ...)
  if not ok then
    return 1, failed(r)
  elseif select("#", ...) > 0 then
    return 0, tokens(how, r, ...)
  end
  local kind = type(r)
  if kind == "number" then
    return 1, r < SAFE and r > -SAFE and r ~= 0 and r or exact(r)
  elseif plain[kind] then
    return 1, r
  elseif kind == "function" and not origin[r] then
    return 3, FUNCTION, r, guest.one(r)
  elseif kind == "table" and how == "copy" and packers[type(rawget(r, 1))] then
    local mark, packed = packers[type(rawget(r, 1))](r)
    if mark then
      return 2, mark, packed
    end
  end
  return 0, tokens(how, r)
end

local function given(count, a, b, c)
  if count == 1 then
    return a
  elseif count == 2 then
    return a, b
  elseif count == 3 then
    return a, b, c
  end
  return handed(a)
end

function guest.call(f, ...)
  return given(settled("copy", guest.protect(f, handler, ...)))
end

-- Call, and leave containers in Lua.
function guest.call_live(f, ...)
  return given(settled("live", guest.protect(f, handler, ...)))
end

-- Call, and copy also tables that are neither a list nor a dict of texts.
function guest.call_loose(f, ...)
  return given(settled("loose", guest.protect(f, handler, ...)))
end

-- Calls with one whole number or text. No `...` here: LuaJIT would not compile it.
local function compiled_way(f, guest, handler, settled, given, type)
  return function(a)
    if type(a) == "number" and (a >= 2 ^ 53 or a <= -2 ^ 53) then
      return guest.inexact()
    end
    return given(settled("copy", guest.protect(f, handler, a)))
  end
end

-- What nobody compiles is quicker in one step.
local function finish(ok, r, ...)
  local kind = type(r)
  if ok and (plain[kind] or kind == "number") and select("#", ...) == 0 then
    return r
  end
  return given(settled("copy", ok, r, ...))
end

local function way(f)
  return function(a)
    return finish(guest.protect(f, handler, a))
  end
end

-- LuaJIT compiles code for what it does first, so ways that shared theirs would lead through each other.
local code, ways = jit and string.dump(compiled_way, true), setmetatable({}, { __mode = "kv" })

-- The fastest way into a function; its Proxy keeps it.
function guest.one(f)
  local known = ways[f]
  if not known then
    known = code and load(code, OURS)(f, guest, handler, settled, given, type) or way(f)
    ways[f] = known
  end
  return known
end

-- Make every call by `how` (f, handler, ...) from now on.
function guest.protect_by(how)
  guest.protect = how
end

local function compiled(source, chunk, env)
  if env then
    return load(source, chunk, "t", env)
  end
  return load(source, chunk)
end

-- An expression or a chunk as a function; or nil and why not. Its globals are those of `env`, if given.
function guest.compile(source, chunk, line, env)
  local above = ("\n"):rep(line - 1)
  env = env or guest.env
  local f = compiled(above .. "return " .. source, chunk, env)
  if f then
    return f
  end
  return compiled(above .. source, chunk, env)
end

-- Whether a prompt must go on reading: the parser met the end, and not within a short string.
function guest.wants_more(source)
  if load(source) or load("return " .. source) then
    return false
  end
  for _, text in next, { source, "return " .. source } do
    local why = select(2, load(text))
    if why:find("near '?<eof>'?$") and not why:find("unfinished string", 1, true) then
      return true
    end
  end
  return false
end

-- The globals of a prompt's cell: the names of its session come first.
function guest.names(names)
  local globals = guest.env or _G
  return setmetatable({}, {
    __index = function(_, name)
      local found, value = guest.name(names, name)
      if found then
        return value
      end
      return globals[name]
    end,
    __newindex = function(_, name, value)
      guest.set_name(names, name, value)
    end,
  })
end

function guest.stop()
  guest.protect = guest.stopped
end
