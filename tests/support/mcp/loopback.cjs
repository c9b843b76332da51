// Peers listen on all interfaces; here they listen on this machine only.
const { Server } = require('node:net');

const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...rest) {
  const callback = rest.find((each) => typeof each === 'function');
  return listen.call(this, { port: Number(port), host: '127.0.0.1' }, callback);
};
