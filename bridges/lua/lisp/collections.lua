-- Items of lists, dicts, sets and texts, as Python finds, sets and unpacks them.

function L.get(xs, key)
  local kind = type(xs)
  if kind == "table" and getmetatable(xs) == nil then
    if type(key) == "number" and not L.dicts[xs] then
      local i = key < 0 and #xs + key + 1 or key + 1
      local x = xs[i]
      if x == nil and L.is_list(xs) then L.raise(L.IndexError("list index out of range")) end
      if x ~= nil then return x end
    end
    local x = xs[key]
    if x ~= nil then return x end
    if type(key) == "table" then
      for k, y in pairs(xs) do
        if L.eq(k, key) then return y end
      end
    end
    L.raise(L.KeyError(key))
  end
  if kind == "string" then
    local i = key < 0 and #xs + key + 1 or key + 1
    if i < 1 or i > #xs then L.raise(L.IndexError("string index out of range")) end
    return xs:sub(i, i)
  end
  if kind == "nil" then L.raise(L.TypeError("'NoneType' object is not subscriptable")) end
  local special = L.special(xs, "__getitem__")
  if special then return special(xs, key) end
  if type(key) == "number" then return xs[key + 1] end
  return xs[key]
end

-- An item of what is known to be a list, by what is known to be a number.
function L.at(xs, i)
  local x = xs[i + 1]
  if x == nil or i < 0 then return L.get(xs, i) end
  return x
end

function L.set_at(xs, i, value)
  if i >= 0 and xs[i + 1] ~= nil then
    xs[i + 1] = value
  else
    L.set_item(xs, i, value)
  end
end

