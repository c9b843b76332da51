/** After how many seconds to come again, as the errors of a GraphQL response say; null when none says so. */
export function retryAfter(body: string): number | null {
  // Nearly no response has it, and to parse them all would cost too much.
  if (!body.includes('"retryAfterMs":')) return null;
  const { errors = [] } = JSON.parse(body) as { errors?: { extensions?: { retryAfterMs?: number } }[] };
  const waits = errors.flatMap(({ extensions }) => extensions?.retryAfterMs ?? []);
  return waits.length > 0 ? Math.ceil(Math.max(...waits) / 1000) : null;
}
