/** What the feeds of a process do, counted since its start. */
export class FeedMeter {
  /** Subscriptions that are open. */
  subscribers = 0;
  /** Those of them that follow together with others who have the same rights. */
  together = 0;
  /** Pages that were handed to clients, heartbeats included. */
  pages = 0;
  /** Items in these pages. */
  items = 0;
  /** How often a follower fell behind its group, or joined between two pages, and read by itself until it had caught up. */
  resyncs = 0;
  /** How old the newest item of the newest live page was when it was sent; null before the first. */
  lagMs: number | null = null;
  /** Called with each of these ages. */
  onLag: (ms: number) => void = () => {};

  /** Notes how old the newest item of a live page is, in milliseconds; clocks may differ a little. */
  lagged(ms: number): void {
    this.lagMs = Math.max(ms, 0);
    this.onLag(this.lagMs);
  }

  /** Notes a page that `followers` clients got. */
  sent(items: number, followers = 1): void {
    this.pages += followers;
    this.items += items * followers;
  }
}
