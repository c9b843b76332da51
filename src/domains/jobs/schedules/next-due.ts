import { CronExpressionParser } from 'cron-parser';
import { badInput } from '#core/errors/bad-input.js';

/** The first time after a moment at which a cron expression is due in a time zone; bad input names what is wrong. */
export function nextDue(cron: string, timezone: string, after: Date): Date {
  if (!isTimezone(timezone)) throw badInput(`${timezone} is no time zone: give an IANA name such as Europe/Berlin`, 'input.timezone');
  const fields = cron.trim().split(/\s+/);
  // The parser also takes fewer fields, and H for a number that differs each time it is read.
  if (fields.length < 5 || fields.length > 6)
    throw badInput(`A cron expression has 5 fields, or 6 with seconds first; this has ${fields.length}`, 'input.cron');
  if (/(^|[\s,])H/i.test(cron)) throw badInput('A cron expression must not have H', 'input.cron');
  try {
    return CronExpressionParser.parse(cron, { currentDate: after, tz: timezone }).next().toDate();
  } catch (error) {
    throw badInput(`The cron expression is wrong: ${(error as Error).message}`, 'input.cron');
  }
}

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}
