import autocannon from 'autocannon';

/** Requests per second of a target over 5 seconds, after 2 of warm-up; any answer but 200 is an error. */
export async function measure(target) {
  await autocannon({ ...target.request, connections: 32, duration: 2 });
  const result = await autocannon({ ...target.request, connections: 32, duration: 5 });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} answers were not 200, ${result.errors} requests failed`);
  return result.requests.average;
}
