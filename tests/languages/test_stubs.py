"""Which definitions are stubs, and which only look so."""

from __future__ import annotations

import textwrap

import pytest

from verifier.languages import Definition, read_source


def stub_of(path: str, text: str, qualified: str = "") -> str | None:
    """Why the definition of that name, or else the first, is a stub."""
    return found(path, text, qualified).stub


def found(path: str, text: str, qualified: str = "") -> Definition:
    definitions = read_source(path, textwrap.dedent(text).lstrip("\n")).definitions
    return next(each for each in definitions if not qualified or each.qualified == qualified)


PYTHON_STUBS = {
    "pass": ("def drain(pool):\n    pass", "body is empty"),
    "ellipsis": ("def drain(pool): ...", "body is empty"),
    "docstring alone": ('def drain(pool):\n    """Close all idle connections."""', "body is empty"),
    "docstring and pass": ('def drain(pool):\n    """Close."""\n    pass', "body is empty"),
    "not implemented": ("def drain(pool):\n    raise NotImplementedError", "only says that it is not implemented"),
    "not implemented, with words": (
        'def drain(pool):\n    raise NotImplementedError(f"{pool} cannot")',
        "only says that it is not implemented",
    ),
    "not implemented, of another error": (
        'def drain(pool):\n    raise RuntimeError("Not yet implemented")',
        "only says that it is not implemented",
    ),
    "logged, then not implemented": (
        'def drain(pool):\n    logger.warning("todo")\n    raise NotImplementedError()',
        "only says that it is not implemented",
    ),
    "true": ("def validate_token(token):\n    return True", "only returns a constant"),
    "true, though the name asks": ("def is_valid(token):\n    return True", "only returns a constant"),
    "none": ("def find_user(user_id):\n    return None", "only returns nothing"),
    "empty list": ("def search(query):\n    return []", "only returns a constant"),
    "empty dict": ("def load_settings():\n    return {}", "only returns a constant"),
    "empty list of a plural": ("def get_users():\n    return []", "only returns a constant"),
    "status": ('def deploy():\n    return {"status": "ok"}', "only returns a constant"),
    "zero": ("def calculate_total(items):\n    return 0", "only returns a constant"),
    "constant through a name": ("def encrypt(data):\n    result = True\n    return result", "only returns a constant"),
    "printed, then true": (
        'def send_email(to):\n    print(f"Sending to {to}")\n    return True',
        "only prints and returns a constant",
    ),
    "logged alone": ('def send_email(to):\n    logger.info("sending to %s", to)', "only prints"),
    "todo": ("def anything():\n    # TODO: write\n    pass", "only a note that it is unfinished"),
    "todo behind the statement": ("def anything():\n    return 1  # FIXME", "only a note that it is unfinished"),
    "todo in the docstring": ('def anything():\n    """TODO"""\n    return 7', "only a note that it is unfinished"),
    "simulated": (
        "def ratio():\n    # In a real system this would call the service\n    return 0.5",
        "only a note that it is unfinished",
    ),
    "sleep": (
        "async def connect():\n    await asyncio.sleep(0.1)\n    return True",
        "only sleeps and returns a constant",
    ),
    "sleep among prints": (
        'def migrate():\n    print("migrating")\n    time.sleep(2)\n    print("done")',
        "only sleeps",
    ),
    "sleep of a random length": (
        "def charge(card):\n    time.sleep(random.uniform(0.1, 0.3))\n    return True",
        "only sleeps and returns a constant",
    ),
    "verb in a derived class": (
        "class SmtpSender(Sender):\n    def send(self, message):\n        pass\n    def close(self):\n        "
        "self.socket.close()",
        "body is empty",
    ),
    "a test that tests nothing": ("def test_pool_drains():\n    pass", "body is empty"),
    "a route that does nothing": (
        '@app.post("/login")\ndef login(request):\n    return {"ok": True}',
        "only returns a constant",
    ),
}


@pytest.mark.parametrize(("text", "reason"), PYTHON_STUBS.values(), ids=PYTHON_STUBS.keys())
def test_a_python_definition_that_does_nothing_is_a_stub(text: str, reason: str) -> None:
    functions = [each for each in read_source("pool.py", text).definitions if each.kind in ("function", "method")]

    assert functions[0].stub == reason


