"""Which definitions are stubs, and which only look so."""

from __future__ import annotations

import textwrap

import pytest

from verifier.languages import Definition, read_source
from verifier.values.source import Lines


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
    "beside a class of stubs": (
        "class Pool:\n    def drain(self):\n        pass\n    class Inner:\n        def fill(self):\n            pass",
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
    "holds classes": "class Errors:\n    class Missing(Exception):\n        pass",
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
    "php, empty": ("a.php", "<?php\nclass A {\n    public function drain($pool) {}\n}\n"),
    "php, constant": ("a.php", "<?php\nfunction validate($token) {\n    // TODO\n    return true;\n}\n"),
    "php, throws": ("a.php", "<?php\nfunction drain() { throw new \\Exception('Not implemented'); }\n"),
    "c#, throws": ("A.cs", "class A { public void Drain(Pool p) { throw new NotImplementedException(); } }"),
    "c#, arrow": ("A.cs", "class A\n{\n    public bool Validate(string t) => true;\n}\n"),
    "c#, task": ("A.cs", "class A\n{\n    public async Task Drain(Pool p)\n    {\n        return;\n    }\n}\n"),
    "kotlin, todo": ("a.kt", 'fun drain(p: Pool): Int = TODO("later")\nfun b() { c() }\n'),
    "kotlin, block": ("a.kt", "class A {\n    fun validate(t: String): Boolean {\n        return true\n    }\n}\n"),
    "swift, fatal": ("a.swift", 'func drain(_ p: Pool) { fatalError("not implemented") }\n'),
    "swift, constant": ("a.swift", "func validate(_ t: String) -> Bool {\n    return true\n}\n"),
    "scala, ???": ("a.scala", "object A { def drain(p: Pool): Int = ??? }"),
    "scala, constant": ("a.scala", "object A {\n  def validate(t: String): Boolean = {\n    true\n  }\n}\n"),
    "dart, throws": ("a.dart", "class A {\n  void drain(Pool p) {\n    throw UnimplementedError();\n  }\n}\n"),
    "groovy, empty": ("a.groovy", "def drain(pool) {\n    // later\n}\n"),
    "solidity, reverts": (
        "a.sol",
        'contract A {\n  function drain() public {\n    revert("not implemented");\n  }\n}\n',
    ),
    "perl, dies": ("a.pl", 'sub drain {\n    my ($self, $pool) = @_;\n    die "not implemented";\n}\n'),
    "zig, panics": ("a.zig", 'pub fn drain(p: *Pool) void {\n    @panic("not implemented");\n}\n'),
    "python, a test that says nothing": ("a.py", "def test_drains():\n    assert True\n"),
    "java, a test that says nothing": ("A.java", "class T extends Base { @Test void drains() {} void x() { go(); } }"),
    "rust, a test that says nothing": ("a.rs", "#[test]\nfn drains() { assert!(true); }"),
    "go, a test that says nothing": ("a_test.go", 'package a\nfunc TestDrain(t *testing.T) { t.Skip("later") }'),
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
    "php, work": ("a.php", "<?php\nfunction drain($pool) { return $pool->close(); }\n"),
    "php, constructor": (
        "a.php",
        "<?php\nclass A {\n  function __construct() {}\n  function c() { d(); }\n}\n",
    ),
    "php, heir": ("a.php", "<?php\nclass A extends B {\n    public function size($unit) { return 0; }\n}\n"),
    "c#, work": ("A.cs", "class A { public int Drain(Pool p) => p.Close(); }"),
    "c#, interface": ("A.cs", "interface A { Task<int> Drain(Pool p); }"),
    "c#, constructor": ("A.cs", "class A { public A(int b) { } public int B() => C(); }"),
    "c#, override": ("A.cs", "class A : B { public override int Size(Unit u) { return 0; } }"),
    "kotlin, work": ("a.kt", "fun drain(p: Pool) = p.close()\n"),
    "kotlin, interface": (
        "a.kt",
        "interface A {\n    fun drain(p: Pool)\n    fun fill()\n}\nfun b() {\n    c()\n}\n",
    ),
    "kotlin, data": ("a.kt", "data class A(val b: Int)\n"),
    "swift, protocol": ("a.swift", "protocol A {\n    func drain(_ p: Pool) -> Int\n}\n"),
    "scala, trait": (
        "a.scala",
        "trait A {\n  def drain(p: Pool): Int\n}\nobject B {\n  def c() = {\n    d()\n }\n}\n",
    ),
    "scala, object": ("a.scala", "case object Missing\n"),
    "dart, abstract": ("a.dart", "abstract class A {\n  void drain(Pool p);\n}\n"),
    "solidity, interface": ("a.sol", "interface A {\n  function drain(uint a) external;\n}\n"),
    "perl, work": ("a.pl", "sub drain {\n    my ($self) = @_;\n    return $self->close;\n}\n"),
    "protocol buffers": ("a.proto", "service A {\n  rpc Get(X) returns (Y);\n}\n"),
    "python, a test that asserts": ("a.py", "def test_drains():\n    assert drained(pool)\n"),
    "shell, usage": ("a.sh", 'usage() {\n  echo "usage: x"\n}'),
    "shell, writes a file": ("a.sh", 'save_report() {\n  echo "x" > report.txt\n}'),
    "shell, value by command": ("a.sh", 'build_tag() {\n  echo "$(git rev-parse HEAD)"\n}'),
}


