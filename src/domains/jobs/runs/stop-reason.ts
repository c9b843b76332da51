/** Why a run is stopped: somebody asked, its worker shuts down, or its job is in other hands. Any other reason is a failure. */
export type StopReason = 'cancelled' | 'handedBack' | 'fenced';
