/** How long jobs are kept after they have ended. */
export class JobRetention {
  constructor(readonly days: number) {}
}