@pytest.mark.parametrize(("path", "text"), NEAR_MISSES.values(), ids=NEAR_MISSES.keys())
def test_good_code_that_looks_like_a_stub_is_none_in_every_language(path: str, text: str) -> None:
    definitions = read_source(path, text).definitions

    assert definitions
    assert [each.stub for each in definitions] == [None] * len(definitions)


DECLARATIONS = {
    "python, protocol": ("a.py", "class A(Protocol):\n    def drain(self) -> None: ...\n"),
    "python, abstract": ("a.py", "class A(ABC):\n    @abstractmethod\n    def drain(self):\n        'Drain.'\n"),
    "python, overload": ("a.py", "@overload\ndef drain(a: int) -> int: ...\n"),
    "python, left to heirs": ("a.py", "class BasePool:\n    def drain(self):\n        raise NotImplementedError\n"),
    "python, interface file": ("a.pyi", "def drain() -> None: ...\n"),
    "typescript, interface": ("a.ts", "interface A {\n  drain(p: Pool): void;\n}\n"),
    "typescript, abstract": ("a.ts", "abstract class A {\n  abstract drain(): void;\n}\n"),
    "typescript, overload": ("a.ts", "function drain(a: string): void;\n"),
    "typescript, ambient": ("a.d.ts", "declare function drain(a: string): void;\n"),
    "go, interface": ("a.go", "package a\n\ntype A interface {\n\tDrain(p *Pool) error\n}\n"),
    "rust, trait": ("a.rs", "trait A {\n    fn drain(&self) -> u8;\n}\n"),
    "java, interface": ("A.java", "interface A {\n  void drain(Pool p);\n}\n"),
    "java, native": ("A.java", "class A {\n  native void drain();\n}\n"),
    "c, prototype": ("a.h", "int drain(struct pool *p);\n"),
    "c++, pure": ("a.cpp", "class A {\n  virtual void drain() = 0;\n};\n"),
    "c#, interface": ("A.cs", "interface A\n{\n    Task<int> Drain(Pool p);\n}\n"),
    "kotlin, interface": ("a.kt", "interface A {\n    fun drain(p: Pool): Int\n}\n"),
    "swift, protocol": ("a.swift", "protocol A {\n    func drain(_ p: Pool) -> Int\n}\n"),
    "scala, trait": ("a.scala", "trait A {\n  def drain(p: Pool): Int\n}\n"),
    "php, interface": ("a.php", "<?php\ninterface A {\n    public function drain($p): int;\n}\n"),
    "dart, abstract": ("a.dart", "abstract class A {\n  void drain(Pool p);\n}\n"),
    "solidity, interface": ("a.sol", "interface A {\n  function drain(uint a) external;\n}\n"),
}


