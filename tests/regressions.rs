//! What the fuzzers once found, kept: `tests/regressions/TARGET/` holds the bytes, one file a finding.

use pagelab_tests::fuzz::TARGETS;
use std::fs;
use std::path::Path;

#[test]
fn what_fuzzers_found_stays_mended() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("regressions");
    let mut seen = 0;
    for (name, target) in TARGETS {
        let Ok(files) = fs::read_dir(all.join(name)) else { continue };
        for file in files {
            let path = file.expect("readable").path();
            println!("{}", path.display());
            target(&fs::read(&path).expect("readable"));
            seen += 1;
        }
    }
    assert!(seen > 0, "there are findings");
}
