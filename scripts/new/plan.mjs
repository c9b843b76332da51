import { isReserved } from './names.mjs';
import { planEntity } from './plan-entity.mjs';
import { planMutation } from './plan-mutation.mjs';
import { Refusal } from './refusal.mjs';
import { Tree } from './tree.mjs';

const usage = `Usage:
  npm run new -- entity <domain> <Name>          such as: npm run new -- entity bulletins Bulletin
  npm run new -- mutation <domain> <verbNoun>    such as: npm run new -- mutation bulletins closeBulletin`;

const plans = { entity: planEntity, mutation: planMutation };

/** Says what would be made below `root`, without making it: the tree with its new and changed files, and what to do next. */
export function plan(root, [what, domain, name, ...more]) {
  if (!Object.hasOwn(plans, what ?? '') || !domain || !name || more.length > 0) throw new Refusal(usage);
  if (!/^[a-z]{2,}$/.test(domain) || isReserved(domain))
    throw new Refusal(`"${domain}" is no name of a domain: give one plain word in lower-case letters, such as "bulletins".`);
  const tree = new Tree(root);
  return { tree, next: plans[what](tree, domain, name) };
}
