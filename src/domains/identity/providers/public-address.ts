/** Where browsers reach this installation; providers send them back there. */
export class PublicAddress {
  /** `url` is without a slash at its end. */
  constructor(readonly url: string) {}

  /** Where the browser comes back to from a provider. */
  callback(slug: string): string {
    return `${this.url}/auth/${slug}/callback`;
  }
}
