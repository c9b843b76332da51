/** Something to be told to somebody who is not signed in. */
export interface Letter {
  /** The same when it is sent again, so that a receiver can tell. */
  readonly id: string;
  readonly kind: string;
  /** Email address. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** A secret that opens something; it is in the text too. */
  readonly link: string | null;
}

/** Brings letters to people. */
export interface Post {
  /** Sends a letter; throws when it cannot be known to have been taken, so that it is sent again. */
  send(letter: Letter): Promise<void>;
}
