import { ref } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { declarationOf } from '#core/database/declare/registry.js';
import { newId } from '#core/database/id.js';
import { executeSql, sql } from '#core/database/sql.js';
import { write, type WriteContext } from '#core/feed/write.js';
import { system } from '#core/policy/actor.js';
import { Session } from '#domains/identity/sessions/session.entity.js';
import { User } from '#domains/identity/users/user.entity.js';
import { startTestApp } from '../../support/app.js';
import { rowsOf } from '../../support/changes.js';
import { aUser } from '../../support/users.js';

const app = await startTestApp({ ROLE: 'api' });
const origin = { actor: system, requestId: null, traceId: null, sourceIp: null, userAgent: null };
const run = (useCase: (context: WriteContext) => Promise<unknown>) => write(app.system, origin, useCase);

test('a write that refers to what was deleted meanwhile is a conflict', async () => {
  const gone = newId(declarationOf(User).type);

  const attempt = run(async ({ em }) => {
    const session = Object.assign(new Session(), {
      id: newId(declarationOf(Session).type),
      user: ref(em.getReference(User, gone)),
      refreshTokenHash: 'x',
      expiresAt: new Date(),
    });
    em.persist(session);
  });

  await expect(attempt).rejects.toMatchObject({
    code: 'CONFLICT',
    message: 'Something that this refers to was deleted meanwhile: read it again and repeat',
  });
  expect(await rowsOf(app, sql`select 1 from sessions`)).toEqual([]);
});

test('of two writes that wait for one another one succeeds, and the other is a conflict', async () => {
  const [one, two] = [await aUser(app, 'one'), await aUser(app, 'two')];
  let arrived = 0;
  let open = (): void => {};
  const both = new Promise<void>((resolve) => (open = resolve));
  const rename = (context: WriteContext, id: string, name: string) =>
    executeSql(context.em, sql`update users set full_name = ${name} where id = ${id}`);
  const inOrder = (first: string, second: string) =>
    run(async (context) => {
      await rename(context, first, first);
      if (++arrived === 2) open();
      await both;
      await rename(context, second, first);
    });

  const outcomes = await Promise.allSettled([inOrder(one.id, two.id), inOrder(two.id, one.id)]);

  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  expect(refused).toMatchObject([{ code: 'CONFLICT', message: 'Somebody else changed the same at this instant: repeat' }]);
  const names = await rowsOf(app, sql`select distinct full_name from users where id in (${one.id}, ${two.id})`);
  expect(names).toHaveLength(1);
});
