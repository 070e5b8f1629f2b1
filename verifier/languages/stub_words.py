"""The words by which a stub, or what only looks like one, is known.

A list of verbs is never complete. A verb that is missing makes a stub pass for code where its body is a constant that
takes no input; an empty body, a TODO or "not implemented" is found under any name."""

from __future__ import annotations

import re

from verifier.languages.word_lists import words
from verifier.system.patterns import pattern

_UNFINISHED = (
    r"not\s+(?:yet\s+)?(?:been\s+)?(?:implemented|supported\s+yet)|unimplemented|to\s+be\s+implemented|\bTODO\b"
)
_UNFINISHED_TEXT = pattern(_UNFINISHED, re.IGNORECASE)
_UNFINISHED_STATEMENT = pattern(
    r"(?:raise|throw|throw\s+new|panic!?|return|die|assert|abort|fail|fatalError|bail!|croak|error|revert|@panic)\b.*",
    re.DOTALL,
)
_UNFINISHED_NAME = pattern(
    r"(?:raise|throw(?:\s+new)?|return)\s+(?:[\w.]+\.)?(?:(?:NotI|Uni)mplemented\w*(?:Error|Exception)"
    r"|UnsupportedOperationException)\b.*"
    r"|(?:std::|core::)?(?:todo|unimplemented)!\s*[\(\[{].*"
    r"|(?:return\s+)?(?:TODO\(.*\)|\?\?\?)",
    re.DOTALL,
)


def is_unfinished(statement: str, blanked: str) -> bool:
    """Whether a statement says that nothing is here yet."""
    if _UNFINISHED_NAME.fullmatch(blanked.strip()):
        return True
    return bool(_UNFINISHED_STATEMENT.fullmatch(statement.strip()) and _UNFINISHED_TEXT.search(statement))


UNFINISHED_NOTE = pattern(
    r"\b(?:TODO|FIXME|XXX|TBD|WIP|HACK)\b|(?i:not\s+(?:yet\s+)?implemented|unimplemented|to\s+be\s+implemented"
    r"|\bplaceholder\b"
    r"|\bsimulat(?:e|es|ed|ing)\b|\bstub(?:bed)?\b|\bmock(?:ed)?\b|\bdummy\b|\bhard-?coded\b|\bfor now\b"
    r"|\bin (?:a )?(?:real|production|actual)\b|\bwould (?:be|go|call|use|send)\b|\bcoming soon\b|\bimplement "
    r"(?:this|me|later)\b)"
)
"""What a comment among trivial statements says when they stand for work still to be done."""

UNFINISHED_DOCSTRING = pattern(
    r"\b(?:TODO|FIXME|TBD|WIP)\b|(?i:not\s+(?:yet\s+)?implemented|unimplemented|to\s+be\s+implemented|\bplaceholder\b)"
)

ON_PURPOSE = pattern(
    r"(?i)\bno-?op\b|\bnothing\b|\bintentional|\bon purpose\b|\bdeliberate|\bnot needed\b|\bunused\b"
    r"|\bignored?\b|\bhook\b"
    r"|\boverrid|\bsubclass|\bdefault\b|\bby design\b|\bno action\b|\bempty\b"
)
"""What a comment or docstring says of a body that is empty on purpose."""

LOG = pattern(
    r"(?:await\s+)?(?:(?:self|this|cls|app|current_app|request)\.)?"
    r"(?:(?:_*log(?:ger|ging)?|LOG(?:GER)?|_LOGGER|console|slog|tracing|Log|Rails\.logger|Console"
    r"|System\.(?:out|err)|std::cout)"
    r"\s*(?:\.|<<)\s*\w*|fmt\.(?:Print|Fprint)\w*|log\.\w+|print(?:ln|f)?|println!|eprintln!|print!|puts|echo|p|pp"
    r"|(?:info|debug|warn|error|trace)!|click\.echo|warnings\.warn|NSLog)"
    r"(?:\s*[!(\s].*|\s*<<.*|\s*)",
    re.DOTALL,
)

