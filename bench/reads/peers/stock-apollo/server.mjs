import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { DataloaderType, MikroORM } from '@mikro-orm/postgresql';
import { makeBookingsLoader } from './bookings-loader.mjs';
import { Booking, Device, Person } from './entities.mjs';
import { addPolicy, readAs } from './policy.mjs';
import { resolvers } from './resolvers.mjs';
import { typeDefs } from './schema.mjs';

const withPolicy = process.env.WITH_POLICY === 'true';
const orm = await MikroORM.init({
  clientUrl: process.env.DATABASE_URL,
  entities: [Person, Device, Booking],
  dataloader: DataloaderType.ALL,
  forceUtcTimezone: true,
  pool: { min: 0, max: 10 },
});
if (withPolicy) addPolicy(orm.em);

const context = async ({ req }) => {
  const em = orm.em.fork();
  if (withPolicy) readAs(em, req.headers['x-user-id']);
  return { em, bookingsOf: makeBookingsLoader(em) };
};
const { url } = await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), {
  context,
  listen: { port: 0, host: '127.0.0.1' },
});
console.log(`Apollo with MikroORM is at ${url}`);
process.once('SIGTERM', () => process.exit(0));
