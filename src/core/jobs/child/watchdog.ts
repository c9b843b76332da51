// Runs in a thread of its own, so that an operation in an endless loop still dies with the process that started it.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 250);
