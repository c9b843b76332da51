/** A number of a server's metrics, without labels. */
export async function measured(url: string, name: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const value = metrics.split('\n').find((line) => line.startsWith(`${name} `));
  if (value === undefined) throw new Error(`there is no metric ${name}`);
  return Number(value.slice(name.length + 1));
}
