-- What tables are for Lisp: a list, a dict, a set, an object of a class, or a class.

L.dicts = setmetatable({}, { __mode = "k" })

L.sets = setmetatable({}, { __mode = "k" })

-- A table with the key 1, or with none, is a list, unless it was made as a dict or a set.
function L.is_list(x)
  if type(x) ~= "table" or getmetatable(x) ~= nil or L.sets[x] then return false end
  return not L.dicts[x] and (x[1] ~= nil or next(x) == nil)
end

function L.is_dict(x)
  if type(x) ~= "table" or getmetatable(x) ~= nil or L.sets[x] then return false end
  return L.dicts[x] or (x[1] == nil and next(x) ~= nil)
end

function L.is_set(x)
  return type(x) == "table" and getmetatable(x) == nil and L.sets[x] == true
end

-- A method of an object's class, such as `__eq__`; nil where it has none.
function L.special(x, name)
  if type(x) ~= "table" or getmetatable(x) == nil then return nil end
  return x[name]
end

function L.type_name(x)
  local kind = type(x)
  if kind == "nil" then return "NoneType" end
  if kind == "string" then return "str" end
  if kind == "boolean" then return "bool" end
  if kind == "number" then return x % 1 == 0 and "int" or "float" end
  if L.is_set(x) then return "set" end
  if L.is_list(x) then return "list" end
  if L.is_dict(x) then return "dict" end
  local class = kind == "table" and getmetatable(x)
  return class and rawget(class, "__name") or kind
end

function L.class(name, base)
  local class = { __name = name, __is_class = true, __base = base }
  class.__index = class
  class.__tostring = L.str
  class.__call = L.called
  setmetatable(class, { __index = base, __call = L.new })
  if base and base.__getters then L.with_getters(class) end
  return class
end

-- Let a class have properties; those of a class above are its own, too.
function L.with_getters(class)
  local getters = setmetatable({}, { __index = class.__base and class.__base.__getters })
  class.__getters = getters
  function class.__index(object, name)
    local getter = getters[name]
    if getter then return getter(object) end
    return class[name]
  end
  function class.__newindex(object, name, value)
    if getters[name] then
      L.raise(L.AttributeError(("property '%s' of '%s' object has no setter"):format(name, class.__name)))
    end
    rawset(object, name, value)
  end
end

function L.property(class, name, getter)
  if not rawget(class, "__getters") then L.with_getters(class) end
  class.__getters[name] = getter
end

function L.called(object, ...)
  return object:__call__(...)
end

function L.new(class, ...)
  local object = setmetatable({}, class)
  local init = class.__init__
  if init then init(object, ...) end
  return object
end

function L.super(class, name, self, ...)
  local above = class.__base and class.__base[name]
  if above == nil then
    if name == "__init__" then return nil end
    L.raise(L.AttributeError("'super' object has no attribute '" .. name .. "'"))
  end
  return above(self, ...)
end

-- `(o.method x)`: an object's method gets the object first, a module's function does not.
function L.invoke(o, name, ...)
  local f = o[name]
  if type(o) == "table" and getmetatable(o) ~= nil and rawget(o, name) == nil and not rawget(o, "__is_class") then
    return f(o, ...)
  end
  return f(...)
end

function L.construct(f, ...)
  return f(...)
end

function L.named(options)
  return { __options = options }
end

-- Take the arguments by name from the end of `args`; `n` is how many there are.
function L.named_in(args)
  local last = args[#args]
  if type(last) == "table" and rawget(last, "__options") then
    args[#args] = nil
    return last.__options
  end
  return {}
end

function L.options_in(args)
  local last = args[#args]
  if L.is_dict(last) then
    args[#args] = nil
    return last
  end
  return {}
end

function L.without(options, names)
  local rest = {}
  for key, value in pairs(options) do rest[key] = value end
  for _, name in ipairs(names) do rest[name] = nil end
  L.dicts[rest] = true
  return rest
end
