-- The sandbox: globals made anew of what can do no harm. Nothing here reaches files, programs, the debugger,
-- machine code, or an attribute of a Python object.
local guest, host = ...
local type, rawget, error = type, rawget, error
local load, loadfile, searchpath = load, loadfile, package.searchpath
local setmetatable, xpcall, getmetatable = setmetatable, xpcall, debug.getmetatable
local collectgarbage, next = collectgarbage, next

local GLOBALS = {
  "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "print", "rawequal", "rawget",
  "rawlen", "rawset", "select", "tonumber", "tostring", "type", "unpack", "_VERSION",
}
local LIBRARIES = { "bit", "coroutine", "math", "string", "table", "utf8" }
-- A text's methods are this very table.
string.dump = nil

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
    if guest.ending then
      return e
    end
    return handler(e)
  end, ...)
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
