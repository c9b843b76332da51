/** What an error of a provider says, with its causes, in one line for administrators: names and descriptions, never what was sent. */
export function whyOf(error: unknown): string {
  const said: string[] = [];
  for (let each = error, depth = 0; each instanceof Error && depth < 4; each = each.cause, depth += 1) {
    const { message, code } = each as { message: string; code?: unknown };
    const { error: name, error_description: description } = each as { error?: unknown; error_description?: unknown };
    const parts = [message, name, description].filter((part): part is string => typeof part === 'string' && part !== '');
    // Errors of directories are told by their names and hardly by anything else.
    const text = [...(typeof code === 'number' ? [each.name] : []), ...new Set(parts)].join(', ').trim() || each.name;
    said.push(typeof code === 'string' && !text.includes(code) ? `${text} (${code})` : text);
  }
  return [...new Set(said)].join(': ').slice(0, 500) || 'unknown error';
}
