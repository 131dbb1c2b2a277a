//! Random scripts: every construct, with comments and blank lines where the canonical form has
//! them. They are grammatical, not sensible.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use script::ast::*;
use script::span::{Span, Spanned};
use script::vocabulary as words;

fn at<T>(node: T) -> Spanned<T> {
    Spanned::new(node, Span::default())
}

pub(crate) fn script() -> impl Strategy<Value = Script> {
    block(2).prop_map(|mut body| {
        normalise(&mut body);
        Script { body }
    })
}

/// Blank lines as the parser keeps them: not at the ends of a block, never two.
fn normalise(block: &mut Block) {
    let first = block.items.first_mut().map_or(&mut block.tail, |item| &mut item.lead);
    while first.first() == Some(&Trivia::Blank) {
        first.remove(0);
    }
    while block.tail.last() == Some(&Trivia::Blank) {
        block.tail.pop();
    }
    for item in &mut block.items {
        item.lead.dedup_by(|a, b| *a == Trivia::Blank && *b == Trivia::Blank);
        match &mut item.node.node {
            StatementKind::For(looped) => normalise(&mut looped.body),
            StatementKind::Repeat(looped) => normalise(&mut looped.body),
            StatementKind::Ask(_) => item.trail = None,
            _ => {}
        }
    }
    block.tail.dedup_by(|a, b| *a == Trivia::Blank && *b == Trivia::Blank);
}

fn comment() -> impl Strategy<Value = String> {
    "[ -~äß€]{0,12}".prop_map(|text| text.trim_end().to_string())
}

fn comments() -> BoxedStrategy<Vec<Trivia>> {
    let some = vec(comment().prop_map(Trivia::Comment), 1..3);
    prop_oneof![5 => Just(Vec::new()), 1 => some].boxed()
}

fn trivia() -> BoxedStrategy<Vec<Trivia>> {
    let one = prop_oneof![Just(Trivia::Blank), comment().prop_map(Trivia::Comment)];
    prop_oneof![3 => Just(Vec::new()), 1 => vec(one, 1..4)].boxed()
}

fn trail() -> BoxedStrategy<Option<String>> {
    prop_oneof![5 => Just(None), 1 => comment().prop_map(Some)].boxed()
}

fn item<T: std::fmt::Debug + 'static>(
    lead: BoxedStrategy<Vec<Trivia>>,
    node: impl Strategy<Value = T> + 'static,
) -> BoxedStrategy<Item<T>> {
    (lead, node, trail()).prop_map(|(lead, node, trail)| Item { lead, node, trail }).boxed()
}

fn braces<T: std::fmt::Debug + 'static>(node: impl Strategy<Value = T> + 'static) -> BoxedStrategy<Items<T>> {
    (vec(item(comments(), node), 0..4), comments()).prop_map(|(items, tail)| Items { items, tail }).boxed()
}

fn block(depth: u32) -> BoxedStrategy<Block> {
    let statement = item(trivia(), statement(depth).prop_map(at));
    (vec(statement, 0..6), trivia()).prop_map(|(items, tail)| Items { items, tail }).boxed()
}

fn name() -> BoxedStrategy<Name> {
    let name = prop_oneof!["[a-eA-E][a-z0-9_]{0,3}", Just("PAGE".to_string())];
    name.prop_map(at).boxed()
}

fn text() -> BoxedStrategy<Text> {
    prop_oneof!["[ -~]{0,10}", any::<String>()].prop_map(at).boxed()
}

fn bytes() -> BoxedStrategy<Vec<u8>> {
    vec(any::<u8>(), 0..8).boxed()
}

fn int() -> BoxedStrategy<Expr> {
    let style = prop_oneof![
        Just(IntStyle::Decimal),
        Just(IntStyle::Grouped),
        (0..9u8).prop_map(IntStyle::Hex),
        (0..9u8).prop_map(IntStyle::Binary),
        Just(IntStyle::Char),
        Just(IntStyle::Suffix('K', 10)),
        Just(IntStyle::Suffix('T', 40)),
    ];
    let value = prop_oneof![0..300i128, (0..9i128).prop_map(|n| n << 40), (0..=i128::MAX),];
    (value, style).prop_map(|(value, style)| at(ExprKind::Int(IntLit { value, style }))).boxed()
}

fn expr() -> BoxedStrategy<Expr> {
    let leaf = prop_oneof![int(), name().prop_map(|name| at(ExprKind::Name(name.node)))];
    let op = select(vec![BinaryOp::Or, BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::Div, BinaryOp::Rem]);
    leaf.prop_recursive(4, 12, 2, move |inner| {
        let pair = (op.clone(), inner.clone(), inner.clone());
        prop_oneof![
            inner.prop_map(|inner| at(ExprKind::Neg(Box::new(inner)))),
            pair.prop_map(|(op, left, right)| { at(ExprKind::Binary(op, Box::new(left), Box::new(right))) }),
        ]
    })
    .boxed()
}

