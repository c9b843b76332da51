/**
 * The Python side of the sandbox. It is run once, before a snapshot is taken, and keeps what it needs in closures: what code of a tool
 * changes of modules later changes nothing here but its own result.
 */
export const prelude = String.raw`
def _make_signalbox():
    import ast, asyncio, base64, builtins, inspect, json, linecache, random, sys, traceback, types, urllib.parse
    import encodings.idna
    from pyodide.ffi import run_sync

    FILE = "tool.py"
    MOST_TEXT = 40_000
    dumps, loads = json.dumps, json.loads
    host = {}

    async def ask(kind, request):
        answer = loads(await host["ask"](kind, dumps(request)))
        if "error" in answer:
            raise HttpError(answer["error"])
        return answer["value"]

    # --- the module signalbox

    class HttpError(OSError):
        """A request that was refused or brought no answer."""

    class Response:
        """The answer to a request."""

        def __init__(self, status, headers, content):
            self.status = self.status_code = status
            self.headers = headers
            self.content = content

        @property
        def ok(self):
            return self.status < 400

        @property
        def text(self):
            return self.content.decode("utf-8", "replace")

        def json(self):
            return loads(self.content)

        def raise_for_status(self):
            if not self.ok:
                raise HttpError(f"The answer has the status {self.status}")
            return self

        def __repr__(self):
            return f"<Response {self.status}>"

    async def request(method, url, *, headers=None, params=None, data=None, json=None):
        """Asks another machine; it has to be allowed for the tool."""
        headers = {str(name): str(value) for name, value in (headers or {}).items()}
        if params:
            url += ("&" if "?" in url else "?") + urllib.parse.urlencode(params, doseq=True)
        if json is not None:
            data = dumps(json)
            if not any(name.lower() == "content-type" for name in headers):
                headers["content-type"] = "application/json"
        elif isinstance(data, dict):
            data = urllib.parse.urlencode(data, doseq=True)
            headers.setdefault("content-type", "application/x-www-form-urlencoded")
        if isinstance(data, str):
            data = data.encode()
        body = None if data is None else base64.b64encode(data).decode()
        answer = await ask("fetch", {"method": str(method), "url": str(url), "headers": headers, "body": body})
        return Response(answer["status"], answer["headers"], base64.b64decode(answer["body"]))

    def method(name):
        async def ask_with(url, **options):
            return await request(name, url, **options)

        ask_with.__name__ = ask_with.__qualname__ = name.lower()
        return ask_with

    async def progress(progress=None, message=None):
        """Tells how far the run is, from 0 to 100, and what it is doing."""
        if progress is not None and not 0 <= float(progress) <= 100:
            raise ValueError("progress is a number from 0 to 100")
        told = {"progress": None if progress is None else float(progress), "message": None if message is None else str(message)[:20000]}
        host["progress"](dumps(told))
        await asyncio.sleep(0)

    signalbox = types.ModuleType("signalbox", "What tools can ask of Signalbox.")
    http = types.ModuleType("signalbox.http", "Requests to other machines.")
    http.request, http.Response, http.HttpError = request, Response, HttpError
    for name in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        setattr(http, name.lower(), method(name))
    signalbox.http, signalbox.HttpError, signalbox.progress = http, HttpError, progress
    sys.modules["signalbox"], sys.modules["signalbox.http"] = signalbox, http

    class Secrets:
        """The secrets of the tool's server; each is fetched when it is first used."""

        __slots__ = ("_known",)

        def __init__(self):
            self._known = {}

        def __getitem__(self, name):
            if not isinstance(name, str):
                raise KeyError(name)
            if name not in self._known:
                self._known[name] = run_sync(ask("secret", {"name": name}))
            if self._known[name] is None:
                raise KeyError(name)
            return self._known[name]

        def get(self, name, default=None):
            try:
                return self[name]
            except KeyError:
                return default

        def __contains__(self, name):
            return self.get(name) is not None

        def __iter__(self):
            raise TypeError("Secrets cannot be listed")

        def __repr__(self):
            return "<secrets>"

    # --- what may be imported

    def is_allowed(name, allowed):
        parts = name.split(".")
        return any(".".join(parts[: i + 1]) in allowed for i in range(len(parts)))

    def may_import(name, names, allowed):
        return is_allowed(name, allowed) or (len(names) > 0 and all(is_allowed(f"{name}.{each}", allowed) for each in names))

    def refusal(name):
        hint = ""
        if name.split(".")[0] in ("requests", "httpx", "aiohttp", "urllib3", "urllib", "http", "socket", "pyodide"):
            hint = " Other machines are asked with: from signalbox import http."
        return f"The module {name} is not on the list of allowed modules; ask for it with requestModule.{hint}"

    def importer(allowed):
        real = builtins.__import__

        def __import__(name, globals=None, locals=None, fromlist=(), level=0):
            if level == 0 and not may_import(name, fromlist or (), allowed):
                raise ImportError(refusal(name), name=name)
            return real(name, globals, locals, fromlist, level)

        return __import__

    # --- failures

    def trim(told, seen):
        if told is None or id(told) in seen:
            return
        seen.add(id(told))
        told.stack = traceback.StackSummary.from_list([frame for frame in told.stack if frame.filename == FILE])
        for other in (told.__cause__, told.__context__, *(told.exceptions or ())):
            trim(other, seen)

    def failure(kind, error):
        if isinstance(error, MemoryError):
            return {"kind": "MEMORY", "error": "MemoryError: the run needs more memory than it may have"}
        told = traceback.TracebackException.from_exception(error)
        trim(told, set())
        text = "".join(told.format()).strip("\n")
        return {"kind": kind, "error": text if len(text) <= MOST_TEXT else "…" + text[-MOST_TEXT:]}

    # --- a run

    def compiled(code):
        linecache.cache[FILE] = (len(code), None, code.splitlines(True), FILE)
        return compile(code, FILE, "exec", dont_inherit=True)

    def namespace_of(allowed):
        module = types.ModuleType("tool")
        sys.modules["tool"] = module
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": importer(allowed)}
        module.__dict__["secrets"] = Secrets()
        return module.__dict__

    async def perform(code, parameters, allowed):
        try:
            runnable = compiled(code)
        except (SyntaxError, ValueError, RecursionError, OverflowError) as error:
            return failure("SYNTAX", error)
        namespace = namespace_of(allowed)
        exec(runnable, namespace)
        main = namespace.get("main")
        if not inspect.iscoroutinefunction(main):
            return {"kind": "NO_MAIN", "error": "The code defines no async def main(...)"}
        result = await main(**parameters)
        try:
            text = dumps(result, allow_nan=False)
        except (TypeError, ValueError, RecursionError) as error:
            return {"kind": "RESULT_NOT_JSON", "error": f"What main returned is no JSON: {error}"}
        return {"result": str(text)}

    async def run(task):
        task = loads(task)
        random.seed()
        try:
            end = await perform(task["code"], task["parameters"], frozenset(task["allowed"]) | {"signalbox"})
        except BaseException as error:
            end = failure("EXCEPTION", error)
        for stream in (sys.stdout, sys.stderr, *streams):
            try:
                stream.flush()
            except BaseException:
                pass
        return dumps(end)

    # --- a look at code without running it

    def imported(node):
        if isinstance(node, ast.Import):
            return [(each.name, ()) for each in node.names]
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            return [(node.module, tuple(each.name for each in node.names))]
        return []

    def parameters_of(main, problems):
        arguments = main.args
        if arguments.posonlyargs or arguments.vararg:
            problems.append({"line": main.lineno, "message": "main gets its parameters by name: / and *args are not possible"})
        named = arguments.args
        required = len(named) - len(arguments.defaults)
        found = [{"name": each.arg, "isRequired": i < required} for i, each in enumerate(named)]
        pairs = zip(arguments.kwonlyargs, arguments.kw_defaults)
        return found + [{"name": each.arg, "isRequired": default is None} for each, default in pairs]

    def look(task):
        task = loads(task)
        code, allowed = task["code"], frozenset(task["allowed"]) | {"signalbox"}
        seen = {"problems": [], "imports": [], "refusedModules": [], "parameters": [], "hasMain": False, "takesOthers": False}
        problems = seen["problems"]
        try:
            tree = ast.parse(code, FILE)
            compiled(code)
        except SyntaxError as error:
            problems.append({"line": error.lineno or 1, "message": f"{error.msg}"})
            return dumps(seen)
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            problems.append({"line": 1, "message": f"The code cannot be read: {error}"})
            return dumps(seen)
        found = [each for node in ast.walk(tree) for each in imported(node)]
        seen["imports"] = sorted({name.split(".")[0] for name, _ in found})
        seen["refusedModules"] = sorted({name for name, names in found if not may_import(name, names, allowed)})
        mains = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == "main"]
        if not mains:
            problems.append({"line": 1, "message": "There is no async def main(...)"})
        elif isinstance(mains[-1], ast.FunctionDef):
            problems.append({"line": mains[-1].lineno, "message": "main has to be async: write async def main(...)"})
        else:
            seen["hasMain"] = True
            seen["parameters"] = parameters_of(mains[-1], problems)
            seen["takesOthers"] = mains[-1].args.kwarg is not None
        return dumps(seen)

    streams = []

    def start(ask, progress):
        host["ask"], host["progress"] = ask, progress
        sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
        sys.stderr.reconfigure(line_buffering=True, errors="backslashreplace")
        streams[:] = [sys.stdout, sys.stderr]

        def run_here(main, **_):
            return run_sync(main)

        # Theirs look into JavaScript, which is closed.
        asyncio.run = run_here
        type(asyncio.get_event_loop()).run_until_complete = lambda loop, main: run_sync(main)
        for closed in ("js", "pyodide_js", "_ctypes", "ctypes"):
            sys.modules[closed] = None

    return types.SimpleNamespace(start=start, run=run, look=look)


_signalbox = _make_signalbox()
del _make_signalbox
`;
