-- Modules: where they are searched, and one instance of each, whether required by name or loaded by path.
local guest = ...
local package, require, loadfile, error = package, require, loadfile, error

package.cpath = ""

function guest.require(name)
  return (require(name))
end

function guest.search(path)
  package.path = path
end

-- Whether `require(name)` has something to load.
function guest.find(name)
  if package.loaded[name] ~= nil or package.preload[name] then
    return true
  end
  return package.searchpath(name, package.path) ~= nil
end

function guest.require_file(path, name)
  if package.searchpath(name, package.path) == path then
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
