-- wrk -s report.lua URL -- [fresh]: the results as one JSON object. With "fresh" no two requests ask for the same
-- target, so that no answer is one that was kept.
local thread_count = 0
local count = 0
local fresh = false

function setup(thread)
    thread_count = thread_count + 1
    thread:set("number", thread_count)
end

function init(arguments)
    fresh = arguments[1] == "fresh"
    if not fresh then return end
    local separator = wrk.path:find("?", 1, true) and "&" or "?"
    request = function()
        count = count + 1
        return wrk.format(nil, wrk.path .. separator .. "nonce=" .. number .. "-" .. os.time() .. "-" .. count)
    end
end

function done(summary, latency)
    local errors = summary.errors
    print(string.format(
        '{"per_second": %.3f, "requests": %d, "failed": %d, "bytes": %d, "mean": %.1f, "p50": %.1f, "p99": %.1f}',
        summary.requests / summary.duration * 1e6, summary.requests,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout, summary.bytes,
        latency.mean, latency:percentile(50), latency:percentile(99)))
end
