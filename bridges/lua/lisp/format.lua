-- Values as text: str, repr, format.

function L.str(x)
  if type(x) == "string" then return x end
  if type(x) == "table" and getmetatable(x) ~= nil then
    if x.__str__ then return x:__str__() end
    if L.isinstance(x, L.BaseException) then return L.error_text(x) end
  end
  return L.repr(x)
end

function L.error_text(x)
  local args = rawget(x, "args") or {}
  if #args == 0 then return "" end
  if #args > 1 then return L.repr(args) end
  return L.isinstance(x, L.KeyError) and L.repr(args[1]) or L.str(args[1])
end

function L.repr(x)
  local kind = type(x)
  if kind == "nil" then return "None" end
  if kind == "boolean" then return x and "True" or "False" end
  if kind == "number" then return L.number_text(x) end
  if kind == "string" then return L.quoted(x) end
  if kind == "function" then return "<function>" end
  if kind ~= "table" then return tostring(x) end
  local special = L.special(x, "__repr__")
  if special then return special(x) end
  local parts = {}
  if L.is_set(x) then
    for key in pairs(x) do parts[#parts + 1] = L.repr(key) end
    return #parts > 0 and "{" .. table.concat(parts, ", ") .. "}" or "set()"
  end
  if L.is_list(x) then
    for i = 1, #x do parts[i] = L.repr(x[i]) end
    return "[" .. table.concat(parts, ", ") .. "]"
  end
  if L.is_dict(x) then
    for key, y in pairs(x) do parts[#parts + 1] = L.repr(key) .. ": " .. L.repr(y) end
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  if rawget(x, "__is_class") then return "<class '" .. x.__name .. "'>" end
  if L.isinstance(x, L.BaseException) then return L.type_name(x) .. L.repr(x.args):gsub("^%[", "("):gsub("%]$", ")") end
  return "<" .. L.type_name(x) .. " object>"
end

function L.number_text(x)
  if x ~= x then return "nan" end
  if x == math.huge then return "inf" end
  if x == -math.huge then return "-inf" end
  if x % 1 == 0 and math.abs(x) < 2 ^ 63 then return ("%d"):format(x) end
  for digits = 15, 17 do
    local text = ("%." .. digits .. "g"):format(x)
    if tonumber(text) == x then return text end
  end
end

function L.quoted(x)
  local mark = x:find("'", 1, true) and not x:find('"', 1, true) and '"' or "'"
  local escapes = { ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t", [mark] = "\\" .. mark }
  return mark .. x:gsub("[\\\n\r\t'\"]", escapes) .. mark
end

function L.digits(x, base)
  local made = ""
  repeat
    local digit = x % base
    made = ("0123456789abcdef"):sub(digit + 1, digit + 1) .. made
    x = math.floor(x / base)
  until x == 0
  return made
end

function L.format(x, spec)
  local special = L.special(x, "__format__")
  if special then return special(x, spec) end
  local fill, align, rest = spec:match("^(.)([<>=^])(.*)$")
  if not fill then align, rest = spec:match("^([<>=^]?)(.*)$") end
  local sign, base, zero, width, group, digits, kind = rest:match("^([+ ]?)(#?)(0?)(%d*)([,_]?)%.?(%d*)([a-zA-Z%%]?)$")
  if not sign then L.raise(L.ValueError("Invalid format specifier '" .. spec .. "'")) end
  local number = type(x) == "number"
  local precise = rest:find(".", 1, true) and tonumber(digits) or nil
  local text = number and L.format_number(math.abs(x), kind, precise, group, base) or L.str(x)
  if not number and precise then text = text:sub(1, precise) end
  local lead = number and (x < 0 and "-" or sign) or ""
  if zero == "0" and align == "" then fill, align = "0", "=" end
  if align == "" then align = number and ">" or "<" end
  local missing, pad = math.max(0, (tonumber(width) or 0) - #text - #lead), fill or " "
  if align == "=" then return lead .. pad:rep(missing) .. text end
  local before = align == "<" and 0 or align == ">" and missing or math.floor(missing / 2)
  return pad:rep(before) .. lead .. text .. pad:rep(missing - before)
end

function L.format_number(x, kind, digits, group, base)
  local radix, text = ({ x = 16, X = 16, b = 2, o = 8 })[kind], nil
  if radix then text = (base == "#" and "0" .. kind or "") .. L.digits(x, radix)
  elseif kind == "e" or kind == "E" then text = ("%." .. (digits or 6) .. "e"):format(x)
  elseif kind == "%" then text = ("%." .. (digits or 6) .. "f%%"):format(x * 100)
  elseif kind == "c" then return L.chr(x)
  elseif kind == "f" or kind == "F" then text = ("%." .. (digits or 6) .. "f"):format(x)
  elseif digits or kind == "g" or kind == "G" then text = ("%." .. math.max(digits or 6, 1) .. "g"):format(x)
  else text = L.number_text(x) end
  if kind == "X" or kind == "E" or kind == "G" then text = text:upper() end
  if group == "" then return text end
  local whole, rest = text:match("^(%d+)(.*)$")
  local grouped = whole:reverse():gsub("(%d%d%d)", "%1" .. group):reverse():gsub("^" .. group, "")
  return grouped .. rest
end
