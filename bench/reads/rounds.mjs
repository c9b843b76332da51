import { alternating } from '../alternating.mjs';
import { measure } from './measure.mjs';

/**
 * Measures every target once in each round, in an order that changes from round to round, because a machine is not equally fast all
 * the time. Returns the rounds: what was measured, by the name of the target.
 */
export async function runRounds({ targets, query, databasePid, rounds, warmUpSeconds, seconds, onMeasured }) {
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    const result = {};
    for (const name of alternating(Object.keys(targets), round)) {
      result[name] = await measure({ target: targets[name], query, databasePid, warmUpSeconds, seconds });
      onMeasured({ round, name, ...result[name] });
    }
    results.push(result);
  }
  return results;
}
