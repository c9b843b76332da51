/** What a transport calls when something came or may have been missed. */
export interface Ears {
  /** Rings of another process came in. */
  heard(streams: readonly string[]): void;
  /** It is connected, again too. */
  connected(): void;
}

/** Carries rings from process to process; it may lose them. */
export interface BellTransport {
  readonly name: 'NOTIFY' | 'REDIS';
  readonly isConnected: boolean;
  open(ears: Ears): Promise<void>;
  /** Sends rings to every other process; fails when they may not have been sent. */
  send(streams: readonly string[]): Promise<void>;
  close(): Promise<void>;
}
