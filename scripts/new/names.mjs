// The forms of names: `OnCallShift` is `onCallShift`, `on-call-shift`, `on call shift`, and of several `on_call_shifts`.

const parts = (name) => name.match(/[A-Z]?[a-z0-9]+/g).map((part) => part.toLowerCase());

const plural = (word) => {
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|z|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
};

/** All forms of the name of a type. */
export function formsOf(name) {
  const words = parts(name);
  const all = [...words.slice(0, -1), plural(words.at(-1))];
  const camel = ([first, ...rest]) => first + rest.map((word) => word[0].toUpperCase() + word.slice(1)).join('');
  const text = words.join(' ');
  // A user, a unit: spoken with a consonant.
  const article = /^(?!u[^aeiou][aeiou]|eu|one)[aeiou]/.test(text) ? 'an' : 'a';
  return {
    pascal: name,
    camel: camel(words),
    kebab: words.join('-'),
    words: text,
    article,
    a: `${article} ${text}`,
    A: `${article === 'an' ? 'An' : 'A'} ${text}`,
    plural: { camel: camel(all), kebab: all.join('-'), snake: all.join('_'), words: all.join(' ') },
  };
}

/** The file name of a use case: `closeBulletin` is `close-bulletin`. */
export const kebabOf = (name) => parts(name).join('-');

/** The words of a property. */
export const wordsOf = (name) => parts(name).join(' ');

const irregular = {
  begin: 'begun',
  bring: 'brought',
  cancel: 'cancelled',
  choose: 'chosen',
  commit: 'committed',
  forget: 'forgotten',
  get: 'got',
  give: 'given',
  hold: 'held',
  lead: 'led',
  leave: 'left',
  lend: 'lent',
  make: 'made',
  put: 'put',
  read: 'read',
  run: 'run',
  say: 'said',
  see: 'seen',
  send: 'sent',
  set: 'set',
  split: 'split',
  submit: 'submitted',
  take: 'taken',
  tell: 'told',
  withdraw: 'withdrawn',
  write: 'written',
};

/** What somebody does: `close` is `closes`. */
export const doesOf = plural;

/** What was done: `close` is `closed`. */
export function doneOf(verb) {
  if (Object.hasOwn(irregular, verb)) return irregular[verb];
  if (verb.endsWith('e')) return `${verb}d`;
  if (/[^aeiou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`;
  return /^[^aeiou]*[aeiou][^aeiouwxy]$/.test(verb) ? `${verb}${verb.at(-1)}ed` : `${verb}ed`;
}

/** Tells whether JavaScript keeps a word for itself. */
export function isReserved(word) {
  try {
    Function(`'use strict'; const ${word} = 0;`);
    return false;
  } catch {
    return true;
  }
}