PYTHON_NEAR_MISSES = {
    "does something": ("def drain(pool):\n    pool.close()", ""),
    "a real error": ('def drain(pool):\n    raise ValueError("pool is closed")', ""),
    "not implemented only in one case": (
        "def drain(pool):\n    if pool.old:\n        raise NotImplementedError\n    pool.close()",
        "",
    ),
    "todo beside work": ("def drain(pool):\n    # TODO: faster\n    pool.close()", ""),
    "version": ('def version():\n    return "1.2"', ""),
    "setting": ("def get_timeout():\n    return 30", ""),
    "name of a thing that begins like a verb": ("def retry_count():\n    return 3", ""),
    "predicate without input": ("def is_async():\n    return False", ""),
    "module path": ('def build_number():\n    return "42"', ""),
    "health": ('@app.get("/health")\ndef health():\n    return {"status": "ok"}', ""),
    "table": ("def load_codes():\n    return {" + ", ".join(f"{n}: 'x{n}'" for n in range(30)) + "}", ""),
    "page": ('def render_page():\n    return """' + "<p>text</p>" * 40 + '"""', ""),
    "value with something put in": ('def greet(name):\n    return f"hello {name}"', ""),
    "attribute": ("def get_total(self):\n    return self.total", ""),
    "argument": ("def identity(x):\n    return x", ""),
    "sum": ("def add(a, b):\n    return a + b", ""),
    "sleep by argument": ("async def sleep(seconds):\n    await asyncio.sleep(seconds)", ""),
    "waiting is the work": ("def wait_a_bit():\n    time.sleep(0.5)", ""),
    "backoff by argument": ("def retry_after(delay):\n    time.sleep(delay * 2)", ""),
    "print is the work": ('def print_banner():\n    print("verifier")', ""),
    "usage": ('def usage():\n    print("usage: x")\n    return 2', ""),
    "main": ('def main(argv):\n    print("hello")\n    return 0', ""),
    "print of what is computed": ("def send(x):\n    print(transmit(x))", ""),
    "print to somewhere": ("def save_report(x):\n    print(x, file=open_report(x))", ""),
    "noop": ("def noop(*args):\n    pass", ""),
    "null callback": ("def ignore_result(result):\n    pass", ""),
    "constructor": (
        "class Pool:\n    def __init__(self):\n        pass\n    def run(self):\n        go()",
        "Pool.__init__",
    ),
    "special method": (
        "class Pool:\n    def __bool__(self):\n        return True\n    def a(self): go()",
        "Pool.__bool__",
    ),
    "context exit": (
        "class Pool:\n    def __exit__(self, *exc):\n        pass\n    def a(self): go()",
        "Pool.__exit__",
    ),
    "hook": ("class Pool:\n    def close(self):\n        pass\n    def run(self): go()", "Pool.close"),
    "event": ("class Pool:\n    def on_start(self, event):\n        pass\n    def run(self): go()", "Pool.on_start"),
    "no-op override": ("class Quiet(Pool):\n    def close(self):\n        pass", "Quiet.close"),
    "override of an accessor": ("class Quiet(Pool):\n    def size(self, unit):\n        return 0", "Quiet.size"),
    "override of a predicate": (
        "class All(Rule):\n    def is_allowed(self, user):\n        return True",
        "All.is_allowed",
    ),
    "null object": ("class NullCache(Cache):\n    def delete(self, key):\n        pass", "NullCache.delete"),
    "property": (
        "class A:\n    @property\n    def fetch_size(self):\n        return 10\n    def b(self): go()",
        "A.fetch_size",
    ),
    "abstract method": (
        "class Store(ABC):\n    @abstractmethod\n    def load(self, key):\n        raise NotImplementedError",
        "Store.load",
    ),
    "abstract method of a mixed class": (
        "class Store:\n    @abc.abstractmethod\n    def load(self, key):\n        ...\n    def a(self): go()",
        "Store.load",
    ),
    "base class with heirs here": (
        "class Store:\n    def load(self, key):\n        raise NotImplementedError\n\nclass Disk(Store):\n    "
        "def load(self, key):\n        return open(key)",
        "Store.load",
    ),
    "base class by name": (
        "class BaseStore:\n    def load(self, key):\n        raise NotImplementedError",
        "BaseStore.load",
    ),
    "protocol": ("class Store(Protocol):\n    def load(self, key: str) -> bytes: ...", "Store.load"),
    "generic protocol": ("class Store(typing.Protocol[T]):\n    def load(self, key: str) -> T: ...", "Store.load"),
    "metaclass": ("class Store(metaclass=ABCMeta):\n    def load(self, key):\n        pass", "Store.load"),
    "overload": ("@overload\ndef load(key: str) -> str: ...", ""),
    "command group": ("@click.group()\ndef cli():\n    pass", ""),
    "function in a function": ("def run():\n    def done(result):\n        pass\n    go(done)", "run.done"),
    "empty on purpose": ("def warning_hook(x):\n    # nothing to do here\n    pass", ""),
    "generator": ("def events():\n    yield", ""),
    "state": ("def connect(self):\n    self.connected = True", ""),
    "not a literal": ("def __lt__(self, other):\n    return NotImplemented", ""),
    "constant elsewhere": ("def default_size():\n    return MAX_SIZE", ""),
}


