-- Lists of texts as one text, with a zero between each two: Python splits it faster than lupa hands over each.
local guest, host = ...
local next, type, getmetatable, concat, find = next, type, debug.getmetatable, table.concat, string.find
local TEXTS, ZERO = host.TEXTS, "\0"

-- True for a list whose items are all of one kind.
function guest.is_list_of(kind, kind_of, t)
  local last = 0
  for k, x in next, t do
    if k ~= last + 1 or kind_of(x) ~= kind then
      return false
    end
    last = k
  end
  return true
end

local is_list_of = guest.is_list_of

-- A list's texts, after the mark that says so; nil where it holds anything else, or one of them a zero.
function guest.joined(t)
  if getmetatable(t) or not is_list_of("string", type, t) or find(concat(t), ZERO, 1, true) then
    return nil
  end
  return TEXTS, concat(t, ZERO)
end
