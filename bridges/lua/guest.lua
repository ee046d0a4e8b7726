-- Calls into Lua that lose nothing: no error value, no frame, no second result.
local guest, host = ...
local type, select, pcall, xpcall, tostring = type, select, pcall, xpcall, tostring
local setmetatable, getmetatable, getinfo = setmetatable, debug.getmetatable, debug.getinfo
local concat, load = table.concat, loadstring or load
local jit = jit

local SAFE, FIELD, ROW = 2 ^ 53, "\31", "\30"
local PYTHON, null, plain, exact, tokens = guest.PYTHON, guest.null, guest.plain, guest.exact, guest.tokens
local Failure = {}

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

local function handler(e)
  if getmetatable(e) == PYTHON then
    return e
  end
  return setmetatable({ value = e, frames = frames(2) }, Failure)
end

local function message_of(e)
  local mt = getmetatable(e)
  if type(e) == "table" and not (mt and mt.__tostring) then
    local text = e.message or e.msg
    return type(text) == "string" and text or ""
  end
  return tostring(e)
end

local function type_of(e)
  local mt = type(e) == "table" and getmetatable(e)
  return mt and type(mt.__name) == "string" and mt.__name or "LuaError"
end

-- Raise in Python: its own exception as the same object, anything else as a LuaError.
local function failed(e)
  if getmetatable(e) == PYTHON then
    return guest.fail(e)
  end
  local trace = ""
  if getmetatable(e) == Failure then
    e, trace = e.value, e.frames
  end
  local said, message = pcall(message_of, e)
  return guest.fail(null, trace, type_of(e), said and message or "", tokens("copy", e))
end

local protect = xpcall

local function finish(ok, r, ...)
  if ok and select("#", ...) == 0 then
    local kind = type(r)
    if kind == "number" then
      if r < SAFE and r > -SAFE and r ~= 0 then
        return r
      end
      return exact(r)
    elseif plain[kind] then
      return r
    end
  end
  if not ok then
    return failed(r)
  end
  return tokens("copy", r, ...)
end

local function finish_as(how, ok, ...)
  if not ok then
    return failed(...)
  end
  return tokens(how, ...)
end

-- A function's call with one whole number, the fastest; its Proxy keeps it.
if jit then
  function guest.one(f)
    return function(a)
      if a < SAFE and a > -SAFE then
        return finish(protect(f, handler, a))
      end
      return guest.inexact()
    end
  end
else
  function guest.one(f)
    return function(a)
      return finish(protect(f, handler, a))
    end
  end
end

function guest.call(f, ...)
  return finish(protect(f, handler, ...))
end

-- Call, and leave containers in Lua.
function guest.call_live(f, ...)
  return finish_as("live", protect(f, handler, ...))
end

-- Call, and copy also tables that are neither a list nor a dict of texts.
function guest.call_loose(f, ...)
  return finish_as("loose", protect(f, handler, ...))
end

-- An expression or a chunk as a function; or nil and why not.
function guest.compile(source, chunk, line)
  local above = ("\n"):rep(line - 1)
  local f = load(above .. "return " .. source, chunk)
  if f then
    return f
  end
  return load(above .. source, chunk)
end

function guest.stop()
  protect = guest.stopped
end
