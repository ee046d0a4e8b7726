-- Values as tokens: plain ones as they are, and a mark in front of each that is not, so that all cross at once.
local guest, host = ...
local type, select, next, rawequal, tostring, floor = type, select, next, rawequal, tostring, math.floor
local getmetatable, rawget = debug.getmetatable, rawget
local unpack, running = table.unpack or unpack, coroutine.running
local jit = jit

local marks = {
  list = { bare = host.BARE_LIST, flat = host.FLAT_LIST, deep = host.LIST },
  dict = { bare = host.FLAT_DICT, flat = host.FLAT_DICT, deep = host.DICT },
}
local OBJECT, FUNCTION, HOME, INTEGER = host.OBJECT, host.FUNCTION, host.HOME, host.INTEGER
local COROUTINE = host.COROUTINE
local TUPLE, MORE, MINUS_ZERO, BUFFER = host.TUPLE, host.MORE, host.MINUS_ZERO, host.BUFFER
local SAFE, CHUNK = 2 ^ 53, 4000
local PYTHON, null = guest.PYTHON, guest.null
local plain = { ["nil"] = true, boolean = true, string = true }

-- LuaJIT's numbers are doubles, which lupa reads as integers where they are whole.
local function exact(x)
  if type(x) ~= "number" or not jit or x ~= x or x == 1 / 0 or x == -1 / 0 then
    return x
  elseif x == 0 then
    return 1 / x < 0 and MINUS_ZERO or x
  end
  return (x >= SAFE or x <= -SAFE) and guest.as_float(x) or x
end

local function is_plain(x)
  return plain[type(x)] or type(x) == "number" or rawequal(x, null)
end

local function is_index(k)
  return type(k) == "number" and k >= 1 and k < SAFE and k == floor(k)
end

-- "list" or "dict", its length, and whether all in it is plain ("flat"; "bare" where there is no text);
-- nil where the table is behaviour.
-- A loose shape is a dict whatever its keys are.
local function shape(t, loose)
  if getmetatable(t) then
    return nil
  end
  local count, texts, top, flat = 0, 0, 0, "bare"
  for k, v in next, t do
    local kind = type(v)
    if kind == "function" then
      return nil
    elseif kind == "string" then
      flat = flat and "flat"
    elseif flat and kind ~= "number" and not is_plain(v) then
      flat = nil
    end
    count = count + 1
    if type(k) == "string" then
      texts = texts + 1
    elseif is_index(k) then
      top = k > top and k or top
    elseif loose and is_plain(k) then
      top = SAFE
    else
      return nil
    end
  end
  if texts == 0 and top == count then
    return "list", count, flat
  elseif texts == count or loose then
    return "dict", count, flat
  end
end

local put

local function put_two(out, mark, x)
  out[out.n + 1], out[out.n + 2], out.n = mark, x, out.n + 2
end

local function put_object(out, x)
  local mt, kind = getmetatable(x), type(x)
  if mt == PYTHON then
    put_two(out, HOME, x)
  elseif kind == "function" and guest.origin[x] then
    put_two(out, HOME, guest.origin[x])
  elseif kind == "function" or (kind == "table" or kind == "userdata") and mt and rawget(mt, "__call") then
    put_two(out, FUNCTION, x)
    out.n = out.n + 1
    out[out.n] = guest.one(x)
  elseif kind == "thread" and x ~= running() then
    put_two(out, COROUTINE, x)
    out.n, out.coroutines = out.n + 1, true
    out[out.n] = ("%p"):format(x)
  else
    put_two(out, OBJECT, x)
  end
end

local function put_plain(out, x)
  out.n = out.n + 1
  out[out.n] = exact(x)
end

local function put_flat_list(out, t, count)
  local n = out.n
  for i = 1, count do
    local x = t[i]
    out[n + i] = type(x) == "number" and exact(x) or x
  end
  out.n = n + count
end

local function put_items(out, t, kind, count, flat, open)
  if kind == "list" and flat then
    put_flat_list(out, t, count)
  elseif kind == "list" then
    for i = 1, count do
      put(out, t[i], open)
    end
  else
    for k, v in next, t do
      put_plain(out, k)
      put(out, v, open)
    end
  end
end

-- `open` holds the tables around this one: one that comes again holds itself, and crosses as an object.
local function put_table(out, t, open)
  if open[t] then
    open[t] = "cycle"
    return
  end
  local start, kind, count, flat = out.n, shape(t, open.loose)
  if not kind or open.depth >= host.MAX_DEPTH then
    return put_object(out, t)
  end
  put_two(out, marks[kind][flat or "deep"], count)
  open[t], open.depth = "open", open.depth + 1
  put_items(out, t, kind, count, flat, open)
  local cyclic = open[t] == "cycle"
  open[t], open.depth = nil, open.depth - 1
  if cyclic then
    out.n = start
    put_object(out, t)
  end
end

local function put_cdata(out, x)
  local digits, lender = tostring(x):match("^(-?%d+)U?LL$"), guest.lender(x)
  if digits then
    return put_two(out, INTEGER, digits)
  elseif lender then
    return put_two(out, HOME, lender)
  end
  local code, address, count = guest.array(x)
  if not code then
    return put_object(out, x)
  end
  put_two(out, BUFFER, x)
  put_two(out, code, address)
  out.n = out.n + 1
  out[out.n] = count
end

function put(out, x, open)
  local kind = type(x)
  if is_plain(x) then
    put_plain(out, x)
  elseif kind == "table" and open then
    put_table(out, x, open)
  elseif kind == "cdata" then
    put_cdata(out, x)
  else
    put_object(out, x)
  end
end

-- The tokens of the values. How: "copy" containers of data, leave them "live", or copy also "loose" ones.
function guest.tokens(how, ...)
  local out, n = { n = 0 }, select("#", ...)
  if n > 1 then
    put_two(out, TUPLE, n)
  end
  for i = 1, n do
    put(out, (select(i, ...)), how ~= "live" and { depth = 0, loose = how == "loose" } or nil)
  end
  return out
end

-- Those tokens are about to go.
function guest.hold(out)
  for i = 1, out.coroutines and out.n or 0 do
    if rawequal(out[i], COROUTINE) then
      guest.hold_coroutine(out[i + 2])
    end
  end
end

-- Those tokens one by one, or where to get them in parts.
function guest.handed(out)
  guest.hold(out)
  if out.n <= CHUNK then
    return unpack(out, 1, out.n)
  end
  return MORE, out.n, function(start)
    local last = start + CHUNK - 1
    return unpack(out, start, last < out.n and last or out.n)
  end
end

guest.exact, guest.is_plain, guest.plain, guest.put = exact, is_plain, plain, put
