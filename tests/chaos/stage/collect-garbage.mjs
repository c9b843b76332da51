// Preloaded into the process whose memory is watched: SIGUSR2 makes it collect its garbage, so that what is left is in use.
process.on('SIGUSR2', () => {
  globalThis.gc();
  setTimeout(() => globalThis.gc(), 100);
});
