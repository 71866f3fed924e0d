-- For wrk: posts articles with one text each, every one with a headline of its own, as the bearer of
-- TOKEN. RUN tells the runs apart.

local nth = 0
local count = 0

function setup(thread)
  nth = nth + 1
  thread:set("thread", nth)
end

function request()
  count = count + 1
  local body = string.format('{"kind": "news", "texts": {"en": {"headline": "Run %s: story %d of %d", ' ..
    '"body_markdown": "On Friday the minister said that the bridge will open in May.\\n\\nWork began two years ago."}}}',
    os.getenv("RUN"), count, thread)
  return wrk.format("POST", "/v1/desk/articles", {
    ["Authorization"] = "Bearer " .. os.getenv("TOKEN"),
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = string.format("%s-%d-%d", os.getenv("RUN"), thread, count),
  }, body)
end

function done(summary, latency)
  local seconds = summary.duration / 1e6
  io.write(string.format("measured %d %.0f %.3f %.3f %.3f %d\n", summary.requests, summary.requests / seconds,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
