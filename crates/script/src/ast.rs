//! The shape of a script: every construct of the language, with comments and blank lines kept so
//! that it can be printed again. Names and expressions carry where they were written; equality
//! ignores that (see [`Spanned`]).
//! Not here: reading it (`parser`), printing it (`fmt`), meaning (`validate`, the runner).

use crate::span::Spanned;
use crate::vocabulary::Counter;
pub use vmcore::image::Segment;

/// A name: of a process, a variable, a call.
pub type Name = Spanned<String>;
/// A string that people read, or the name of a file: UTF-8.
pub type Text = Spanned<String>;
/// A string that memory or a file holds.
pub type Bytes = Spanned<Vec<u8>>;
/// An expression.
pub type Expr = Spanned<ExprKind>;
/// One statement with what stands around it.
pub type Statement = Item<Spanned<StatementKind>>;
/// A sequence of statements: the script, or the body of a loop.
pub type Block = Items<Spanned<StatementKind>>;

/// A whole script.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Script {
    /// Its statements, in the order of the text.
    pub body: Block,
}

/// What stands between statements and means nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trivia {
    /// A comment on lines of its own: the text after `#`.
    Comment(String),
    /// One or more blank lines.
    Blank,
}

/// A thing in a list, with the comments around it.
#[derive(Clone, Debug, PartialEq)]
pub struct Item<T> {
    /// Comments, and for statements blank lines, before it.
    pub lead: Vec<Trivia>,
    /// The thing.
    pub node: T,
    /// The comment at the end of its line.
    pub trail: Option<String>,
}

impl<T> Item<T> {
    /// `node` with nothing around it.
    pub fn bare(node: T) -> Self {
        Item { lead: Vec::new(), node, trail: None }
    }
}

/// A list of things, and the comments after the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Items<T> {
    /// The things.
    pub items: Vec<Item<T>>,
    /// Comments between the last of them and the end.
    pub tail: Vec<Trivia>,
}

impl<T> Default for Items<T> {
    fn default() -> Self {
        Items { items: Vec::new(), tail: Vec::new() }
    }
}

impl<T> Items<T> {
    /// The things without what is around them.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter().map(|item| &item.node)
    }
}

/// A directive, a step or a loop.
#[derive(Clone, Debug, PartialEq)]
pub enum StatementKind {
    /// `title "…"`
    Title(Text),
    /// `about "…"`
    About(Text),
    /// `machine PRESET { … }`
    Machine(Machine),
    /// `variant "NAME" { … }`
    Variant(Variant),
    /// `file "NAME" size N [fill F] [cached]`
    File(FileDecl),
    /// `shm "NAME" size N [fill F]`
    Shm(FileDecl),
    /// `device "NAME" size N`
    Device(DeviceDecl),
    /// `program "NAME" { … }`
    Program(Image),
    /// `library "NAME" { … }`
    Library(Image),
    /// `memory FRAME "hex…"`
    Memory(Memory),
    /// `table A { … }` or `table A at FRAME`
    Table(Table),
    /// `note "…"`
    Note(Text),
    /// `speaker "…"`
    Speaker(Text),
    /// `ask "…"` and its choices
    Ask(Ask),
    /// `expect …`
    Expect(Expect),
    /// `mark`
    Mark,
    /// `P: …`
    Step(Step),
    /// `for i in SOURCE { … }`
    For(For),
    /// `repeat n { … }`
    Repeat(Repeat),
}

/// `machine [PRESET] { key = value, … }`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Machine {
    /// `textbook` or `linux`; without it `textbook`.
    pub preset: Option<Name>,
    /// What differs from the preset.
    pub settings: Items<Setting>,
}

/// `variant "NAME" { key = value, … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// What it is called.
    pub name: Text,
    /// What differs from the base machine.
    pub settings: Items<Setting>,
}

/// `key = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key, `cost.NAME` with its dot.
    pub key: Name,
    /// The value.
    pub value: Spanned<SettingValue>,
}

/// What a machine key is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// A number.
    Number(Expr),
    /// A word, or what looks like one: `off`, `two-list`, `64x4`, `4+4`.
    Word(String),
}

/// A file, or a memory object.
#[derive(Clone, Debug, PartialEq)]
pub struct FileDecl {
    /// What it is called.
    pub name: Text,
    /// Size in bytes.
    pub size: Expr,
    /// What it holds; without it `letters`.
    pub fill: Option<Spanned<Fill>>,
    /// Wholly in the page cache at the start.
    pub cached: bool,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Fill {
    /// Page k is filled with the k-th letter.
    Letters,
    /// Zeros.
    Zeros,
    /// A text, repeated to the end.
    Text(Vec<u8>),
    /// `(S + 7*(o / 4096) + o % 4096) % 251 + 1` at offset o.
    Ramp(Expr),
    /// Word i, 32-bit big-endian, holds i.
    Words,
}

/// Device memory.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceDecl {
    /// What it is called.
    pub name: Text,
    /// Size in bytes.
    pub size: Expr,
}

