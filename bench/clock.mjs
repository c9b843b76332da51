/** Milliseconds since 1970 with fractions, comparable between the processes of this machine and with the clock of its database. */
export const epochMs = () => performance.timeOrigin + performance.now();
