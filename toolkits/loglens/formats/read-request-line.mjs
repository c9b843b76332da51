const NO_REQUEST = { method: undefined, path: undefined };
const LONGEST_METHOD = 20;

/**
 * Reads `GET /path?query HTTP/1.1` between two positions; what is no HTTP request has neither method nor path.
 * @param {string} line
 * @param {number} start
 * @param {number} end
 * @returns {{ method: string | undefined, path: string | undefined }}
 */
export function readRequestLine(line, start, end) {
  const methodEnd = line.indexOf(' ', start);
  if (methodEnd <= start || methodEnd >= end || methodEnd - start > LONGEST_METHOD) return NO_REQUEST;
  const first = line.charCodeAt(start);
  const isUpperCase = first >= 65 && first <= 90;
  if (!isUpperCase) return NO_REQUEST;
  const protocol = line.lastIndexOf(' HTTP/', end);
  const targetEnd = protocol > methodEnd ? protocol : end;
  const query = line.indexOf('?', methodEnd);
  const pathEnd = query !== -1 && query < targetEnd ? query : targetEnd;
  return { method: line.slice(start, methodEnd), path: line.slice(methodEnd + 1, pathEnd) };
}
