/** What a bundle may hold at most. */
export const bundleLimits = {
  entries: 2_000,
  /** Of the bundle itself, and of all its files together. */
  bytes: 100 * 1024 ** 2,
  /** How many times larger its files may be than they are in the bundle; small ones may be more. */
  ratio: 200,
  smallBytes: 1024 ** 2,
  /** Of a path. */
  pathBytes: 200,
  /** Folders within one another. */
  depth: 12,
} as const;
