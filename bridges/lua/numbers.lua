-- Lists of numbers and booleans as one text each way, as version 2 of Python's `marshal` writes them: a kind
-- and a value for each. LuaJIT compiles these loops, which outrun lupa's handing over of each item.
local guest, host = ...
local jit, next, type, getmetatable, abs = jit, next, type, debug.getmetatable, math.abs

if not jit then
  return
end

local ffi, tobit, new = require("ffi"), require("bit").tobit, require("table.new")
local cast, text, make = ffi.cast, ffi.string, ffi.typeof("uint8_t[?]")
local bytes, int32, double = ffi.typeof("uint8_t *"), ffi.typeof("int32_t *"), ffi.typeof("double *")
local digits, DIGIT, SAFE = ffi.typeof("uint16_t *"), 2 ^ 15, 2 ^ 53
local LIST, TRUE, FALSE, INT, FLOAT, LONG = ("[TFigl"):byte(1, -1)
-- In bytes: the list's kind and length; the longest item; what is kept to write short lists into.
local HEAD, MOST, ROOM = 5, 13, 65536

local function read_ints(at, list, count)
  for i = 1, count do
    if at[5 * i] ~= INT then
      return nil
    end
    list[i] = cast(int32, at + 5 * i + 1)[0]
  end
  return list
end

local function read_floats(at, list, count)
  for i = 1, count do
    if at[9 * i - 4] ~= FLOAT then
      return nil
    end
    list[i] = cast(double, at + 9 * i - 3)[0]
  end
  return list
end

local function read_long(at)
  local size, x = cast(int32, at)[0], 0
  for i = abs(size) - 1, 0, -1 do
    x = x * DIGIT + cast(digits, at + 4)[i]
  end
  return size < 0 and -x or x, 4 + 2 * abs(size)
end

local function read_mixed(at, list, count)
  local place, size = HEAD, 0
  for i = 1, count do
    local kind = at[place]
    if kind == INT then
      list[i], size = cast(int32, at + place + 1)[0], 4
    elseif kind == FLOAT then
      list[i], size = cast(double, at + place + 1)[0], 8
    elseif kind == LONG then
      list[i], size = read_long(at + place + 1)
      if abs(list[i]) >= SAFE then
        return nil
      end
    elseif kind == TRUE or kind == FALSE then
      list[i], size = kind == TRUE, 0
    else
      return nil
    end
    place = place + 1 + size
  end
  return list
end

local readers = { [INT] = read_ints, [FLOAT] = read_floats }

-- The list that was packed; nil where it holds anything else, or what is no number of LuaJIT's.
function guest.unpacked(packed)
  local at = cast(bytes, packed)
  local count, read = cast(int32, at + 1)[0], readers[at[HEAD]]
  return read and read(at, new(count, 0), count) or read_mixed(at, new(count, 0), count)
end

local function write_long(at, x)
  local size, rest = 0, abs(x)
  while rest > 0 do
    cast(digits, at + 4)[size] = rest % DIGIT
    size, rest = size + 1, (rest - rest % DIGIT) / DIGIT
  end
  cast(int32, at)[0] = x < 0 and -size or size
  return 4 + 2 * size
end

local function write(at, x)
  if type(x) == "boolean" then
    at[0] = x and TRUE or FALSE
    return 1
  elseif tobit(x) == x and (x ~= 0 or 1 / x > 0) then
    at[0], cast(int32, at + 1)[0] = INT, x
    return 5
  elseif x % 1 == 0 and x < SAFE and x > -SAFE and x ~= 0 then
    at[0] = LONG
    return 1 + write_long(at + 1, x)
  end
  at[0], cast(double, at + 1)[0] = FLOAT, x
  return 9
end

local function write_mixed(at, t, count)
  local place = HEAD
  for i = 1, count do
    local x = t[i]
    if type(x) ~= "number" and type(x) ~= "boolean" then
      return nil
    end
    place = place + write(at + place, x)
  end
  at[0], cast(int32, at + 1)[0] = LIST, count
  return place
end

local function write_ints(ints, t, count)
  for i = 1, count do
    local x = t[i]
    if type(x) ~= "number" or x == 0 and 1 / x < 0 then
      return nil
    end
    ints[i] = x
    if ints[i] ~= x then
      return nil
    end
  end
  return true
end

local function write_floats(floats, t, count)
  for i = 1, count do
    local x = t[i]
    if type(x) ~= "number" or x % 1 == 0 then
      return nil
    end
    floats[i] = x
  end
  return true
end

local function is_list(t, count)
  local last = 0
  for k in next, t do
    if k ~= last + 1 then
      return false
    end
    last = k
  end
  return last == count
end

-- Python's rooms: it reads the numbers from 1 on, and then sets the first, which says whether they are taken.
local ints, floats = cast(int32, host.rooms.INTS), cast(double, host.rooms.FLOATS)
local INTS, FLOATS, NUMBERS, MANY = host.INTS, host.FLOATS, host.NUMBERS, host.ROOM

local function fill(room, write, t, count)
  room[0] = 1
  if write(room, t, count) then
    return true
  end
  room[0] = 0
end

local function filled(t, count)
  if fill(ints, write_ints, t, count) then
    return INTS
  elseif fill(floats, write_floats, t, count) then
    return FLOATS
  end
end

-- Whoever writes takes it away, for a signal's function may come in and write, too.
local room = make(ROOM)

local function written(at, t, count, mixed)
  if not mixed and write_ints(cast(int32, at) - 1, t, count) then
    return INTS, 4 * count
  elseif not mixed and write_floats(cast(double, at) - 1, t, count) then
    return FLOATS, 8 * count
  end
  return NUMBERS, write_mixed(at, t, count)
end

-- A mark that says how to read a list's numbers, and how many are in Python's room for them, or a text that
-- holds them; or nil.
function guest.packed(t)
  local count = #t
  if guest.limited or getmetatable(t) or count == 0 or not is_list(t, count) then
    return nil
  end
  local free = count <= MANY and ints[0] == 0 and floats[0] == 0
  local mark = free and filled(t, count)
  if mark then
    return mark, count
  end
  local at, size, length = room, HEAD + MOST * count, nil
  room = nil
  if not at or size > ROOM then
    at = make(size)
  end
  mark, length = written(at, t, count, free)
  local packed = length and text(at, length)
  room = size <= ROOM and at or make(ROOM)
  return packed and mark, packed
end
