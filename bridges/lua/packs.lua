-- Lists of numbers of one kind as one text, for Lua 5.4: packed in C, a few hundred at once.
local guest, host = ...
local jit, getmetatable, kind_of = jit, debug.getmetatable, math.type
local pack, unpack, concat = string.pack, table.unpack, table.concat

if jit then
  return
end

local MARKS, LETTERS, AT_ONCE = { integer = host.LONGS, float = host.FLOATS }, { integer = "j", float = "n" }, 200

-- A list's numbers in a text, after the mark that says how to read them; or nil.
function guest.packed(t)
  local count, kind, parts = #t, kind_of(t[1]), {}
  if getmetatable(t) or not kind or not guest.is_list_of(kind, kind_of, t) then
    return nil
  end
  for i = 1, count, AT_ONCE do
    local some = AT_ONCE < count - i + 1 and AT_ONCE or count - i + 1
    parts[#parts + 1] = pack(LETTERS[kind]:rep(some), unpack(t, i, i + some - 1))
  end
  return MARKS[kind], concat(parts)
end
