/** Options of a session that mostly waits: within about 20 seconds it notices that the database has ended it unheard, or is gone. */
export const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
