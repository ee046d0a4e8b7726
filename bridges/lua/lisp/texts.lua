-- Methods of texts; of anything else, the object's own.

function L.m_upper(x, ...)
  return type(x) == "string" and x:upper() or L.native(x, "upper", ...)
end

function L.m_lower(x, ...)
  return type(x) == "string" and x:lower() or L.native(x, "lower", ...)
end

function L.m_title(x)
  return (x:lower():gsub("%a+", L.m_capitalize))
end

function L.m_capitalize(x)
  return x:sub(1, 1):upper() .. x:sub(2):lower()
end

function L.class_of(chars)
  return chars and "[" .. chars:gsub("[%]%[%^%-%%]", "%%%0") .. "]" or "%s"
end

function L.m_lstrip(x, chars)
  return (x:gsub("^" .. L.class_of(chars) .. "+", ""))
end

function L.m_rstrip(x, chars)
  local class, stop = L.class_of(chars), #x
  while stop > 0 and x:sub(stop, stop):find(class) do stop = stop - 1 end
  return x:sub(1, stop)
end

function L.m_strip(x, chars)
  return L.m_rstrip(L.m_lstrip(x, chars), chars)
end

function L.m_split(x, mark, most)
  local made, from = {}, 1
  if mark == nil then
    for word in x:gmatch("%S+") do made[#made + 1] = word end
    return made
  end
  if mark == "" then L.raise(L.ValueError("empty separator")) end
  while true do
    local start, stop = x:find(mark, from, true)
    if not start or (most and #made >= most) then break end
    made[#made + 1], from = x:sub(from, start - 1), stop + 1
  end
  made[#made + 1] = x:sub(from)
  return made
end

function L.m_splitlines(x)
  local lines = L.m_split(x:gsub("\r\n?", "\n"), "\n")
  if lines[#lines] == "" then lines[#lines] = nil end
  return lines
end

function L.m_join(x, xs)
  local items = L.list(xs)
  for i, each in ipairs(items) do
    if type(each) ~= "string" then
      L.raise(L.TypeError(("sequence item %d: expected str instance, %s found"):format(i - 1, L.type_name(each))))
    end
  end
  return table.concat(items, x)
end

function L.m_replace(x, old, new, most)
  if type(x) ~= "string" then return L.native(x, "replace", old, new, most) end
  return table.concat(L.m_split(x, old, most), new)
end

function L.m_startswith(x, start)
  return x:sub(1, #start) == start
end

function L.m_endswith(x, end_)
  return end_ == "" or x:sub(-#end_) == end_
end

function L.m_find(x, part, ...)
  if type(x) ~= "string" then return L.native(x, "find", part, ...) end
  local i = x:find(part, 1, true)
  return i and i - 1 or -1
end

function L.m_rfind(x, part)
  local found, from = -1, 1
  while true do
    local i = x:find(part, from, true)
    if not i then return found end
    found, from = i - 1, i + 1
  end
end

function L.m_removeprefix(x, start)
  return L.m_startswith(x, start) and x:sub(#start + 1) or x
end

function L.m_removesuffix(x, end_)
  return end_ ~= "" and L.m_endswith(x, end_) and x:sub(1, #x - #end_) or x
end

function L.m_partition(x, mark)
  local start, stop = x:find(mark, 1, true)
  if not start then return { x, "", "" } end
  return { x:sub(1, start - 1), mark, x:sub(stop + 1) }
end

function L.m_isdigit(x)
  return x:find("^%d+$") ~= nil
end

function L.m_isalpha(x)
  return x:find("^%a+$") ~= nil
end

function L.m_isalnum(x)
  return x:find("^%w+$") ~= nil
end

function L.m_isspace(x)
  return x:find("^%s+$") ~= nil
end

function L.m_isupper(x)
  return x == x:upper() and x ~= x:lower()
end

function L.m_islower(x)
  return x == x:lower() and x ~= x:upper()
end

function L.m_zfill(x, width)
  local sign = x:match("^[+-]") or ""
  return sign .. ("0"):rep(width - #x) .. x:sub(#sign + 1)
end

function L.m_ljust(x, width, fill)
  return x .. (fill or " "):rep(width - #x)
end

function L.m_rjust(x, width, fill)
  return (fill or " "):rep(width - #x) .. x
end

function L.m_center(x, width, fill)
  local missing = math.max(0, width - #x)
  local left = math.floor(missing / 2) + (missing % 2 == 1 and width % 2 == 1 and 1 or 0)
  return (fill or " "):rep(left) .. x .. (fill or " "):rep(missing - left)
end

function L.m_format(x, ...)
  if type(x) ~= "string" then return L.native(x, "format", ...) end
  local args = { ... }
  local named, next_ = L.named_in(args), 0
  local text = x:gsub("{{", "\1"):gsub("}}", "\2")
  text = text:gsub("{([%w_]*)(!?[rs]?):?([^{}]*)}", function(name, how, spec)
    local value = named[name]
    if name == "" then
      next_ = next_ + 1
      value = args[next_]
    elseif name:find("^%d+$") then
      value = args[tonumber(name) + 1]
    end
    if how == "!r" then value = L.repr(value) end
    return spec ~= "" and L.format(value, spec) or L.str(value)
  end)
  return (text:gsub("\1", "{"):gsub("\2", "}"))
end
