// npm start: installs and builds what is missing, then runs the server until it ends.
//
// The server is told by SIGNALBOX_SUPERVISED=1 that it has an IPC channel to this process. When this process is killed in a way
// that it cannot pass on (kill -9), the channel closes, and src/main.ts has to stop in order, as at a SIGTERM:
//
//   if (process.env.SIGNALBOX_SUPERVISED === '1' && process.channel) {
//     process.once('disconnect', stop);
//     process.channel.unref();        // a listener for 'disconnect' would otherwise keep the process from ending
//   }
//
// Ctrl-C reaches the server twice, from the terminal and from here, so repeated signals have to count as one.
import { endWithLauncher } from './end-with-launcher.mjs';
import { ensureReady } from './ensure-ready.mjs';
import { environment } from './project.mjs';
import { endLike, runChild } from './run-child.mjs';

endWithLauncher();
const { node } = await ensureReady();
const server = await runChild(node, ['--enable-source-maps', 'dist/src/main.js', ...process.argv.slice(2)], {
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  env: { ...environment(), SIGNALBOX_SUPERVISED: '1' },
});
endLike(server);
