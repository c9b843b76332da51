import { declareEnum, type ValueOf } from '#core/database/declare/declaration.js';

/** What kind of thing a secret is. */
export const SecretType = declareEnum('SecretType', 'What kind of thing a secret is', {
  API_KEY: 'Key of an API',
  PASSWORD: 'Password',
  TOKEN: 'Token, such as a bearer token',
  SSH_KEY: 'Private SSH key',
  CERTIFICATE: 'Certificate, with or without its private key',
  CONNECTION_STRING: 'Address of a database or the like, with what it takes to get in',
  GENERIC: 'Something else',
});
export type SecretType = ValueOf<typeof SecretType>;
