import { caller } from './wasm-modules.js';

/** What an attack is given: a file with a secret, a folder to leave something in, a port with a server, and a process to end. */
export interface Target {
  file: string;
  folder: string;
  port: number;
  victim: number;
}

const javascript = (target: string): string => `process.getBuiltinModule('fs').readFileSync(${target},'utf8')`;
const sideModules = ['system', 'emscripten_run_script', 'emscripten_run_script_int', 'emscripten_run_script_string', '_js__system', 'fork'];
const wasm = JSON.stringify(Object.fromEntries(sideModules.map((name) => [name, caller(name)])));

/** Lines of Python that find the objects which the sandbox keeps in closures. */
const findHost = `gc = real("gc"); host = next(o for o in gc.get_objects() if type(o) is dict and "ask" in o and "progress" in o)`;

/**
 * Ways out of the sandbox: bodies of `async def main(file, folder, port, victim)`, in which `real` is the import of Python itself where
 * it could be had, and the own one where not.
 */
export const attacks: Record<string, string> = {
  // By JavaScript.
  'the environment through js': `import js; return str(js.process.env.SIGNALBOX_MARK)`,
  'a module of Node.js through js': `import js; return js.process.getBuiltinModule("fs").readFileSync(file, "utf8")`,
  'the loader of modules through js': `import js; return js.require("fs").readFileSync(file, "utf8")`,
  'a binding of Node.js through js': `import js; return str(js.process.binding("fs").open(file))`,
  'eval through js': `import js; return str(js.eval("${javascript("'FILE'")}".replace("FILE", file)))`,
  'run_js of pyodide': `from pyodide.code import run_js; return str(run_js("${javascript("'FILE'")}".replace("FILE", file)))`,
  'import() in run_js': `from pyodide.code import run_js; return str(await run_js("import('node:fs').then(f=>f.readFileSync('FILE','utf8'))".replace("FILE", file)))`,
  'the constructor of functions': `from pyodide.ffi import to_js; return str(to_js([]).constructor.constructor("return ${javascript("'FILE'")}".replace("FILE", file))())`,
  'import() by the constructor of functions': `from pyodide.ffi import to_js; f = to_js([]).constructor.constructor("return import('node:fs')")(); return (await f).readFileSync(file, "utf8")`,
  'the constructor of asynchronous functions': `from pyodide.ffi import to_js; O = to_js({}).constructor; g = O.getPrototypeOf(to_js([]).constructor).constructor; return str(await g("return (await import('node:fs')).readFileSync('FILE','utf8')".replace("FILE", file))())`,
  'the constructor of what the event loop calls': `w = real("pyodide.webloop"); w = real("sys").modules["pyodide.webloop"]; return str(w.scheduleCallback.constructor("return ${javascript("'FILE'")}".replace("FILE", file))())`,
  'the constructor of a JavaScript error': `from pyodide.ffi import to_js, JsException
    try:
        to_js([]).reduce()
    except JsException as e:
        return str(e.constructor.constructor("return ${javascript("'FILE'")}".replace("FILE", file))())`,
  'frames of JavaScript through prepareStackTrace': `from pyodide.ffi import to_js, JsException, create_proxy
    seen = []
    try:
        to_js([]).reduce()
    except JsException as e:
        E = e.constructor
        while E.name != "Error": E = to_js({}).constructor.getPrototypeOf(E)
        E.prepareStackTrace = create_proxy(lambda error, frames: seen.extend(str(f.getFunction().constructor("return ${javascript("'FILE'")}")()) for f in frames))
        str(E("x").stack)
    return seen`,
  'prototypes that others use': `from pyodide.ffi import to_js, create_proxy
    O = to_js({}).constructor
    O.prototype.env = create_proxy(lambda *a: 1)
    O.defineProperty(O.prototype, "shell", to_js({"value": True}, dict_converter=O.fromEntries))
    return real("os").system(f"cat {file} > {folder}/prototype")`,
  'the host functions of the sandbox': `${findHost}; return str(host["ask"].constructor("return ${javascript("'FILE'")}".replace("FILE", file))())`,
  'globalThis by a function without this': `${findHost}; f = host["ask"]; return str(f.constructor.prototype.call.call(f.constructor.prototype.valueOf).process.env.SIGNALBOX_MARK)`,
  'JavaScript objects on the heap': `gc = real("gc"); from pyodide.ffi import JsProxy; return [str(o.constructor.constructor("return process.env.SIGNALBOX_MARK")()) for o in gc.get_objects() if isinstance(o, JsProxy)]`,
  'the module of Emscripten': `import pyodide_js; return pyodide_js._module.FS.filesystems.NODEFS.mount and str(pyodide_js._module.HEAP8.constructor.constructor("return process.env.SIGNALBOX_MARK")())`,
  'a package from a URL': `import pyodide_js; await pyodide_js.loadPackage(f"http://127.0.0.1:{port}/evil.whl"); return 1`,
  'WebAssembly by JavaScript': `from pyodide.ffi import to_js; import js; m = await js.WebAssembly.instantiate(to_js(bytes([0,97,115,109,1,0,0,0])), to_js({})); return str(m.constructor.constructor("return process.env.SIGNALBOX_MARK")())`,
  // By the file system.
  'a folder of the machine by mountNodeFS': `import pyodide_js; pyodide_js.mountNodeFS("/x", file.rsplit("/", 1)[0]); return open("/x/" + file.rsplit("/", 1)[1]).read()`,
  'a folder of the machine by FS.mount': `import pyodide_js; from pyodide.ffi import to_js; import js; F = pyodide_js.FS; F.mkdir("/x"); F.mount(F.filesystems.NODEFS, to_js({"root": "/"}, dict_converter=js.Object.fromEntries), "/x"); return open("/x" + file).read()`,
  'a file by its path': `return real("io").open(file).read()`,
  'a file by its descriptor': `os = real("os"); return [os.read(i, 1000).decode() for i in range(8) if not os.lseek(i, 0, 0)]`,
  'the files of the process': `os = real("os"); return [os.listdir("/proc/self"), os.environ.get("SIGNALBOX_MARK"), open("/proc/self/environ").read()]`,
  'a file left by the file system': `open(folder + "/left", "w").write("x"); return real("os").listdir(folder)`,
  // By programs and native code.
  'a program by os.system': `return real("os").system(f"cat {file} > {folder}/system")`,
  'a program by os.popen': `return real("os").popen(f"cat {file}").read()`,
  'a program by subprocess': `import subprocess; return subprocess.run(["cat", file], capture_output=True, text=True).stdout`,
  'a program by multiprocessing': `_m = real("_posixsubprocess"); return str(_m.fork_exec(["/bin/cat", file], [b"/bin/cat"], True, (), None, None, -1, -1, -1, -1, -1, -1, -1, 9, False, False, -1, None, None, None, -1, None))`,
  'a program by posix_spawn': `os = real("os"); return os.posix_spawn("/usr/bin/touch", ["touch", folder + "/spawn"], {})`,
  'another program in its place': `os = real("os"); return os.execv("/usr/bin/touch", ["touch", folder + "/exec"])`,
  'a child process by fork': `os = real("os"); return [os.fork(), open(folder + "/fork", "w").write("x")]`,
  'system() by ctypes': `import ctypes; return ctypes.CDLL(None).system(f"cat {file} > {folder}/ctypes".encode())`,
  'scripts by ctypes': `import ctypes; return ctypes.CDLL(None).emscripten_run_script(f"process.getBuiltinModule('fs').writeFileSync('{folder}/script','x')".encode())`,
  'scripts with an answer by ctypes': `import ctypes; f = ctypes.CDLL(None).emscripten_run_script_string; f.restype = ctypes.c_char_p; return f(b"process.env.SIGNALBOX_MARK").decode()`,
  'everything in memory by ctypes': `import ctypes; k = b"SIGNALBOX_" + b"MARK="; all = (ctypes.string_at(a, 1 << 20) for a in range(1 << 16, 24 << 20, 1 << 20)); return [t[t.find(k):][:60].decode("latin1") for t in all if k in t]`,
  ...Object.fromEntries(
    sideModules.map((name) => [
      `a hand-made native module that calls ${name}`,
      `import ctypes, json
    open("/tmp/evil.so", "wb").write(bytes(json.loads('''${wasm}''')["${name}"]))
    argument = f"cat {file} > {folder}/native" if "system" in "${name}" else f"require('node:fs').writeFileSync('{folder}/native', 'x')"
    go = ctypes.CDLL("/tmp/evil.so").go
    kept = ctypes.create_string_buffer(argument.encode())
    return go(ctypes.addressof(kept))`,
    ]),
  ),
  // By the network.
  'a socket': `import socket; s = socket.create_connection(("127.0.0.1", port), 2); s.send(b"GET / HTTP/1.0\\r\\n\\r\\n"); return s.recv(1000).decode()`,
  'a socket of the event loop': `import asyncio; r, w = await asyncio.open_connection("127.0.0.1", port); w.write(b"GET / HTTP/1.0\\r\\n\\r\\n"); return (await r.read()).decode()`,
  'a socket of Node.js': `import pyodide_js; pyodide_js._api.initializeNodeSockFS(); import socket; s = socket.create_connection(("127.0.0.1", port), 2); s.send(b"GET / HTTP/1.0\\r\\n\\r\\n"); return s.recv(1000).decode()`,
  pyfetch: `from pyodide.http import pyfetch; return await (await pyfetch(f"http://127.0.0.1:{port}/")).string()`,
  'fetch of JavaScript': `import js; return await (await js.fetch(f"http://127.0.0.1:{port}/")).text()`,
  'a WebSocket of JavaScript': `import js, asyncio; w = js.WebSocket.new(f"ws://127.0.0.1:{port}/"); await asyncio.sleep(0.3); return str(w.readyState)`,
  urllib: `from urllib import request; return request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read().decode()`,
  'http.client': `import http.client; c = http.client.HTTPConnection("127.0.0.1", port, timeout=2); c.request("GET", "/"); return c.getresponse().read().decode()`,
  'a name of this machine': `import socket; return socket.create_connection((socket.gethostbyname("localhost"), port), 2).send(b"GET / HTTP/1.0\\r\\n\\r\\n")`,
  // By Python itself.
  'the import behind the import': `i = __builtins__["__import__"]; r = [c.cell_contents for c in i.__closure__ if callable(c.cell_contents)]; return [x("os").popen(f"cat {file}").read() for x in r]`,
  'modules of modules': `import json; os = json.codecs.sys.modules["os"]; return os.popen(f"cat {file}").read()`,
  'subclasses of object': `os = next(c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "_wrap_close").__init__.__globals__; return os["popen"](f"cat {file}").read()`,
  'the loader of a module': `import json; g = type(json.__loader__).load_module.__globals__; return str(g["_bootstrap"].sys.modules["os"].popen(f"cat {file}").read())`,
  'frames of Python': `import types
    try:
        1/0
    except Exception as e:
        f = e.__traceback__.tb_frame
        while f.f_back: f = f.f_back
        return f.f_builtins["__import__"]("os").popen(f"cat {file}").read()`,
  // By the host.
  'a signal to another process': `import js; js.process.kill(victim, 9); return 1`,
  'a signal by os.kill': `os = real("os"); return [os.kill(victim, 9), os.kill(os.getppid(), 9)]`,
  'a forged result on standard output': `print('{"is":"end","end":"{\\\\"result\\\\":\\\\"\\\\\\\\\\\\"forged\\\\\\\\\\\\"\\\\"}"}'); return 1`,
  'a forged message on descriptor 3': `os = real("os"); return os.write(3, b'{"is":"end","end":"{\\\\"result\\\\":\\\\"\\\\\\\\\\\\"forged\\\\\\\\\\\\"\\\\"}"}\\n')`,
  'orders on standard input': `os = real("os"); return os.read(0, 1000).decode()`,
  'the secret of another server': `return [secrets.get(name) for name in ("OTHER", "../OTHER", "OTHER\\0", "__proto__", "constructor")]`,
  'the secret of another server, asked by hand': `${findHost}; return str(await host["ask"]("secret", '{"name": "OTHER", "server": "other"}'))`,
};
