const longest = 500;

/** What went wrong in a module of a toolkit, in one line: files of its folder by their path below it, and no other path of this machine. */
export function withoutPaths(message: string, folder: string): string {
  const line = message.split('\n')[0]!;
  const own = line.replaceAll(`file://${folder}/`, '').replaceAll(`${folder}/`, '').replaceAll(folder, 'the folder of the toolkit');
  return own.replace(/(^|[\s'"`(=])(?:file:\/\/)?\/[^\s'"`)]+/g, '$1…').slice(0, longest);
}
