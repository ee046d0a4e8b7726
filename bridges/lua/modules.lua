-- Modules: where they are searched, and one instance of each, whether required by name or loaded by path.
local guest = ...
local package, require, loadfile, error, tostring = package, require, loadfile, error, tostring
local searchpath, loadlib = package.searchpath, package.loadlib
local searchers = package.searchers or package.loaders
local check = guest.check_native

local function root(name)
  return name:match("^[^.]+") or name
end

-- A module in C that was built for another Lua would end the process: it is refused before it is opened.
local function checked(searcher, named)
  return function(name)
    local file = searchpath(named(name), package.cpath)
    if file then
      check(file)
    end
    return searcher(name)
  end
end

searchers[3], searchers[4] = checked(searchers[3], tostring), checked(searchers[4], root)

function package.loadlib(path, ...)
  check(path)
  return loadlib(path, ...)
end

function guest.require(name)
  return (require(name))
end

function guest.search(path, cpath)
  package.path, package.cpath = path, cpath
end

-- Whether `require(name)` has something to load.
function guest.find(name)
  if package.loaded[name] ~= nil or package.preload[name] then
    return true
  end
  local cpath = package.cpath
  return (searchpath(name, package.path) or searchpath(name, cpath) or searchpath(root(name), cpath)) ~= nil
end

function guest.require_file(path, name)
  if searchpath(name, package.path) == path then
    return (require(name))
  end
  if package.loaded[path] == nil then
    local chunk, why = loadfile(path)
    if not chunk then
      error("error loading module '" .. name .. "' from file '" .. path .. "':\n\t" .. why, 0)
    end
    local value = chunk(name, path)
    package.loaded[path] = value == nil or value
  end
  return package.loaded[path]
end