fn decimal() -> BoxedStrategy<Decimal> {
    (0..1_000_000u64, 0..4u8).prop_map(|(digits, places)| Decimal { digits, places }).boxed()
}

fn setting() -> BoxedStrategy<Setting> {
    let costs = words::COSTS.iter().map(|cost| format!("cost.{}", cost.name));
    let keys: Vec<String> = words::KEYS.iter().map(|k| k.name.to_string()).chain(costs).collect();
    select(keys)
        .prop_flat_map(|key| {
            let value = match words::key(&key).expect("a known key") {
                words::KeyKind::Number { .. } | words::KeyKind::PowerOfTwo { .. } => {
                    expr().prop_map(SettingValue::Number).boxed()
                }
                words::KeyKind::WordOrNumber { word, .. } => {
                    prop_oneof![Just(SettingValue::Word(word.to_string())), int().prop_map(SettingValue::Number)]
                        .boxed()
                }
                _ => select(vec!["on", "off", "x86-64", "4+4", "64x4", "two-list", "linear"])
                    .prop_map(|word| SettingValue::Word(word.to_string()))
                    .boxed(),
            };
            value.prop_map(move |value| Setting { key: at(key.clone()), value: at(value) })
        })
        .boxed()
}

fn file() -> BoxedStrategy<FileDecl> {
    let fill = prop_oneof![
        Just(Fill::Letters),
        Just(Fill::Zeros),
        Just(Fill::Words),
        bytes().prop_map(Fill::Text),
        expr().prop_map(Fill::Ramp),
    ];
    (text(), expr(), of(fill.prop_map(at)), any::<bool>())
        .prop_map(|(name, size, fill, cached)| FileDecl { name, size, fill, cached })
        .boxed()
}

fn image() -> BoxedStrategy<Image> {
    let segment = (select(Segment::ALL.to_vec()).prop_map(at), expr());
    let part =
        prop_oneof![segment.prop_map(|(kind, size)| Part::Segment { kind, size }), text().prop_map(Part::Needs),];
    (text(), braces(part)).prop_map(|(name, parts)| Image { name, parts }).boxed()
}

fn table() -> BoxedStrategy<Table> {
    let permissions = any::<[bool; 3]>().prop_map(|[read, write, execute]| at(Permissions { read, write, execute }));
    let entry =
        (expr(), expr(), permissions).prop_map(|(page, frame, permissions)| TableEntry { page, frame, permissions });
    let source = prop_oneof![braces(entry).prop_map(TableSource::Entries), expr().prop_map(TableSource::At),];
    (name(), source).prop_map(|(process, source)| Table { process, source }).boxed()
}

fn ask() -> BoxedStrategy<Ask> {
    let choice = (any::<bool>(), text(), of(text())).prop_map(|(right, text, because)| Choice { right, text, because });
    (text(), trail(), vec(item(comments(), choice), 0..4))
        .prop_map(|(question, trail, choices)| Ask { question, trail, choices })
        .boxed()
}

fn check() -> BoxedStrategy<Check> {
    let tallies = words::COUNTERS.iter();
    let of_step = tallies.clone().filter(|t| t.of_step).map(|t| t.counter).collect::<Vec<_>>();
    let all = tallies.map(|t| t.counter).collect::<Vec<_>>();
    let string = |words: &[&str]| select(words.iter().map(|word| word.to_string()).collect::<Vec<_>>());
    let page = prop_oneof![
        (text(), expr()).prop_map(|(file, n)| Evicted::File(file, n)),
        (name(), expr()).prop_map(|(process, n)| Evicted::Private(process, n)),
    ];
    prop_oneof![
        select(vec![Check::Hit, Check::Minor, Check::Major, Check::Cow, Check::Ok]),
        expr().prop_map(Check::Faults),
        string(words::ERRNOS).prop_map(Check::Errno),
        (string(words::SIGNALS), of(string(words::SIGNAL_CODES).prop_map(at)))
            .prop_map(|(name, code)| Check::Signal { name, code }),
        expr().prop_map(Check::Value),
        bytes().prop_map(Check::ValueText),
        vec(expr(), 0..3).prop_map(Check::ValueList),
        (select(of_step), expr()).prop_map(|(counter, n)| Check::Counter(counter, n)),
        (select(all), expr()).prop_map(|(counter, n)| Check::Total(counter, n)),
        expr().prop_map(Check::Frames),
        (text(), expr()).prop_map(|(file, n)| Check::Cached(file, n)),
        (text(), expr()).prop_map(|(file, n)| Check::Dirty(file, n)),
        expr().prop_map(Check::Swap),
        expr().prop_map(Check::Tables),
        (name(), expr()).prop_map(|(process, n)| Check::Rss(process, n)),
        (name(), decimal()).prop_map(|(process, n)| Check::Pss(process, n)),
        (name(), expr()).prop_map(|(process, n)| Check::Virtual(process, n)),
        (page, of(select(Fate::ALL.to_vec()))).prop_map(|(page, fate)| Check::Evicts { page, fate }),
    ]
    .boxed()
}

