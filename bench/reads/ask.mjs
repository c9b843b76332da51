/** Sends a request once and returns the data of its answer, and the length of the answer in bytes. */
export async function ask({ url, ...request }) {
  const answer = await fetch(url, { ...request, headers: { ...request.headers, 'accept-encoding': 'identity' } });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${text}`);
  const { data, errors } = JSON.parse(text);
  if (errors) throw new Error(`${url} answered: ${errors[0].message}`);
  return { data, length: Buffer.byteLength(text) };
}