@pytest.mark.parametrize(("text", "qualified"), PYTHON_NEAR_MISSES.values(), ids=PYTHON_NEAR_MISSES.keys())
def test_good_python_that_looks_like_a_stub_is_none(text: str, qualified: str) -> None:
    assert stub_of("pool.py", text, qualified) is None


CLASS_STUBS = {
    "empty": ("class Pool:\n    pass", "body is empty"),
    "docstring": ('class Pool:\n    """Keeps connections."""', "body is empty"),
    "every method": (
        "class Pool:\n    def drain(self):\n        pass\n    def fill(self):\n        raise NotImplementedError",
        "every method is a stub",
    ),
    "constructor that stores": (
        "class Pool:\n    def __init__(self, size):\n        self.size = size\n    def drain(self):\n        pass",
        "every method is a stub",
    ),
}


@pytest.mark.parametrize(("text", "reason"), CLASS_STUBS.values(), ids=CLASS_STUBS.keys())
def test_a_class_without_a_working_method_is_a_stub(text: str, reason: str) -> None:
    assert stub_of("pool.py", text) == reason


CLASS_NEAR_MISSES = {
    "exception": "class PoolError(Exception):\n    pass",
    "exception of our own": 'class Drained(PoolError):\n    """No connection is left."""',
    "heir": "class FastPool(Pool):\n    pass",
    "fields": "class Point:\n    x: int\n    y: int",
    "data class": "@dataclass\nclass Point:\n    x: int",
    "named tuple": "class Point(NamedTuple):\n    x: int",
    "enum": "class Color(Enum):\n    RED = 1",
    "typed dict": "class Options(TypedDict, total=False):\n    a: int",
    "protocol": "class Store(Protocol):\n    def load(self) -> bytes: ...",
    "abstract": "class Store(ABC):\n    @abstractmethod\n    def load(self): ...",
    "marker": "class Missing:\n    pass",
    "sentinel": "class _Unset:\n    pass",
    "constructor alone": "class Point:\n    def __init__(self, x):\n        self.x = x",
    "one method works": "class Pool:\n    def close(self):\n        pass\n    def fill(self):\n        go()\n  "
    "  def drain(self):\n        pass",
    "tables do the work": "class Lexer:\n    tokens = {'a': [(r'x', Name), (r'y', bygroups(Text))]}\n    def "
    "check(self, x):\n        return 1",
    "private by name": "class _Namespace:\n    pass",
}


@pytest.mark.parametrize("text", CLASS_NEAR_MISSES.values(), ids=CLASS_NEAR_MISSES.keys())
def test_a_class_that_need_not_do_anything_is_no_stub(text: str) -> None:
    assert stub_of("pool.py", text) is None


def test_nothing_in_an_interface_file_is_a_stub() -> None:
    definitions = read_source(
        "pool.pyi", "class Pool:\n    def drain(self) -> None: ...\ndef fill() -> None: ...\n"
    ).definitions

    assert [each.qualified for each in definitions] == ["Pool", "Pool.drain", "fill"]
    assert [each.stub for each in definitions] == [None, None, None]


