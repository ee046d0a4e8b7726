-- What Python asks of any object: its type, its attributes, what it is in `with` and in a pattern.

function L.callable(x)
  return type(x) == "function" or L.special(x, "__call__") ~= nil
end

function L.type(x)
  return type(x) == "table" and getmetatable(x) or nil
end

function L.getattr(x, name, ...)
  local value = x[name]
  if value ~= nil then return value end
  if select("#", ...) > 0 then return (...) end
  L.raise(L.AttributeError(("'%s' object has no attribute '%s'"):format(L.type_name(x), name)))
end

function L.hasattr(x, name)
  return x[name] ~= nil
end

function L.setattr(x, name, value)
  x[name] = value
end

function L.isinstance(x, kind)
  if L.is_list(kind) then
    for _, each in ipairs(kind) do
      if L.isinstance(x, each) then return true end
    end
    return false
  end
  local own = L.own_types()[kind]
  if own then return own(x) end
  if type(x) == "table" then
    local class = getmetatable(x)
    while type(class) == "table" and class ~= kind do class = rawget(class, "__base") end
    return class == kind
  end
  if kind == L.Exception or kind == L.BaseException then return type(x) == "string" or type(x) == "userdata" end
  return kind == L.TypeError and type(x) == "string" and x:find("attempt to", 1, true) ~= nil
end

L.known_types = {}

function L.own_types()
  local known = L.known_types
  if known[L.int] == nil then
    known[L.int], known[L.float], known[L.str], known[L.bool] = L.is_int, L.is_float, L.is_str, L.is_bool
    known[L.list], known[L.tuple], known[L.dict], known[L.set] = L.is_list, L.is_list, L.is_dict, L.is_set
  end
  return known
end

function L.is_int(x)
  return type(x) == "boolean" or (type(x) == "number" and x % 1 == 0)
end

function L.is_float(x)
  return type(x) == "number" and x % 1 ~= 0
end

function L.is_str(x)
  return type(x) == "string"
end

function L.is_bool(x)
  return type(x) == "boolean"
end

function L.issubclass(a, b)
  while a ~= nil and a ~= b do a = rawget(a, "__base") end
  return a == b
end

function L.enter(x)
  local special = L.special(x, "__enter__")
  if special then return special(x) end
  return x
end

function L.exit(x, error)
  local special = L.special(x, "__exit__")
  if special then return L.truthy(special(x, L.type(error), error, nil)) end
  if type(x) == "userdata" or (type(x) == "table" and x.close) then x:close() end
  return false
end

function L.is_sequence(x, least, exact)
  return L.is_list(x) and (exact and #x == least or not exact and #x >= least)
end

function L.has_keys(x, keys)
  if not L.is_dict(x) then return false end
  for _, key in ipairs(keys) do
    if not L.contains(x, key) then return false end
  end
  return true
end

function L.match_arg(x, i)
  return x[x.__match_args__[i + 1]]
end
