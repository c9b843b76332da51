const patienceMs = 10_000;

/** What came of a request: an answer, a refusal that stays one, or nothing that tells whether it was done. */
export type Outcome =
  { is: 'data'; data: Record<string, any> } | { is: 'refused'; code: string; message: string } | { is: 'unknown'; why: string };

/** Sends an operation over HTTP, once. */
export async function ask(url: string, token: string, query: string, variables: object): Promise<Outcome> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(patienceMs),
    });
    const { data, errors } = (await response.json()) as {
      data?: Record<string, any> | null;
      errors?: { message: string; extensions?: { code?: string } }[];
    };
    if (!errors && data) return { is: 'data', data };
    const { message, extensions } = errors![0]!;
    const code = extensions?.code ?? '';
    // A fault of the server says nothing about what it has done.
    return code === 'INTERNAL' || code === '' ? { is: 'unknown', why: message } : { is: 'refused', code, message };
  } catch (error) {
    return { is: 'unknown', why: String(error) };
  }
}