fn expect() -> BoxedStrategy<Expect> {
    let scope = prop_oneof![Just(Scope::Base), text().prop_map(Scope::Variant)];
    (of(scope), vec(check().prop_map(at), 1..4)).prop_map(|(scope, checks)| Expect { scope, checks }).boxed()
}

fn index() -> BoxedStrategy<Index> {
    prop_oneof![expr().prop_map(Index::One), range()].boxed()
}

fn range() -> BoxedStrategy<Index> {
    (expr(), expr()).prop_map(|(from, to)| Index::Range(from, to)).boxed()
}

fn place() -> BoxedStrategy<Place> {
    (of(name()), index()).prop_map(|(base, index)| Place { base, index }).boxed()
}

fn arg() -> BoxedStrategy<Arg> {
    // `[e]` is a list of one byte, so memory without a name is always a range.
    let memory = prop_oneof![
        range().prop_map(|index| Place { base: None, index }),
        (name(), index()).prop_map(|(base, index)| Place { base: Some(base), index }),
    ];
    prop_oneof![
        4 => expr().prop_map(ArgKind::Expr),
        1 => bytes().prop_map(ArgKind::Text),
        1 => vec(expr(), 0..3).prop_map(ArgKind::List),
        1 => (expr(), expr()).prop_map(|(byte, n)| ArgKind::Fill(byte, n)),
        1 => memory.prop_map(ArgKind::Memory),
    ]
    .prop_map(at)
    .boxed()
}

fn step() -> BoxedStrategy<Step> {
    let calls = words::CALLS.iter().map(|call| at(call.name.to_string())).collect::<Vec<_>>();
    let call = (select(calls), vec(arg(), 0..4)).prop_map(|(name, args)| Call { name, args });
    let action = prop_oneof![
        2 => call.prop_map(Action::Call),
        1 => place().prop_map(Action::Load),
        1 => place().prop_map(Action::Fetch),
        1 => (place(), arg()).prop_map(|(place, value)| Action::Store(place, value)),
    ];
    (name(), of(name()), action).prop_map(|(process, bind, action)| Step { process, bind, action }).boxed()
}

fn source() -> BoxedStrategy<Source> {
    prop_oneof![
        (expr(), expr(), of(expr())).prop_map(|(from, to, step)| Source::Range { from, to, step }),
        vec(expr(), 0..4).prop_map(Source::List),
        (expr(), expr(), expr()).prop_map(|(n, count, seed)| Source::Uniform { n, count, seed }),
        (expr(), decimal(), expr(), expr()).prop_map(|(n, alpha, count, seed)| Source::Zipf { n, alpha, count, seed }),
        (expr(), expr()).prop_map(|(n, seed)| Source::Shuffle { n, seed }),
    ]
    .boxed()
}

fn statement(depth: u32) -> BoxedStrategy<StatementKind> {
    let preset = select(vec!["textbook", "linux"]).prop_map(|name| at(name.to_string()));
    let machine = (of(preset), braces(setting()))
        .prop_map(|(preset, settings)| StatementKind::Machine(Machine { preset, settings }));
    let variant =
        (text(), braces(setting())).prop_map(|(name, settings)| StatementKind::Variant(Variant { name, settings }));
    let memory = (expr(), bytes()).prop_map(|(frame, bytes)| StatementKind::Memory(Memory { frame, bytes: at(bytes) }));
    let device = (text(), expr()).prop_map(|(name, size)| StatementKind::Device(DeviceDecl { name, size }));
    let directive = prop_oneof![
        text().prop_map(StatementKind::Title),
        text().prop_map(StatementKind::About),
        text().prop_map(StatementKind::Note),
        text().prop_map(StatementKind::Speaker),
        machine,
        variant,
        file().prop_map(StatementKind::File),
        file().prop_map(|file| StatementKind::Shm(FileDecl { cached: false, ..file })),
        device,
        image().prop_map(StatementKind::Program),
        image().prop_map(StatementKind::Library),
        memory,
        table().prop_map(StatementKind::Table),
        Just(StatementKind::Mark),
    ];
    let other = prop_oneof![
        3 => directive,
        1 => ask().prop_map(StatementKind::Ask),
        1 => expect().prop_map(StatementKind::Expect),
        2 => step().prop_map(StatementKind::Step),
    ];
    if depth == 0 {
        return other.boxed();
    }
    let for_loop = (name(), source().prop_map(at), block(depth - 1))
        .prop_map(|(variable, source, body)| StatementKind::For(For { variable, source, body }));
    let repeat = (expr(), block(depth - 1)).prop_map(|(count, body)| StatementKind::Repeat(Repeat { count, body }));
    prop_oneof![8 => other, 1 => for_loop, 1 => repeat].boxed()
}