VACUOUS = pattern(
    r"(?:assert\s*\(?\s*(?:True|true|1)\s*\)?|(?:self\.|Assert\.|Assertions\.)?assertTrue\(\s*(?:True|true)\s*\)"
    r"|assert\.(?:ok|isTrue|True)\((?:t,\s*)?true\)|expect\(true\)\.(?:toBe\(true\)|to\s*\.?\s*be\.true|toBeTruthy\(\))"
    r"|assert!\(true\)|t\.Skip(?:Now|f)?\(.*\)|pytest\.skip\(.*\)|this\.skip\(\)|skip(?:\(.*\)|\b[^=]*))\s*;?",
    re.DOTALL,
)
"""Statements by which a test says nothing."""

SLEEP = pattern(r"\b(?:u|nano|m)?sleep(?:_ms|_for|Async|Sync)?\b|\bSleep\b|\bsetTimeout\b|\bdelay\b|\bsleepSeconds\b")
SLEEP_CALLEES = words(
    """
    time asyncio sleep Sleep usleep nanosleep msleep sleep_ms sleep_for sleepSync Thread thread std this_thread chrono
    milliseconds seconds Duration from_millis from_secs from_secs_f64 from_secs_f32 tokio TimeUnit Promise setTimeout r
    res resolve timers delay anyio trio gevent eventlet random uniform randint rand Math Kernel Task Delay
    """
)
SLEEP_OPERANDS = words(
    "await new return function r res resolve done _ sleep usleep Millisecond Second Minute SECONDS MILLISECONDS null"
)
"""Words of a sleep whose length nobody passes in: what is called, and what else stands there."""

CONSTANT_CALL = pattern(
    r"\b(?:Promise\.(?:resolve|reject)|Ok|Some|Err|Box::new|String::from|Optional\.(?:of|empty)|List\.of"
    r"|Map\.of|Set\.of"
    r"|Collections\.empty\w+|(?:Vec|HashMap|HashSet|BTreeMap|String)::new|Default::default|vec!|dict|list|set"
    r"|tuple|frozenset"
    r"|new\s+(?:\w+\.)*(?:ArrayList|HashMap|HashSet|LinkedList|Map|Set|Array|Object)(?:<[\w, ]*>)?"
    r"|CompletableFuture\.completedFuture|asyncio\.sleep)\s*[(\[]\s*"
    r"(?:-?\d[\w.]*|\"\"|true|false|True|False|None|null|\(\)|\[\]|\{\})?\s*[)\]]"
    r"|\bOk\(\(\)\)|\bmap\[[\w.]+\][\w.{}]+\{\}|\[\][\w.]+\{\}|\"\"\.(?:to_string|into|to_owned)\(\)"
)
"""Calls that make a constant: an empty collection, a finished promise."""

INTERPOLATED = pattern(r"^[rR]?[fF][rR]?[\"'].*\{|\$\{|#\{|^\"[^\"]*\$\w", re.DOTALL)
"""A string that something is put into."""

NO_VALUE = words("None nil null undefined nullptr NULL ()")