/// A program or a library: what its file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// What it is called.
    pub name: Text,
    /// Its parts.
    pub parts: Items<Part>,
}

/// A part of a program.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// `text N`, `rodata N`, `data N`, `bss N`, `stack N`: bytes.
    Segment {
        /// Which.
        kind: Spanned<Segment>,
        /// Size in bytes.
        size: Expr,
    },
    /// `needs "LIB"`.
    Needs(Text),
}

/// `memory FRAME "hex…"`.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    /// The frame's number.
    pub frame: Expr,
    /// Its first bytes at the start.
    pub bytes: Bytes,
}

/// Raw page-table entries of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Whose table.
    pub process: Name,
    /// Where it is.
    pub source: TableSource,
}

/// Where a raw table comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum TableSource {
    /// Entries, written out.
    Entries(Items<TableEntry>),
    /// The bytes of a frame.
    At(Expr),
}

/// `PAGE -> FRAME rwx`.
#[derive(Clone, Debug, PartialEq)]
pub struct TableEntry {
    /// Page number.
    pub page: Expr,
    /// Frame number.
    pub frame: Expr,
    /// Permissions.
    pub permissions: Spanned<Permissions>,
}

/// `rwx`, a dash for each that is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// May be loaded from.
    pub read: bool,
    /// May be stored to.
    pub write: bool,
    /// May be executed.
    pub execute: bool,
}

/// A question put before the next step.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The question.
    pub question: Text,
    /// The comment at the end of its line.
    pub trail: Option<String>,
    /// The choices, in the order shown.
    pub choices: Vec<Item<Choice>>,
}

/// One answer to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Is it the right one?
    pub right: bool,
    /// What it says.
    pub text: Text,
    /// The mechanism that makes it right or wrong.
    pub because: Option<Text>,
}

/// `expect [in …] LIST`.
#[derive(Clone, Debug, PartialEq)]
pub struct Expect {
    /// On which machine; without it on all.
    pub scope: Option<Scope>,
    /// What must hold, all of it.
    pub checks: Vec<Spanned<Check>>,
}

/// On which machine an expectation holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    /// `in base`
    Base,
    /// `in "VARIANT"`
    Variant(Text),
}

/// One thing that must hold after a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// No fault.
    Hit,
    /// At least one fault, none of them major.
    Minor,
    /// At least one major fault.
    Major,
    /// At least one copy-on-write.
    Cow,
    /// So many faults, minor and major.
    Faults(Expr),
    /// No error and no signal.
    Ok,
    /// This error.
    Errno(String),
    /// This signal, with this code if one is given.
    Signal {
        /// `SIGSEGV`, `SIGBUS` or `SIGKILL`.
        name: String,
        /// `SEGV_ACCERR` …
        code: Option<Spanned<String>>,
    },
    /// The step gave this number or byte.
    Value(Expr),
    /// The step gave these bytes, as a string.
    ValueText(Vec<u8>),
    /// The step gave these bytes, as a list.
    ValueList(Vec<Expr>),
    /// A counter of the step.
    Counter(Counter, Expr),
    /// A counter summed since the last `mark`.
    Total(Counter, Expr),
    /// Frames in use.
    Frames(Expr),
    /// Pages of a file in the page cache.
    Cached(Text, Expr),
    /// Dirty pages of a file.
    Dirty(Text, Expr),
    /// Swap slots in use.
    Swap(Expr),
    /// Pages that page tables take.
    Tables(Expr),
    /// Resident pages of a process.
    Rss(Name, Expr),
    /// Its proportional share, in pages, to the digits given.
    Pss(Name, Decimal),
    /// Its mapped pages.
    Virtual(Name, Expr),
    /// This page left memory.
    Evicts {
        /// Which.
        page: Evicted,
        /// Where it went.
        fate: Option<Fate>,
    },
}

/// A page that an eviction is expected of.
#[derive(Clone, Debug, PartialEq)]
pub enum Evicted {
    /// `"FILE":N`
    File(Text, Expr),
    /// `P[ADDR]`
    Private(Name, Expr),
}

/// Where an evicted page went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It was clean: forgotten.
    Dropped,
    /// It was written to its file.
    Written,
    /// It was written to swap.
    Swapped,
}

impl Fate {
    /// All of them.
    pub const ALL: [Fate; 3] = [Fate::Dropped, Fate::Written, Fate::Swapped];

    /// Its word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Dropped => "dropped",
            Fate::Written => "written",
            Fate::Swapped => "swapped",
        }
    }
}

