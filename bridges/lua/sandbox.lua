-- The sandbox: globals made anew of what can do no harm. Nothing here reaches files, programs, the debugger,
-- machine code, or an attribute of a Python object.
local guest, host = ...
local type, rawget, error = type, rawget, error
local load, loadfile, searchpath = load, loadfile, package.searchpath
local setmetatable, xpcall, getmetatable = setmetatable, xpcall, debug.getmetatable
local collectgarbage, next, move, rep, MOST = collectgarbage, next, table.move, string.rep, 10000000

local GLOBALS = {
  "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "print", "rawequal", "rawget",
  "rawlen", "rawset", "select", "tonumber", "tostring", "type", "unpack", "_VERSION",
}
local LIBRARIES = { "bit", "coroutine", "math", "string", "table", "utf8" }
-- A text's methods are this very table.
string.dump = nil

-- Nothing, however often: Lua 5.4 would count in C, where no hook is called.
function string.rep(s, n, between)
  if s == "" and (between == nil or between == "") then
    n = 0
  end
  return rep(s, n, between)
end

local env, loaded = {}, {}
guest.env, env._G = env, env
for _, name in next, GLOBALS do
  env[name] = _G[name]
end
for _, name in next, LIBRARIES do
  if _G[name] then
    local copy = {}
    for k, v in next, _G[name] do
      copy[k] = v
    end
    env[name], loaded[name] = copy, copy
  end
end
loaded.polyhy = package.loaded.polyhy

-- Texts share one metatable with the host's own code.
getmetatable("").__metatable = "string"

-- A finalizer runs where no limit holds.
function env.setmetatable(t, mt)
  if type(mt) == "table" and rawget(mt, "__gc") ~= nil then
    error("a sandbox has no __gc", 2)
  end
  return setmetatable(t, mt)
end

-- Where the time is up, a message handler would run with no limit either.
function env.xpcall(f, handler, ...)
  return xpcall(f, function(e)
    if guest.is_ending() then
      return e
    end
    return handler(e)
  end, ...)
end

-- What a table says of its length, these would count through in C, where no hook is called.
local function counted(f)
  return function(t, ...)
    if type(t) == "table" and #t > MOST then
      error("the table is too long for a sandbox", 2)
    end
    return f(t, ...)
  end
end

for _, name in next, { "concat", "insert", "remove", "sort", "unpack" } do
  env.table[name] = env.table[name] and counted(env.table[name])
end

function env.table.move(from, first, last, ...)
  if type(first) == "number" and type(last) == "number" and last - first > MOST then
    error("the table is too long for a sandbox", 2)
  end
  return move(from, first, last, ...)
end

function env.collectgarbage(option)
  if option == nil or option == "count" then
    return collectgarbage(option)
  end
  error("a sandbox has only collectgarbage() and collectgarbage('count')", 2)
end

-- Text alone is loaded: bytecode can do anything.
function env.load(chunk, name, _, scope)
  return load(chunk, name, "t", scope == nil and env or scope)
end

env.loadstring = loadstring and env.load

local function find(name)
  if not name:match("^[%w_][%w_.-]*$") or name:find("..", 1, true) then
    return nil
  end
  return searchpath(name, package.path)
end

function env.require(name)
  if type(name) ~= "string" then
    error("a module is required by its name", 2)
  end
  if loaded[name] == nil then
    local file = find(name)
    local chunk, why = nil, "module '" .. name .. "' not found in a sandbox"
    if file then
      chunk, why = loadfile(file, "t", env)
    end
    if not chunk then
      error(why, 2)
    end
    local value = chunk(name, file)
    loaded[name] = value == nil or value
  end
  return loaded[name]
end

guest.require = env.require

function guest.find(name)
  return loaded[name] ~= nil or find(name) ~= nil
end

function guest.require_file(path, name)
  if loaded[path] == nil then
    local chunk, why = loadfile(path, "t", env)
    if not chunk then
      error("error loading module '" .. name .. "' from file '" .. path .. "':\n\t" .. why, 0)
    end
    local value = chunk(name, path)
    loaded[path] = value == nil or value
  end
  return loaded[path]
end