CONSTRUCTORS = words("__init__ __new__ __init_subclass__ __post_init__ constructor initialize init __construct new")
SPECIAL = pattern(r"__\w+__|operator\W.*|~\w+|toString|hashCode|equals|to_s|inspect|String|Error|fmt")
BASE_CLASS = pattern(r"^_?(?:Abstract|Base)(?=[A-Z_]|$)|(?:Base|Interface|Protocol|Mixin|ABC|Abstract)$")
MARKER_CLASS = pattern(
    r"^_|Exception|Error|Warning|Sentinel|Marker|Missing|Unset|Empty|Undefined|Nothing|Null|Noop|NoOp|Tag$"
    r"|Type$|Namespace|Context$"
)
NULL_OBJECT = pattern(r"^_?(?:Null|No_?[Oo]p|Nop|AllowAll|Always|Never|Disabled|Silent|BlackHole|Void)(?=[A-Z_]|$)")
"""A class that is made to do nothing."""
ABSTRACT_MARKS = words(
    """
    abstract abstractmethod abstractproperty abstractclassmethod abstractstaticmethod overload singledispatch
    singledispatchmethod native extern declare
    """
)
FILLED_BY_DECORATOR = words(
    """
    group callback hookspec fixture event signal receiver_signature multimethod Input Output
    """
)
ACCESSOR_MARKS = words("property cached_property classproperty cachedproperty hybrid_property getter get computed")
TEST_MARKS = words("Test test Fact Theory ParameterizedTest TestMethod TestCase")
WAITING = words("sleep wait pause delay throttle backoff cooldown nap idle tick")
NOTHING = words("noop nop null nothing ignore identity dummy default always never allow deny")
PREDICATES = words("is has can should supports needs allows accepts requires uses was are does must wants")
ACCESSORS = words("get list all")
OUTPUT = words(
    """
    print log show display echo greet usage help report warn say debug trace hello dump render emit error info
    banner describe explain hint announce welcome version audit
    """
)
MAIN = words("main")
LEADING = words("do try maybe safe safely auto async perform re force bulk batch")
HOOK = pattern(
    r"(?:on|before|after|pre|post|visit|leave|did|will|ng|component)_\w+"
    r"|(?:close|aclose|open|set_?up|tear_?down|setup_class|teardown_class|set_up_class|tear_down_class|flush"
    r"|start|stop|reset"
    r"|init|dispose|finalize|finalise|shutdown|enter|exit|destroy|begin|end|ready|handle_error|startup|cleanup"
    r"|clean_up|mount"
    r"|unmount|activate|deactivate|attach|detach|release|acquire|lock|unlock|start_up|prepare)$"
)
"""Moments of an object's life, at which there may well be nothing to do."""

VERBS = words(
    """
    accept acknowledge add adjust aggregate allocate analyse analyze append apply approve archive assign
    authenticate authorise authorize backup balance block book broadcast build cache calculate call cancel
    capture charge check checkout chunk classify clean clear clone collect combine commit compact compare
    compile compress compute configure confirm connect consume convert copy count crawl create debit decode
    decompress decrypt dedupe delete deliver deploy deserialize detect dequeue disable discover dispatch
    download drain drop embed emit enable encode encrypt enforce enqueue enrich ensure escape estimate evaluate
    evict execute expire export extract fail fetch filter find fix flag format forward generate grant handle
    hash import index infer ingest insert inspect install instrument invalidate invoke issue join launch limit
    link load login logout map mark match measure merge migrate mint monitor move normalise normalize notify
    optimise optimize parse partition patch pay persist ping plan play poll predict preprocess probe process
    provision publish pull purge push put query queue quote rank read rebuild recalculate receive reconcile
    reconnect record recover redact redeem reduce refresh refund register reindex reject reload remove rename
    render renew repair replace replay replicate request reserve resize resolve respond restart restore resume
    retrain retrieve retry revert revoke rewrite roll rollback rotate route run sample sanitise sanitize save
    scan schedule score scrape scrub seal search seed segment send serialize settle sign simulate sort split
    spawn store stream submit subscribe suggest summarise summarize sync synchronise synchronize test throttle
    train transcode transfer transform translate trigger trim truncate tune undo unregister unsubscribe update
    upgrade upload upsert validate verify warm watch withdraw write
    """
)
THINGS = words(
    """
    name id ids number version key type count limit interval timeout size path url uri title label mode default
    prefix suffix format kind level description date time delay class color colour text value port host status
    state index message order priority strategy policy options config settings args command fields field rate
    threshold max min enabled schema
    """
)
"""Last words of a name that is a thing, though its first could be a verb: `retry_count`, `build_number`."""
