/** How long a provider may take, for all that one sign-in asks of it. */
export const providerMs = 10_000;

/** What the work results in, or an error when that takes longer than a provider may take. */
export async function withinTime<Result>(work: Promise<Result>, ms = providerMs): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`there was no answer within ${ms / 1000} seconds`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