/// One step of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Who acts; `kernel` for calls of the kernel's own.
    pub process: Name,
    /// The name that the result is bound to.
    pub bind: Option<Name>,
    /// What happens.
    pub action: Action,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// `call(…)`
    Call(Call),
    /// `a[e]`, `a[e..f]`, `[e]`
    Load(Place),
    /// `a[e] = V`
    Store(Place, Arg),
    /// `fetch a[e]`
    Fetch(Place),
}

/// A call with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its name.
    pub name: Name,
    /// Its arguments.
    pub args: Vec<Arg>,
}

/// An argument, or the value of a store.
pub type Arg = Spanned<ArgKind>;

/// The kinds of argument.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgKind {
    /// A number: also a bare name, be it a process or a word.
    Expr(Expr),
    /// A string.
    Text(Vec<u8>),
    /// `[1, 2, 3]`
    List(Vec<Expr>),
    /// `fill(byte, n)`
    Fill(Expr, Expr),
    /// `a[e..f]`: memory of the process.
    Memory(Place),
}

/// A place in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The name that holds an address; without it the index is an absolute address.
    pub base: Option<Name>,
    /// Byte, or bytes, from there.
    pub index: Index,
}

/// One byte or a range.
#[derive(Clone, Debug, PartialEq)]
pub enum Index {
    /// `[e]`
    One(Expr),
    /// `[e..f]`, half-open
    Range(Expr, Expr),
}

/// `for VARIABLE in SOURCE { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// The loop variable.
    pub variable: Name,
    /// What it runs through.
    pub source: Spanned<Source>,
    /// What is repeated.
    pub body: Block,
}

/// `repeat N { … }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// How often.
    pub count: Expr,
    /// What is repeated.
    pub body: Block,
}

/// What a loop variable runs through.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// `a..b` or `a..b step s`
    Range {
        /// First value.
        from: Expr,
        /// The value it ends before.
        to: Expr,
        /// Distance; without it 1.
        step: Option<Expr>,
    },
    /// `[7, 0, 1]`
    List(Vec<Expr>),
    /// `uniform(n, count, seed)`
    Uniform {
        /// Numbers are below this.
        n: Expr,
        /// How many.
        count: Expr,
        /// Where the generator starts.
        seed: Expr,
    },
    /// `zipf(n, alpha, count, seed)`
    Zipf {
        /// Numbers are below this.
        n: Expr,
        /// How steep.
        alpha: Decimal,
        /// How many.
        count: Expr,
        /// Where the generator starts.
        seed: Expr,
    },
    /// `shuffle(n, seed)`
    Shuffle {
        /// All numbers below this, once each.
        n: Expr,
        /// Where the generator starts.
        seed: Expr,
    },
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// A literal.
    Int(IntLit),
    /// A constant, a loop variable or a variable of the process.
    Name(String),
    /// Unary minus.
    Neg(Box<Expr>),
    /// Two operands.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOp {
    /// `|`
    Or,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
}

impl BinaryOp {
    /// How it is written.
    pub fn sign(self) -> &'static str {
        match self {
            BinaryOp::Or => "|",
            BinaryOp::Add => "+",
            BinaryOp::Sub => "-",
            BinaryOp::Mul => "*",
            BinaryOp::Div => "/",
            BinaryOp::Rem => "%",
        }
    }

    /// How tightly it binds; all associate to the left.
    pub fn precedence(self) -> u8 {
        match self {
            BinaryOp::Or => 1,
            BinaryOp::Add | BinaryOp::Sub => 2,
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => 3,
        }
    }
}

/// An integer and the way it is written. Equality is of the value.
#[derive(Clone, Copy, Debug)]
pub struct IntLit {
    /// The value.
    pub value: i128,
    /// The spelling to keep when it is printed again.
    pub style: IntStyle,
}

impl IntLit {
    /// A plain decimal number.
    pub fn plain(value: i128) -> Self {
        IntLit { value, style: IntStyle::Decimal }
    }
}

impl PartialEq for IntLit {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// How an integer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntStyle {
    /// `1024`
    Decimal,
    /// `1_024`
    Grouped,
    /// `0x400`, with at least so many digits
    Hex(u8),
    /// `0b100`, with at least so many digits
    Binary(u8),
    /// `'c'`
    Char,
    /// `1K`: the letter, and the power of two that it stands for
    Suffix(char, u8),
}

/// A decimal fraction, exactly as many digits as were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    /// The digits without the point.
    pub digits: u64,
    /// How many of them stand behind it.
    pub places: u8,
}

impl Decimal {
    /// The nearest floating-point number.
    pub fn to_f64(self) -> f64 {
        // Both are exact below 2^53, and then one division rounds correctly.
        self.digits as f64 / 10f64.powi(i32::from(self.places))
    }
}
