// graphql-ws as its documentation has it: every subscriber has an execution of its own, fed by a publish/subscribe in the process.
import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { makeItems } from '../items.mjs';
import { answerParent } from '../messages.mjs';
import { Topic } from './topic.mjs';

const schema = buildSchema(`
  enum LogLevel { DEBUG INFO WARN ERROR }
  type JobLogLine { seq: Int! level: LogLevel! text: String! }
  type JobLogPage { items: [JobLogLine!]! cursor: String! }
  type Query { nothing: Boolean }
  type Subscription { jobLogs(jobId: ID!): JobLogPage! }
`);
const topic = new Topic();
const cursorOf = (jobId, seq) => Buffer.from(JSON.stringify([1, { [`job_log_lines:${jobId}`]: seq }])).toString('base64url');

async function* jobLogs(_root, { jobId }) {
  yield { jobLogs: { items: [], cursor: cursorOf(jobId, 0) } };
  for await (const items of topic.follow()) yield { jobLogs: { items, cursor: cursorOf(jobId, items.at(-1).seq) } };
}
schema.getSubscriptionType().getFields().jobLogs.subscribe = jobLogs;

const server = createServer();
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
answerParent({ publish: ({ first, count }) => topic.publish(makeItems(first, count)) });
server.listen(0, '127.0.0.1', () => console.log(`graphql-ws is at http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => process.exit(0));