@pytest.mark.parametrize(("path", "text"), DECLARATIONS.values(), ids=DECLARATIONS)
def test_a_function_without_a_body_is_only_declared(path: str, text: str) -> None:
    reading = read_source(path, text)
    [declared] = [each for each in reading.definitions if each.name.lower() == "drain"]

    assert declared.declaration
    assert declared.stub is None
    assert reading.hollow_reason(Lines(declared.first_line, declared.last_line)) == "a declaration without a body"


BUILT = {
    "python": ("a.py", "class A(ABC):\n    def drain(self):\n        return self.close()\n"),
    "python, a constant of a protocol": ("a.py", "class A(Protocol):\n    def drain(self):\n        return 1\n"),
    "typescript": ("a.ts", "class A {\n  drain(): void { go(); }\n}\n"),
    "rust, default of a trait": ("a.rs", "trait A {\n    fn drain(&self) -> u8 { self.go() }\n}\n"),
    "java, default of an interface": ("A.java", "interface A {\n  default void drain() { go(); }\n}\n"),
    "c++": ("a.cpp", "struct A {\n  A drain() { return go(); }\n};\n"),
    "c, macro": ("a.c", "#define drain(p) close(p)\n"),
    "kotlin, expression": ("a.kt", "fun drain(p: Pool) = p.close()\n"),
    "c#, expression": ("A.cs", "class A\n{\n    public int Drain(Pool p) => p.Close();\n}\n"),
    "protocol buffers": ("a.proto", "service A {\n  rpc Drain(X) returns (Y);\n}\n"),
    "ruby, a class in a class": ("a.rb", "class A\n  class B\n    def drain(e)\n      go(e)\n    end\n  end\nend\n"),
    "python, a class in a class": (
        "a.py",
        "class A:\n    class B:\n        def drain(self):\n            return go()\n",
    ),
    "java, a class in a class": ("A.java", "class A {\n  static class B {\n    int drain() { return go(); }\n  }\n}\n"),
    "c++, a class in a class": ("a.cpp", "class A {\n  class B {\n    int drain() { return go(); }\n  };\n};\n"),
}


@pytest.mark.parametrize(("path", "text"), BUILT.values(), ids=BUILT)
def test_a_function_with_a_body_is_more_than_declared(path: str, text: str) -> None:
    reading = read_source(path, text)
    [built] = [each for each in reading.definitions if each.name.lower() == "drain"]

    assert not built.declaration
    assert reading.hollow_reason(Lines(built.first_line, built.last_line)) is None


HOLLOW = {
    "a stub": ("a.py", "def validate(t):\n    return True\n", (1, 2), "a stub: only returns a constant"),
    "a stub's body": ("a.py", "def validate(t):\n    return True\n", (2, 2), "a stub: only returns a constant"),
    "two stubs": ("a.py", "def a(b): pass\ndef c(d): pass\n", (1, 2), "a stub: body is empty"),
    "a stub and code": ("a.py", "def a(b): pass\nc = 1\n", (1, 2), None),
    "code": ("a.py", "def a(b):\n    return c(b)\n", (1, 2), None),
    "a comment": ("a.py", "# a\n", (1, 1), None),
    "an empty test": ("a.test.js", "it('drains', () => {});\n", (1, 1), "an empty test"),
    "an empty test of lines": ("a.test.ts", "test('a', async () => {\n  // later\n});\n", (1, 3), "an empty test"),
    "a test that says nothing": (
        "a.test.js",
        "it('a', function () {\n  expect(true).toBe(true);\n});\n",
        (1, 3),
        "an empty test",
    ),
    "an empty test in ruby": ("a_spec.rb", "it 'drains' do\nend\n", (1, 2), "an empty test"),
    "a test": ("a.test.js", "it('drains', () => {\n  expect(a).toBe(1);\n});\n", (1, 3), None),
    "a test beside an empty one": ("a.test.js", "it('a', () => {});\nit('b', () => { c(); });\n", (1, 2), None),
}


@pytest.mark.parametrize(("path", "text", "lines", "reason"), HOLLOW.values(), ids=HOLLOW)
def test_lines_are_hollow_where_nothing_in_them_is_built(
    path: str, text: str, lines: tuple[int, int], reason: str | None
) -> None:
    assert read_source(path, text).hollow_reason(Lines(*lines)) == reason
