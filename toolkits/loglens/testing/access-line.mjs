/**
 * A line of an access log; the parts that a test does not say are filled in.
 * @param {{ client?: string, time?: string, request?: string, status?: number, bytes?: number | string, tail?: string }} [parts]
 */
export function accessLine(parts = {}) {
  const { client = '192.0.2.1', time = '10/Oct/2025:13:55:36 +0000', request = 'GET / HTTP/1.1' } = parts;
  const { status = 200, bytes = 100, tail = '' } = parts;
  return `${client} - - [${time}] "${request}" ${status} ${bytes}${tail}`;
}
