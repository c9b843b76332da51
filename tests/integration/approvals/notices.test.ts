import { expect, test } from 'vitest';
import { sql } from '#core/database/sql.js';
import { signatureOf } from '#core/post/webhook-post.js';
import { aBooking, anApprover, startApprovalApp } from '../../support/approvals.js';
import { rowsOf } from '../../support/changes.js';
import { signIn } from '../../support/client.js';
import { startHook, type Hooked } from '../../support/hook.js';
import { mailingSettings, startMailbox } from '../../support/mailbox.js';
import { mutated } from '../../support/mutation.js';
import { enqueue, eventually, jobIn } from '../../support/probe.js';
import { setTo } from '../../support/settings.js';
import { signedIn } from '../../support/users.js';

const mailbox = await startMailbox();
const app = await startApprovalApp({ ROLE: 'all', ...(await mailingSettings(mailbox)) });
await rowsOf(app, sql`update job_schedules set is_enabled = false`);
const admin = await signIn(app.url);
const [anna, bert] = [await anApprover(app, 'anna'), await anApprover(app, 'bert')];
const carl = await signedIn(app, 'carl', ['approver']);
for (const [id, name] of [
  [anna.id, 'anna'],
  [bert.id, 'bert'],
  [carl.id, 'carl'],
])
  await rowsOf(app, sql`update users set email = ${`${name}@example.org`} where id = ${id}`);

const rules = (value: object[]) => setTo(app, 'approvals.noticeRules', value, admin);
/** Who was told of an approval, once nothing is left to be sent. */
const toldOf = async (id: string) => {
  await eventually(
    'all notices to be sent',
    () => rowsOf(app, sql`select 1 from approval_notices where approval_id = ${id} and next_attempt_at is not null`),
    (rows) => rows.length === 0,
  );
  return mailbox.mails
    .filter(({ text }) => text.includes(id))
    .map(({ to }) => to)
    .sort();
};

test('by default the role approver is told, with what waits and until when, and without why or parameters', async () => {
  const approval = await aBooking(app, null, {
    riskLevel: 'HIGH',
    subjectName: 'a device\r\nBcc: x@example.org',
    justification: 'a confidential reason',
    riskAssessment: { key: 'a confidential key' },
  });

  const mail = await mailbox.next('carl@example.org');

  expect(mail.subject).toBe('Waits for a decision: a device Bcc: x@example.org (HIGH)');
  for (const part of [approval.id, 'Kind: BOOKING', 'Risk: HIGH', 'Asked for by signalbox', approval.expiresAt!.toISOString()])
    expect(mail.text).toContain(part);
  expect(mail.text).not.toContain('confidential');
  expect(await toldOf(approval.id)).toEqual(['carl@example.org']);
});

test('rules say who is told of which kinds and from which risk on; nobody is told twice or of their own request', async () => {
  await rules([
    { kinds: ['BOOKING'], lowestRisk: 'HIGH', roles: ['booking-approver'], addresses: ['duty@example.org', 'BERT@example.org'] },
    { users: ['anna'] },
    { kinds: ['MODULE'], addresses: ['modules@example.org'] },
  ]);

  const low = await aBooking(app);
  const high = await aBooking(app, null, { riskLevel: 'CRITICAL' });
  const own = await aBooking(app, { id: bert.id, name: 'bert' }, { riskLevel: 'HIGH' });

  expect(await toldOf(low.id)).toEqual(['anna@example.org']);
  expect(await toldOf(high.id)).toEqual(['anna@example.org', 'bert@example.org', 'duty@example.org']);
  expect(await toldOf(own.id)).toEqual(['anna@example.org', 'duty@example.org']);
});

test('a user whom a rule names is not told of what they may not see', async () => {
  const dora = await signedIn(app, 'dora', [], { email: 'dora@example.org' });
  await rules([{ users: ['dora', 'anna'] }]);

  expect(await toldOf((await aBooking(app)).id)).toEqual(['anna@example.org']);
  expect(await rowsOf(app, sql`select sent_at, attempts from approval_notices where user_id = ${dora.id}`)).toEqual([
    { sent_at: null, attempts: 1 },
  ]);
});

test('what the mail server refuses is sent again; nothing is sent of what was rolled back, or decided before', async () => {
  await rules([{ users: ['anna'] }]);
  mailbox.refusals = 1;
  const approval = await aBooking(app);
  await eventually(
    'the first attempt to have failed',
    () => rowsOf(app, sql`select last_error, attempts from approval_notices where approval_id = ${approval.id}`),
    ([row]) => row!.attempts === 1 && row!.last_error !== null,
  );
  await rowsOf(app, sql`update approval_notices set next_attempt_at = now() where approval_id = ${approval.id}`);
  expect(await toldOf(approval.id)).toEqual(['anna@example.org']);

  const before = await rowsOf(app, sql`select id from approval_notices`);
  const { subjectId, subjectName, digest } = approval;
  await expect(aBooking(app, null, { subjectId, subjectName, digest })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await rowsOf(app, sql`select id from approval_notices`)).toEqual(before);

  mailbox.refusals = 1;
  const decided = await aBooking(app);
  await eventually(
    'the attempt to have failed',
    () => rowsOf(app, sql`select last_error from approval_notices where approval_id = ${decided.id}`),
    ([row]) => row!.last_error !== null,
  );
  await mutated(app, 'decideApproval', { id: decided.id, digest: decided.digest, verdict: 'APPROVED' }, anna);
  await rowsOf(app, sql`update approval_notices set next_attempt_at = now() where approval_id = ${decided.id}`);
  expect(await toldOf(decided.id)).toEqual([]);
});

test('approvers are told again when what waits is escalated', async () => {
  await rules([{ users: ['anna'], occasions: ['ESCALATED'] }]);
  const approval = await aBooking(app);
  expect(await toldOf(approval.id)).toEqual([]);
  await rowsOf(
    app,
    sql`update approvals set requested_at = now() - interval '5 hours', expires_at = now() + interval '1 hour' where id = ${approval.id}`,
  );

  await jobIn(app.url, (await enqueue(app.url, 'upkeep.escalateApprovals', {}, admin)).id, 'SUCCEEDED', admin);

  expect(await toldOf(approval.id)).toEqual(['anna@example.org']);
  expect(mailbox.mails.at(-1)!.subject).toMatch(/^Still waits for a decision: /);
});

test('by a webhook approvers are told the same, signed', async () => {
  const secret = 'the key of the signature';
  const { address, got } = await startHook();
  const hooked = await startApprovalApp(await mailingSettings({ NOTICE_WEBHOOK_URL: address, NOTICE_WEBHOOK_SECRET: secret }));
  const dora = await signedIn(hooked, 'dora', ['approver']);
  await rowsOf(hooked, sql`update users set email = 'dora@example.org' where id = ${dora.id}`);

  const approval = await aBooking(hooked, null, { justification: 'a confidential reason', riskLevel: 'CRITICAL' });
  const [{ headers, body }] = (await eventually(
    'the webhook',
    async () => got,
    (all) => all.length > 0,
  )) as [Hooked];

  expect(headers['x-signalbox-signature']).toBe(`sha256=${signatureOf(secret, headers['x-signalbox-timestamp'] as string, body)}`);
  expect(JSON.parse(body)).toMatchObject({ kind: 'APPROVAL_REQUESTED', to: 'dora@example.org', link: null });
  expect(JSON.parse(body).text).toContain(`Approval: ${approval.id}`);
  expect(body).not.toContain('confidential');
});
