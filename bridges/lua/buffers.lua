-- Buffers: memory of Python's as cdata that counts from 1 and keeps to its bounds; LuaJIT alone has cdata.
local guest, host = ...
local jit, error, type, tonumber, tostring = jit, error, type, tonumber, tostring

if not jit then
  return
end

local ffi = require("ffi")
local cast, metatype, typeof, sizeof = ffi.cast, ffi.metatype, ffi.typeof, ffi.sizeof
local owners, kinds = setmetatable({}, { __mode = "k" }), {}

local function place(buffer, i)
  if type(i) ~= "number" or i < 1 or i > buffer.length then
    error("there is no item " .. tostring(i) .. " in a buffer of " .. tonumber(buffer.length), 3)
  end
  return i - 1
end

local function reader(buffer, i)
  if type(i) ~= "number" then
    return owners[buffer].object[i]
  elseif i >= 1 and i <= buffer.length then
    return buffer.at[i - 1]
  end
  return nil
end

local function writer(buffer, i, value)
  buffer.at[place(buffer, i)] = value
end

local function refuser()
  error("this buffer is read-only", 2)
end

local function length(buffer)
  return tonumber(buffer.length)
end

for code, item in next, host.items do
  for _, const in ipairs({ "", "const " }) do
    local name = ("polyhy_%s%s"):format(const == "" and "buffer_" or "view_", item:gsub("%W", "_"))
    ffi.cdef(("typedef struct { %s%s *at; size_t length; } %s;"):format(const, item, name))
    kinds[const .. code] = {
      made = metatype(name, {
        __index = reader,
        __newindex = const == "" and writer or refuser,
        __len = length,
      }),
      pointer = typeof(("%s%s *"):format(const, item)),
    }
  end
end

-- The buffer of so many items at an address. `object` is what it is to Python, and `loan` keeps its memory
-- in place; both live as long as the buffer.
function guest.buffer(object, loan, code, address, count)
  local kind = kinds[code]
  local buffer = kind.made(cast(kind.pointer, address), count)
  owners[buffer] = { object = object, loan = loan }
  return buffer
end

-- The Python object that a buffer is, if it is one.
function guest.lender(x)
  local owner = owners[x]
  return owner and owner.object
end

-- Where an array of Lua's own lies: its item's code, its address, and how many items there are.
function guest.array(x)
  local item, count = tostring(typeof(x)):match("^ctype<([%w_ ]-) %[([%d?]+)%]>$")
  local code = item and host.codes[item]
  if code then
    local address = tonumber(cast("uintptr_t", cast("void *", x)))
    return code, address, tonumber(count) or sizeof(x) / sizeof(item)
  end
end
