-- What Lisp means by truth, equality and operators, where Lua means something else.

function L.truthy(x)
  if x == nil or x == false or x == 0 or x == "" then return false end
  if type(x) ~= "table" then return true end
  if getmetatable(x) == nil then return next(x) ~= nil end
  if x.__bool__ then return x:__bool__() end
  if x.__len__ then return x:__len__() > 0 end
  return true
end

function L.same(a, b)
  return rawequal(a, b)
end

function L.eq(a, b)
  if rawequal(a, b) then return true end
  if type(a) == "boolean" and type(b) == "number" then a = a and 1 or 0 end
  if type(b) == "boolean" and type(a) == "number" then b = b and 1 or 0 end
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  local special = L.special(a, "__eq__")
  if special then return special(a, b) end
  if getmetatable(a) ~= nil or getmetatable(b) ~= nil then return a == b end
  for key, x in pairs(a) do
    if not L.eq(x, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return L.is_list(a) == L.is_list(b)
end

function L.ne(a, b)
  return not L.eq(a, b)
end

-- LuaJIT compiles no function that makes a function: these have names.
L.plain = {
  add = function(x, y) return x + y end,
  sub = function(x, y) return x - y end,
  mul = function(x, y) return x * y end,
  truediv = function(x, y) return x / y end,
  floordiv = function(x, y) return math.floor(x / y) end,
  mod = function(x, y) return x % y end,
  pow = function(x, y) return x ^ y end,
  matmul = function() return nil end,
}

function L.operate(sign, name, a, b)
  local special = L.special(a, "__" .. name .. "__")
  if special then return special(a, b) end
  special = L.special(b, "__r" .. name .. "__")
  if special then return special(b, a) end
  if type(a) == "boolean" then a = a and 1 or 0 end
  if type(b) == "boolean" then b = b and 1 or 0 end
  if type(a) ~= "string" and type(b) ~= "string" and not L.is_list(a) and not L.is_list(b) then
    if type(a) ~= "nil" and type(b) ~= "nil" then return L.plain[name](a, b) end
  end
  L.raise(L.TypeError(("unsupported operand type(s) for %s: '%s' and '%s'"):format(sign, L.type_name(a), L.type_name(b))))
end

function L.add(a, b)
  if type(a) == "number" and type(b) == "number" then return a + b end
  if type(a) == "string" and type(b) == "string" then return a .. b end
  if L.is_list(a) and L.is_list(b) then return L.joined(a, b) end
  return L.operate("+", "add", a, b)
end

function L.joined(a, b)
  local made = {}
  for i = 1, #a do made[i] = a[i] end
  for i = 1, #b do made[#a + i] = b[i] end
  return made
end

function L.iadd(a, b)
  if type(a) == "number" and type(b) == "number" then return a + b end
  if L.is_list(a) then
    for _, x in L.each(L.list(b)) do a[#a + 1] = x end
    return a
  end
  return L.add(a, b)
end

function L.sub(a, b)
  if type(a) == "number" and type(b) == "number" then return a - b end
  if L.is_set(a) and L.is_set(b) then return L.m_difference(a, b) end
  return L.operate("-", "sub", a, b)
end

function L.mul(a, b)
  if type(a) == "number" and type(b) == "number" then return a * b end
  if type(b) == "string" or L.is_list(b) then a, b = b, a end
  if type(a) == "string" then return a:rep(b) end
  if L.is_list(a) then
    local made = {}
    for _ = 1, b do
      for i = 1, #a do made[#made + 1] = a[i] end
    end
    return made
  end
  return L.operate("*", "mul", a, b)
end

function L.div(a, b)
  if type(a) == "number" and type(b) == "number" and b ~= 0 then return a / b end
  if b == 0 or b == false then L.raise(L.ZeroDivisionError("division by zero")) end
  return L.operate("/", "truediv", a, b)
end

function L.floordiv(a, b)
  if type(a) == "number" and type(b) == "number" and b ~= 0 then return math.floor(a / b) end
  if b == 0 or b == false then L.raise(L.ZeroDivisionError("integer division or modulo by zero")) end
  return L.operate("//", "floordiv", a, b)
end

function L.mod(a, b)
  if type(a) == "number" and type(b) == "number" and b ~= 0 then return a % b end
  if b == 0 or b == false then L.raise(L.ZeroDivisionError("integer modulo by zero")) end
  return L.operate("%", "mod", a, b)
end

function L.power(a, b)
  if type(a) == "number" and type(b) == "number" then return a ^ b end
  return L.operate("**", "pow", a, b)
end

function L.neg(a)
  local special = L.special(a, "__neg__")
  if special then return special(a) end
  return -a
end

function L.lshift(a, b)
  return a * 2 ^ b
end

function L.rshift(a, b)
  return math.floor(a / 2 ^ b)
end

function L.bits(a, b, keep, name)
  if bit and a >= 0 and b >= 0 and a < 2 ^ 31 and b < 2 ^ 31 then return bit[name](a, b) end
  local made, place = 0, 1
  while (a ~= 0 or b ~= 0) and not (a == -1 and b == -1) and place <= 2 ^ 53 do
    if keep(a % 2, b % 2) then made = made + place end
    a, b, place = math.floor(a / 2), math.floor(b / 2), place * 2
  end
  if a == -1 and b == -1 and keep(1, 1) then made = made - place end
  return made
end

function L.both(x, y)
  return x == 1 and y == 1
end

function L.either(x, y)
  return x == 1 or y == 1
end

function L.differ(x, y)
  return x ~= y
end

function L.band(a, b)
  if L.is_set(a) then return L.m_intersection(a, b) end
  return L.bits(a, b, L.both, "band")
end

function L.bor(a, b)
  if L.is_set(a) then return L.m_union(a, b) end
  if L.is_dict(a) then return L.merged(a, b) end
  return L.bits(a, b, L.either, "bor")
end

function L.bxor(a, b)
  if L.is_set(a) then return L.m_union(L.m_difference(a, b), L.m_difference(b, a)) end
  return L.bits(a, b, L.differ, "bxor")
end

function L.bnot(a)
  return -a - 1
end

function L.matmul(a, b)
  return L.operate("@", "matmul", a, b)
end

-- -1, 0 or 1, as `a` is less than, equal to or more than `b`.
function L.compare(a, b, sign)
  local kind = type(a)
  if kind == type(b) and (kind == "number" or kind == "string") then return a < b and -1 or a > b and 1 or 0 end
  if L.is_list(a) and L.is_list(b) then
    for i = 1, math.min(#a, #b) do
      if not L.eq(a[i], b[i]) then return L.compare(a[i], b[i], sign) end
    end
    return #a - #b
  end
  if L.is_set(a) and L.is_set(b) then return L.m_issubset(a, b) and L.len(a) - L.len(b) or 1 end
  local special = L.special(a, "__lt__")
  if special then return special(a, b) and -1 or L.eq(a, b) and 0 or 1 end
  if kind == "boolean" then return L.compare(a and 1 or 0, b, sign) end
  if type(b) == "boolean" then return L.compare(a, b and 1 or 0, sign) end
  if type(a) == "cdata" or type(a) == "userdata" then return a < b and -1 or a == b and 0 or 1 end
  L.raise(L.TypeError(("'%s' not supported between instances of '%s' and '%s'"):format(sign or "<", L.type_name(a), L.type_name(b))))
end

function L.lt(a, b)
  if type(a) == "number" and type(b) == "number" then return a < b end
  return L.compare(a, b, "<") < 0
end

function L.le(a, b)
  if type(a) == "number" and type(b) == "number" then return a <= b end
  return L.compare(a, b, "<=") <= 0
end

function L.gt(a, b)
  if type(a) == "number" and type(b) == "number" then return a > b end
  return L.compare(b, a, ">") < 0
end

function L.ge(a, b)
  if type(a) == "number" and type(b) == "number" then return a >= b end
  return L.compare(b, a, ">=") <= 0
end
