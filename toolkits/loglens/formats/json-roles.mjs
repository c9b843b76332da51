/**
 * The keys under which the usual loggers write a field, best first. Nested keys are joined with points.
 * @type {Record<string, string>}
 */
const KEYS = {
  time: 'time @timestamp timestamp ts date datetime asctime time_iso8601 time_local',
  level: 'level severity lvl loglevel log_level levelname level_name log.level',
  message: 'msg message event log err.message error.message error err',
  status: `statusCode status_code res.statusCode res.status response.status response.statusCode http.status_code
    http.statusCode http.response.status_code httpRequest.status status`,
  path: `req.url req.path request.url request.path request.uri url.path http.path http.url http.target
    httpRequest.requestUrl request_uri url uri path`,
  method: `method request_method req.method request.method http.method http.request.method
    httpRequest.requestMethod`,
  durationMs: `responseTime response_time durationMs duration_ms latency_ms latencyMs elapsedMs elapsed_ms
    response_time_ms`,
  duration: 'duration latency elapsed took httpRequest.latency',
  durationSeconds: 'request_time duration_s duration_seconds durationSeconds latency_seconds',
  sentBytes: `bytes bytesSent bytes_sent body_bytes_sent contentLength content_length size res.contentLength
    res.headers.content-length http.response.body.bytes httpRequest.responseSize`,
  client: `remoteAddress remote_addr remote_ip clientIp client_ip client ip req.remoteAddress req.ip
    request.remote_ip source.ip client.ip httpRequest.remoteIp`,
};

/** The names of the fields in their order within what readJsonFields gives. */
export const ROLES = Object.keys(KEYS);

/**
 * The field of each key, and how good the key is for it (0 is best).
 * @type {Map<string, { role: number, rank: number }>}
 */
export const ROLE_OF = new Map();

/**
 * The objects into which readJsonFields looks.
 * @type {Set<string>}
 */
export const PARENTS = new Set();

for (const [role, keys] of Object.values(KEYS).entries()) {
  for (const [rank, key] of keys.split(/\s+/).entries()) {
    ROLE_OF.set(key, { role, rank });
    for (let dot = key.indexOf('.'); dot !== -1; dot = key.indexOf('.', dot + 1)) PARENTS.add(key.slice(0, dot));
  }
}