function L.set_item(xs, key, value)
  if L.special(xs, "__setitem__") then return xs:__setitem__(key, value) end
  if type(key) == "number" and (type(xs) ~= "table" or L.is_list(xs)) then
    local i = key < 0 and #xs + key + 1 or key + 1
    if type(xs) == "table" and (i < 1 or i > #xs) then
      L.raise(L.IndexError("list assignment index out of range"))
    end
    xs[i] = value
  else
    xs[L.key_in(xs, key)] = value
  end
end

function L.key_in(xs, key)
  if type(key) == "table" then
    for k in pairs(xs) do
      if L.eq(k, key) then return k end
    end
  end
  return key
end

function L.del_item(xs, key)
  if L.special(xs, "__delitem__") then return xs:__delitem__(key) end
  L.get(xs, key)
  if L.is_list(xs) then
    table.remove(xs, key < 0 and #xs + key + 1 or key + 1)
  else
    xs[L.key_in(xs, key)] = nil
  end
end

function L.del_member(x, name)
  x[name] = nil
end

function L.clamped(i, size, least, most)
  if i < 0 then i = i + size end
  return math.min(math.max(i, least), most)
end

function L.cut(xs, start, stop, step)
  step = step or 1
  local size, text = #xs, type(xs) == "string"
  if step == 0 then L.raise(L.ValueError("slice step cannot be zero")) end
  local back = step < 0
  local first = start == nil and (back and size - 1 or 0) or L.clamped(start, size, back and -1 or 0, back and size - 1 or size)
  local last = stop == nil and (back and -1 or size) or L.clamped(stop, size, back and -1 or 0, back and size - 1 or size)
  if text and step == 1 then return xs:sub(first + 1, last) end
  local made = {}
  for i = first, back and last + 1 or last - 1, step do made[#made + 1] = text and xs:sub(i + 1, i + 1) or xs[i + 1] end
  return text and table.concat(made) or made
end

-- Replace the items of a list from `start` to `stop`.
function L.set_cut(xs, items, start, stop)
  if not L.is_list(xs) then
    L.raise(L.TypeError("'" .. L.type_name(xs) .. "' object does not support slice assignment"))
  end
  local size = #xs
  local first = L.clamped(start or 0, size, 0, size)
  local last = math.max(first, L.clamped(stop or size, size, 0, size))
  local made = L.list(items)
  for i = last + 1, size do made[#made + 1] = xs[i] end
  for i = 1, math.max(#made, size - first) do xs[first + i] = made[i] end
end

function L.contains(xs, x)
  if type(xs) == "string" then return xs:find(x, 1, true) ~= nil end
  local special = L.special(xs, "__contains__")
  if special then return special(xs, x) end
  if L.is_set(xs) or L.is_dict(xs) then return x ~= nil and xs[L.key_in(xs, x)] ~= nil end
  for _, y in L.each(xs) do
    if L.eq(x, y) then return true end
  end
  return false
end

-- A function that gives the items one by one, then nil.
function L.iter(xs)
  local kind = type(xs)
  if kind == "function" then return xs end
  if kind == "string" then return xs:gmatch("[%z\1-\127\194-\244][\128-\191]*") end
  if kind ~= "table" then return L.iter_other(xs) end
  if getmetatable(xs) == nil then
    if L.is_list(xs) then
      local i = 0
      return function()
        i = i + 1
        return xs[i]
      end
    end
    local keys, i = {}, 0
    for key in pairs(xs) do keys[#keys + 1] = key end
    return function()
      i = i + 1
      return keys[i]
    end
  end
  if xs.__iter__ then return L.iter(xs:__iter__()) end
  if xs.__next__ then return function() return xs:__next__() end end
  L.raise(L.TypeError("'" .. L.type_name(xs) .. "' object is not iterable"))
end

-- What `for _, x in` takes, to loop over anything; over a list without making a function.
function L.each(xs)
  if L.is_list(xs) then return L.step_in, xs, 0 end
  return L.step_by, L.iter(xs), 0
end

function L.step_in(xs, i)
  local x = xs[i + 1]
  if x ~= nil then return i + 1, x end
end

function L.step_by(step, i)
  local x = step()
  if x ~= nil then return i + 1, x end
end

function L.iterator(xs)
  return L.iter(xs)
end

function L.iter_other(xs)
  if type(xs) ~= "userdata" and type(xs) ~= "cdata" then
    L.raise(L.TypeError("'" .. L.type_name(xs) .. "' object is not iterable"))
  end
  local i = 0
  return function()
    i = i + 1
    if i <= #xs then return xs[i] end
  end
end

function L.push(xs, x)
  xs[#xs + 1] = x
end

function L.list(xs)
  local made = {}
  if xs == nil then return made end
  for i, x in L.each(xs) do made[i] = x end
  return made
end

function L.unpack(xs, wanted)
  local items = L.is_list(xs) and xs or L.list(xs)
  if #items > wanted then L.raise(L.ValueError(("too many values to unpack (expected %d)"):format(wanted))) end
  if #items < wanted then
    L.raise(L.ValueError(("not enough values to unpack (expected %d, got %d)"):format(wanted, #items)))
  end
  return items
end

function L.unpack_rest(xs, before, after)
  local items, made = L.list(xs), {}
  local most = #items - after
  if most < before then
    L.raise(L.ValueError(("not enough values to unpack (expected at least %d, got %d)"):format(before + after, #items)))
  end
  for i = 1, before do made[i] = items[i] end
  made[before + 1] = {}
  for i = before + 1, most do L.push(made[before + 1], items[i]) end
  for i = most + 1, #items do made[#made + 1] = items[i] end
  return made
end

-- The items of a list as arguments.
function L.spread(...)
  local all = {}
  for _, xs in ipairs({ ... }) do
    for x in L.iter(xs) do all[#all + 1] = x end
  end
  return (table.unpack or unpack)(all)
end

function L.dict(pairs_, named)
  local made = {}
  if type(pairs_) == "table" and rawget(pairs_, "__options") then
    pairs_, named = nil, pairs_
  end
  L.dicts[made] = true
  if L.is_dict(pairs_) then
    for key, x in pairs(pairs_) do made[key] = x end
  elseif pairs_ ~= nil then
    for pair in L.iter(pairs_) do
      local items = L.unpack(pair, 2)
      made[L.key_in(made, items[1])] = items[2]
    end
  end
  for key, x in pairs(named and named.__options or {}) do made[key] = x end
  return made
end

function L.as_dict(made)
  L.dicts[made] = true
  return made
end

function L.merged(...)
  local made = L.dict()
  for _, each in ipairs({ ... }) do
    for key, x in pairs(each) do made[key] = x end
  end
  return made
end

function L.set(xs)
  local made = {}
  L.sets[made] = true
  if xs == nil then return made end
  for x in L.iter(xs) do made[L.key_in(made, x)] = true end
  return made
end
