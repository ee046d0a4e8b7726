-- Methods of lists, dicts and sets; of anything else, the object's own.

function L.native(x, name, ...)
  local f = x[name]
  if f == nil then
    L.raise(L.AttributeError(("'%s' object has no attribute '%s'"):format(L.type_name(x), name)))
  end
  return f(x, ...)
end

function L.m_append(xs, x)
  if not L.is_list(xs) then return L.native(xs, "append", x) end
  xs[#xs + 1] = x
end

function L.m_extend(xs, more)
  if not L.is_list(xs) then return L.native(xs, "extend", more) end
  for x in L.iter(L.list(more)) do xs[#xs + 1] = x end
end

function L.m_insert(xs, i, x)
  if not L.is_list(xs) then return L.native(xs, "insert", i, x) end
  table.insert(xs, L.clamped(i, #xs, 0, #xs) + 1, x)
end

function L.m_pop(xs, ...)
  local key, otherwise = ...
  if L.is_list(xs) and not (L.dicts[xs]) then
    if #xs == 0 then L.raise(L.IndexError("pop from empty list")) end
    if key == nil then return table.remove(xs) end
    L.get(xs, key)
    return table.remove(xs, key < 0 and #xs + key + 1 or key + 1)
  end
  if L.is_set(xs) then
    local x = next(xs)
    if x == nil then L.raise(L.KeyError("pop from an empty set")) end
    xs[x] = nil
    return x
  end
  if not L.is_dict(xs) then return L.native(xs, "pop", ...) end
  if select("#", ...) > 1 and not L.contains(xs, key) then return otherwise end
  local x = L.get(xs, key)
  L.del_item(xs, key)
  return x
end

function L.m_remove(xs, x)
  if L.is_set(xs) then
    if not L.contains(xs, x) then L.raise(L.KeyError(x)) end
    xs[L.key_in(xs, x)] = nil
  elseif L.is_list(xs) then
    table.remove(xs, L.m_index(xs, x) + 1)
  else
    return L.native(xs, "remove", x)
  end
end

function L.m_index(xs, x, ...)
  if type(xs) == "string" then
    local i = xs:find(x, 1, true)
    if not i then L.raise(L.ValueError("substring not found")) end
    return i - 1
  end
  if not L.is_list(xs) then return L.native(xs, "index", x, ...) end
  for i = 1, #xs do
    if L.eq(xs[i], x) then return i - 1 end
  end
  L.raise(L.ValueError(L.repr(x) .. " is not in list"))
end

function L.m_count(xs, x)
  local count = 0
  if type(xs) == "string" then
    local from = 1
    while true do
      local start, stop = xs:find(x, from, true)
      if not start then return count end
      count, from = count + 1, stop + 1
    end
  end
  if not L.is_list(xs) then return L.native(xs, "count", x) end
  for i = 1, #xs do
    if L.eq(xs[i], x) then count = count + 1 end
  end
  return count
end

function L.m_sort(xs, ...)
  if not L.is_list(xs) then return L.native(xs, "sort", ...) end
  for i, x in ipairs(L.sorted(xs, ...)) do xs[i] = x end
end

function L.m_reverse(xs)
  if type(xs) == "string" then return xs:reverse() end
  for i, x in ipairs(L.reversed(xs)) do xs[i] = x end
end

function L.m_copy(xs, ...)
  if L.is_list(xs) then return L.list(xs) end
  if L.is_set(xs) then return L.set(xs) end
  if L.is_dict(xs) then return L.dict(xs) end
  return L.native(xs, "copy", ...)
end

function L.m_clear(xs, ...)
  if type(xs) ~= "table" or getmetatable(xs) ~= nil then return L.native(xs, "clear", ...) end
  for key in pairs(xs) do xs[key] = nil end
end

function L.m_get(xs, key, otherwise)
  if type(xs) ~= "table" or getmetatable(xs) ~= nil or type(rawget(xs, "get")) == "function" then
    return L.native(xs, "get", key, otherwise)
  end
  local x = xs[L.key_in(xs, key)]
  if x == nil then return otherwise end
  return x
end

function L.m_keys(xs, ...)
  if not L.is_dict(xs) and next(xs) ~= nil then return L.native(xs, "keys", ...) end
  local made = {}
  for key in pairs(xs) do made[#made + 1] = key end
  return made
end

function L.m_values(xs, ...)
  if not L.is_dict(xs) and next(xs) ~= nil then return L.native(xs, "values", ...) end
  local made = {}
  for _, x in pairs(xs) do made[#made + 1] = x end
  return made
end

function L.m_items(xs, ...)
  if not L.is_dict(xs) and next(xs) ~= nil then return L.native(xs, "items", ...) end
  local made = {}
  for key, x in pairs(xs) do made[#made + 1] = { key, x } end
  return made
end

function L.m_update(xs, more, named)
  if L.is_set(xs) then
    for x in L.iter(more) do xs[L.key_in(xs, x)] = true end
    return
  end
  if type(xs) ~= "table" or getmetatable(xs) ~= nil then return L.native(xs, "update", more) end
  L.dicts[xs] = true
  for key, x in pairs(L.dict(more, named)) do xs[key] = x end
end

function L.m_setdefault(xs, key, otherwise)
  if not L.contains(xs, key) then L.set_item(xs, key, otherwise) end
  return L.get(xs, key)
end

function L.m_add(xs, x, ...)
  if not L.is_set(xs) then return L.native(xs, "add", x, ...) end
  xs[L.key_in(xs, x)] = true
end

function L.m_discard(xs, x)
  xs[L.key_in(xs, x)] = nil
end

function L.m_union(xs, ...)
  local made = L.set(xs)
  for _, more in ipairs({ ... }) do
    for x in L.iter(more) do made[L.key_in(made, x)] = true end
  end
  return made
end

function L.m_intersection(xs, more)
  local made = L.set()
  for x in pairs(xs) do
    if L.contains(more, x) then made[x] = true end
  end
  return made
end

function L.m_difference(xs, more)
  local made = L.set()
  for x in pairs(xs) do
    if not L.contains(more, x) then made[x] = true end
  end
  return made
end

function L.m_issubset(xs, more)
  for x in pairs(xs) do
    if not L.contains(more, x) then return false end
  end
  return true
end
