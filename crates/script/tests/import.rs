//! Importers take anything: no panic, bounded output, and whatever comes out is a sound scenario.

use proptest::prelude::*;
use script::import::{ImportError, Imported, lackey, maps, refs, strace};

type Reader = fn(&mut dyn std::io::BufRead) -> Result<Imported, ImportError>;

const READERS: [Reader; 4] = [refs::scenario, lackey::scenario, maps::scenario, strace::scenario];

/// Reads it as everything that could be imported.
fn read_all(bytes: &[u8]) {
    for reader in READERS {
        let Ok(imported) = reader(&mut &*bytes) else { continue };
        assert!(imported.text.len() <= script::MAX_SOURCE_BYTES);
        let (script, diagnostics) = script::load(&imported.text);
        assert!(script.is_some(), "{}\n{}", diagnostics.render(&imported.text, "imported"), imported.text);
    }
}

/// Pieces of which such files are made, and some that do not belong there.
fn piece() -> impl Strategy<Value = String> {
    let words = [
        "I  0401ab70,3",
        " S 1fff000768,8",
        " M 1000,4",
        "==1== x",
        "1 2 3",
        "0xff,7",
        "# no",
        "[pid  12] ",
        "12 ",
        "openat(AT_FDCWD, \"/a\", O_RDWR|O_CLOEXEC) = 3",
        "mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3, 0) = 0x7f0000000000",
        "mmap(NULL, 18446744073709551615, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000",
        "read(3, \"\\\"\", 9) = 9",
        "pread64(3, \"\", 1, 18446744073709551615) = 5",
        "lseek(3, -5, SEEK_END) = 7",
        "munmap(0x10, 0) = 0",
        "mprotect(0xffffffffffffffff, 1, PROT_READ) = 0",
        "close(3) = 0",
        "write(3, \"x\", 1) = 1",
        "ftruncate(3, 18446744073709551615) = 0",
        "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 [heap]",
        "1000-2000 r-xs 00001000 fe:00 7 /a b\"c\\",
        "0-ffffffffffffffff ---p 00000000 00:00 0",
        "é\u{0}\t\"",
        "(",
        " = 0",
    ];
    prop_oneof![
        4 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned),
        1 => "\\PC{0,40}",
        1 => any::<u64>().prop_map(|n| format!("{n:x}-{:x} rwxp {n:x} 0:0 {n} /f", n.wrapping_mul(3))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
    }

    #[test]
    fn likely_lines(lines in proptest::collection::vec(piece(), 0..20), end in prop_oneof![Just("\n"), Just("\r\n"), Just(" ")]) {
        read_all(lines.join(end).as_bytes());
        // Also one kind alone, which gets further.
        for line in &lines {
            read_all(line.as_bytes());
        }
    }

    /// Lessons with lines missing, on any page size, export or are refused; what comes out has all its parts.
    #[test]
    fn broken_lessons_export_or_are_refused(
        lesson in 0..script::library::LESSONS.len(), gone in proptest::collection::vec(0usize..80, 0..6), page in 3u32..15,
    ) {
        let lines = script::library::LESSONS[lesson].source.lines().enumerate();
        let kept: Vec<&str> = lines.filter(|(at, _)| !gone.contains(at)).map(|(_, line)| line).collect();
        let config = vmcore::config::MachineConfig {
            page: Some(1 << page), va_bits: Some(20), ..vmcore::config::MachineConfig::textbook()
        };
        let Ok(config) = config.checked() else { return Ok(()) };
        if let Ok(exported) = script::export::to_c(&kept.join("\n"), &config) {
            let whole = exported.text.contains("static void scenario(void)") && exported.text.ends_with("}\n");
            prop_assert!(whole, "it breaks off");
        }
    }
}