STUBS = {
    "js, empty": ("a.js", "function drain(pool) {}"),
    "js, constant": ("a.js", "function validate(token) { return true; }"),
    "js, throws": ("a.js", 'function drain() { throw new Error("Not implemented"); }'),
    "js, todo": ("a.js", "function anything() {\n  // TODO\n}"),
    "js, arrow with a value": ("a.js", "const isValid = (token) => true;"),
    "js, arrow with a block": ("a.js", "export const validate = async (token) => { return true }"),
    "js, promise": ("a.js", "async function fetchUser(id) { return Promise.resolve(null); }"),
    "js, timer": ("a.js", "async function pay(c) { await new Promise(r => setTimeout(r, 500)); return { ok: true }; }"),
    "js, console": ("a.js", "function sendEmail(to) { console.log(`Sending to ${to}`); return true; }"),
    "ts, method": ("a.ts", "class A { async validate(token: string): Promise<boolean> { return true; } }"),
    "tsx, nothing": ("a.tsx", "export function loadUser(props: Props) { return null }"),
    "go, panic": ("a.go", 'package a\nfunc Drain(p *Pool) { panic("not implemented") }'),
    "go, empty": ("a.go", "package a\nfunc Drain(p *Pool) {}"),
    "go, nil": ("a.go", "package a\nfunc Validate(t string) error { return nil }"),
    "go, two values": ("a.go", "package a\nfunc Validate(t string) (bool, error) { return true, nil }"),
    "go, error that says so": ("a.go", 'package a\nfunc Load() error { return errors.New("not implemented") }'),
    "go, sleeps": ("a.go", "package a\nfunc Connect() error {\n\ttime.Sleep(2 * time.Second)\n\treturn nil\n}"),
    "go, prints": ("a.go", 'package a\nfunc Send(to string) error {\n\tfmt.Println("sending", to)\n\treturn nil\n}'),
    "rust, todo": ("a.rs", "fn drain(p: &Pool) { todo!() }"),
    "rust, unimplemented": ("a.rs", 'fn drain(p: &Pool) -> u8 { unimplemented!("later") }'),
    "rust, value": ("a.rs", "pub fn validate(token: &str) -> bool { true }"),
    "rust, ok": ("a.rs", "pub fn validate(token: &str) -> Result<(), Error> { Ok(()) }"),
    "rust, empty vector": ("a.rs", "pub fn search(q: &str) -> Vec<Hit> { Vec::new() }"),
    "java, empty": ("A.java", "class A { void drain(Pool p) {} int x() { return go(); } }"),
    "java, unsupported": (
        "A.java",
        "class A { void drain() { throw new UnsupportedOperationException(); } int x() { return go(); } }",
    ),
    "java, constant": ("A.java", "class A { boolean validate(String t) { return true; } int x() { return go(); } }"),
    "java, empty list": ("A.java", "class A { List<U> findUsers(String q) { return Collections.emptyList(); } }"),
    "java, sleeps": (
        "A.java",
        'class A { boolean pay() { System.out.println("x"); Thread.sleep(100); return true; } }',
    ),
    "c, constant": ("a.c", "int validate(const char *token) { return 1; }"),
    "c, unused parameter": ("a.c", "int validate(const char *token) { (void)token; return 0; }"),
    "c, empty": ("a.c", "void drain(struct pool *p) { /* TODO */ }"),
    "c++, out of class": ("a.cpp", "bool Pool::validate(const Token& t) { return true; }"),
    "ruby, empty": ("a.rb", "def drain(pool)\nend"),
    "ruby, raises": ("a.rb", "def drain(pool)\n  raise NotImplementedError, 'later'\nend"),
    "ruby, value": ("a.rb", "def validate(token)\n  true\nend"),
    "ruby, question": ("a.rb", "def valid?(token)\n  true\nend"),
    "shell, empty": ("a.sh", "drain() { :; }"),
    "shell, says and sleeps": ("a.sh", 'deploy() {\n  echo "Deploying $1"\n  sleep 2\n  echo done\n}'),
    "shell, says": ("a.sh", 'deploy() {\n  echo "Deploying"\n  return 0\n}'),
}


@pytest.mark.parametrize(("path", "text"), STUBS.values(), ids=STUBS.keys())
def test_a_definition_that_does_nothing_is_a_stub_in_every_language(path: str, text: str) -> None:
    functions = [each for each in read_source(path, text).definitions if each.kind in ("function", "method")]

    assert functions[0].stub is not None


