const anywhere = 'http://signalbox.invalid';
const most = 2_000;

/** Whether a text is a path of this server and of no other, however a browser reads it. */
export const isOwnPath = (path: string): boolean =>
  path.length <= most &&
  /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(path) &&
  URL.canParse(path, anywhere) &&
  new URL(path, anywhere).origin === anywhere;
