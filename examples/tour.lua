-- The elements, gathered by a column: one row a value, with count, lightest, heaviest and mean mass.

local tour = {}

function tour.gather(rows, column)
  local groups, order = {}, {}
  for _, row in ipairs(rows) do
    local key = row[column]
    local group = groups[key]
    if not group then
      group = { key = key, count = 0, sum = 0, lightest = row.symbol, heaviest = row.symbol }
      groups[key] = group
      order[#order + 1] = group
    end
    group.count = group.count + 1
    group.sum = group.sum + row.mass
    group.heaviest = row.symbol
  end
  for _, group in ipairs(order) do
    group.mean = group.sum / group.count
    group.sum = nil
  end
  return order
end

return tour
