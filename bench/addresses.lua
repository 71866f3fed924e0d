-- For wrk: asks for the addresses in the file ADDRESSES (one a line) in an order of its own for each
-- thread. ETAGS=1 sends the entity tags that stand behind the addresses, after a tab; CODING is what
-- is accepted.

local requests = {}
local nth = 0

function setup(thread)
  nth = nth + 1
  thread:set("seed", nth)
end

function init()
  math.randomseed(seed)
  local coding = os.getenv("CODING")
  for line in io.lines(os.getenv("ADDRESSES")) do
    local address, etag = line:match("^([^\t]+)\t?(.*)$")
    local headers = {}
    if coding and coding ~= "" then headers["Accept-Encoding"] = coding end
    if os.getenv("ETAGS") then headers["If-None-Match"] = etag end
    requests[#requests + 1] = wrk.format("GET", address, headers)
  end
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency)
  local seconds = summary.duration / 1e6
  io.write(string.format("measured %d %.0f %.3f %.3f %.3f %d\n", summary.requests, summary.requests / seconds,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
