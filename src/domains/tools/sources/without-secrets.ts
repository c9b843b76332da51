const shown = '[redacted]';

/** A text without the secrets that it may hold, such as an answer that repeats what it was sent. */
export function withoutSecrets(text: string, secrets: Iterable<string>): string {
  let clean = text;
  for (const secret of secrets) {
    clean = clean.replaceAll(secret, shown);
    // As it stands within JSON.
    const quoted = JSON.stringify(secret).slice(1, -1);
    if (quoted !== secret) clean = clean.replaceAll(quoted, shown);
  }
  return clean;
}
