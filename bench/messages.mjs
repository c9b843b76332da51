/** In a child: answers what the parent asks, each question by its name. */
export function answerParent(answers) {
  process.on('message', async ({ id, question, given }) => {
    if (!Object.hasOwn(answers, question)) return;
    try {
      const answer = await answers[question](given);
      if (id !== undefined) process.send({ id, answer });
    } catch (error) {
      process.send({ id, error: error.stack ?? String(error) });
    }
  });
  // Listening must not keep the child alive.
  process.channel?.unref();
}

/**
 * In the parent: how to ask a child, how to tell it something without waiting, and how to hear what it says by itself. A child that ends
 * fails every question that is open.
 */
export function talkTo(child) {
  const open = new Map();
  const hearers = new Set();
  let last = 0;
  child.on('message', ({ id, answer, error, told }) => {
    if (told !== undefined) for (const hear of hearers) hear(told);
    if (error !== undefined && !open.has(id)) throw new Error(error);
    if (!open.has(id)) return;
    const { resolve, reject } = open.get(id);
    open.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  });
  child.once('exit', (code) => {
    for (const { reject } of open.values()) reject(new Error(`the process ended with code ${code}`));
  });
  return {
    ask: (question, given) =>
      new Promise((resolve, reject) => {
        open.set(++last, { resolve, reject });
        child.send({ id: last, question, given });
      }),
    tell: (question, given) => child.send({ question, given }),
    hear: (callback) => {
      hearers.add(callback);
      return () => hearers.delete(callback);
    },
  };
}
