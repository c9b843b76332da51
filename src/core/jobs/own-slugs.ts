/** The toolkit slugs of the operations of Signalbox itself, which no toolkit may have. */
export const ownSlugs = ['upkeep', 'tools'] as const;
export type OwnSlug = (typeof ownSlugs)[number];

/** Whether a name of an operation begins with a slug of Signalbox itself. */
export const isOwnName = (name: string): boolean => ownSlugs.some((slug) => name.startsWith(`${slug}.`));
