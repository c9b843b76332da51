import { SigningKeys } from '#domains/identity/index.js';

const passMs = 3_600_000;
const mark = '~';

const textOf = (slug: string, until: string): string => `page of toolkit ${slug} until ${until}`;

/** A part of a path by which whoever has it gets the files of a toolkit's page for an hour, and nothing else. */
export function pagePass(keys: Pick<SigningKeys, 'tag'>, slug: string, now = Date.now()): string {
  const until = (now + passMs).toString(36);
  return `${mark}${until}.${keys.tag(textOf(slug, until))}`;
}

/** Whether a part of a path means to be such a pass. */
export const isPagePass = (part: string | undefined): part is string => part?.startsWith(mark) ?? false;

/** Whether a pass is good for a toolkit now. */
export function admitsTo(keys: Pick<SigningKeys, 'isTagOf'>, slug: string, pass: string, now = Date.now()): boolean {
  const [until = '', tag = ''] = pass.slice(mark.length).split('.');
  return Number.parseInt(until, 36) > now && keys.isTagOf(textOf(slug, until), tag);
}
