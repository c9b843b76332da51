/** Whether modules include one of that name or one that it is a part of, such as `xml` for `xml.etree.ElementTree`. */
export function covers(modules: readonly string[], name: string): boolean {
  const parts = name.split('.');
  return parts.some((_, i) => modules.includes(parts.slice(0, i + 1).join('.')));
}
