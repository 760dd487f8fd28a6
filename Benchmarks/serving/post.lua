-- Makes wrk post the files named after `--`, in turn, and print one line of JSON at the end.
local bodies, position = {}, 0

function init(names)
  for i = 1, #names do
    local file = assert(io.open(names[i], "rb"))
    bodies[#bodies + 1] = file:read("a")
    file:close()
  end
end

function request()
  position = position % #bodies + 1
  return wrk.format("POST", "/predict", { ["Content-Type"] = "image/jpeg" }, bodies[position])
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "slowest": %f, "errors": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
