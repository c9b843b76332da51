export { Authenticator } from './authenticate.js';
export { seedAdministrator, seedRoles } from './seed.js';
export { linkForAdministrator, signInByLink } from './sign-in-by-link.js';
export { sessionMs } from './open-session.js';
export { SigningKeys } from './signing-keys.js';
