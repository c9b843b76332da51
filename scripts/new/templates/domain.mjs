/** The manifest of a domain that has nothing yet. */
export const domainFile = (domain) => `import type { Domain } from '#core/graph/domain.js';

/** ${capital(domain)}. */
export const ${domain}: Domain = { name: '${domain}' };
`;

/** The README of a domain. */
export const domainReadme = (domain) => `# ${domain}

${capital(domain)}.
`;

const capital = (text) => text[0].toUpperCase() + text.slice(1);
