/** A distinguished name as it is compared: without case, and without blanks around its signs. */
export const normalDn = (dn: string): string =>
  dn
    .trim()
    .toLowerCase()
    .replace(/\s*(?<!\\)([,=+])\s*/g, '$1');
