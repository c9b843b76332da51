// Python as it comes, without any wall: what attacks do here shows that they are attacks. Reads one task a line, and tells each end.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

const { loadPyodide } = await import('pyodide');
const indexURL = `${dirname(createRequire(import.meta.url).resolve('pyodide/package.json'))}/`;
const python = await loadPyodide({ indexURL, stdout: () => {}, stderr: () => {} });

for await (const task of createInterface({ input: process.stdin })) {
  python.globals.set('task', task);
  const end = python.runPythonAsync(`
import json
_task = json.loads(task)
_space = {"__builtins__": __builtins__, "secrets": {}}
exec(_task["code"], _space)
json.dumps({"result": await _space["main"](**_task["parameters"])}, default=str)`);
  process.stdout.write(`${JSON.stringify(await end.catch(String))}\n`);
}
process.exit(0);