NEAR_MISSES = {
    "js, work": ("a.js", "function drain(pool) { pool.close(); }"),
    "js, noop": ("a.js", "export const noop = () => {};"),
    "js, constructor": ("a.js", "class A { constructor() {} run() { go(); } }"),
    "js, getter": ("a.js", "class A { get sendLimit() { return 10; } run() { go(); } }"),
    "js, hook": ("a.js", "class A { componentDidMount() {} run() { go(); } }"),
    "js, heir": ("a.js", "class A extends B { size(unit) { return 0; } }"),
    "js, empty heir": ("a.js", "class HttpError extends Error {}"),
    "js, sleep": ("a.js", "const sleep = (ms) => new Promise((r) => setTimeout(r, ms));"),
    "js, template": ("a.js", "const sendUrl = (id) => `/send/${id}`;"),
    "js, value by call": ("a.js", "const load = (id) => fetch(id);"),
    "ts, interface": ("a.ts", "interface A { validate(token: string): boolean; }"),
    "ts, abstract": ("a.ts", "abstract class A { abstract validate(token: string): boolean; run() { go(); } }"),
    "ts, overloads": ("a.ts", "function load(a: string): void;\nfunction load(a: any) { go(a); }"),
    "tsx, component": ("a.tsx", "export const Empty = () => null;"),
    "go, work": ("a.go", "package a\nfunc Drain(p *Pool) { p.Close() }"),
    "go, hook of some interface": ("a.go", "package a\nfunc (p *Pool) Close() error { return nil }"),
    "go, answer of some interface": ("a.go", "package a\nfunc (e Err) Temporary() bool { return false }"),
    "go, marker method": ("a.go", "package a\nfunc (Expr) isNode() {}"),
    "rust, trait without body": ("a.rs", "trait A { fn validate(&self, t: &str) -> bool; }"),
    "rust, default of a trait": ("a.rs", "trait A { fn is_ready(&self, x: u8) -> bool { false } }"),
    "rust, implemented trait": ("a.rs", "impl Rule for All { fn name(&self, l: Lang) -> u8 { 0 } }"),
    "rust, constructor": ("a.rs", "impl Pool { pub fn new() -> Self { Self { size: 0 } } }"),
    "rust, work": ("a.rs", "fn drain(p: &mut Pool) -> usize { p.items.drain(..).count() }"),
    "java, interface": ("A.java", "interface A { boolean validate(String t); }"),
    "java, abstract": ("A.java", "abstract class A { abstract void drain(Pool p); }"),
    "java, constructor": ("A.java", "class A { A() {} void x() { go(); } }"),
    "java, override": ("A.java", "class A implements B { @Override public int size(Unit u) { return 0; } }"),
    "java, to string": ("A.java", 'class A { public String toString() { return "A"; } void x() { go(); } }'),
    "c, work": ("a.c", "int drain(struct pool *p) { return close(p->fd); }"),
    "c, prototype": ("a.h", "int validate(const char *token);"),
    "c, version": ("a.c", 'const char *version(void) { return "1.2"; }'),
    "c++, constructor that stores": ("a.cpp", "struct A { A(int x) : x(x) {} int x; };"),
    "c++, template's constructor": ("a.h", "template <class T>\nstruct A { explicit A(T x) : x(x) {} T x; };"),
    "c++, destructor": ("a.cpp", "class A { public: ~A() {} };"),
    "c++, defaulted": ("a.cpp", "struct A { A() = default; };"),
    "c++, pure": ("a.cpp", "class A { virtual bool validate(int t) = 0; };"),
    "ruby, work": ("a.rb", "def drain(pool)\n  pool.close\nend"),
    "ruby, heir": ("a.rb", "class Quiet < Pool\n  def size(unit)\n    0\n  end\nend"),
    "ruby, empty error": ("a.rb", "class PoolError < StandardError\nend"),
    "shell, usage": ("a.sh", 'usage() {\n  echo "usage: x"\n}'),
    "shell, writes a file": ("a.sh", 'save_report() {\n  echo "x" > report.txt\n}'),
    "shell, value by command": ("a.sh", 'build_tag() {\n  echo "$(git rev-parse HEAD)"\n}'),
}


@pytest.mark.parametrize(("path", "text"), NEAR_MISSES.values(), ids=NEAR_MISSES.keys())
def test_good_code_that_looks_like_a_stub_is_none_in_every_language(path: str, text: str) -> None:
    definitions = read_source(path, text).definitions

    assert definitions
    assert [each.stub for each in definitions] == [None] * len(definitions)
