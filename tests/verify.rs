//! Exported programs on the kernel under the test: what the simulation says and what Linux does. Where there is no
//! Linux or no C compiler, this says so and only reads the exported text.

use pagelab::Failure;
use pagelab_tests::run;
use std::path::PathBuf;
use std::process::Command;

fn scenario(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("verify-{name}.vm"));
    std::fs::write(&path, text).expect("writable");
    path.display().to_string()
}

/// Can programs be compiled and run here? If not, the reason is told.
fn can_verify() -> bool {
    let compiler = Command::new("cc").arg("--version").output().is_ok_and(|output| output.status.success());
    let linux = cfg!(target_os = "linux");
    if !linux || !compiler {
        eprintln!("not verified against a kernel: {}", if linux { "there is no cc" } else { "this is no Linux" });
    }
    linux && compiler
}

fn agrees(path: &str) {
    let (result, text) = run(&["verify", path]);
    assert_eq!(result, Ok(()), "{text}");
    assert!(text.contains(" agree in "), "{text}");
}

/// Each shipped lesson either agrees with the kernel or names what a real system cannot do.
#[test]
fn the_lessons_agree_with_this_kernel() {
    let mut agreed = 0;
    for lesson in script::library::LESSONS {
        let path = scenario(lesson.id, lesson.source);
        match run(&["export", &path, "--to", "c"]) {
            (Ok(()), text) => assert!(text.contains("static void scenario(void)"), "{text}"),
            (Err(Failure::BadInput(why)), _) => {
                assert!(why.contains("export"), "{}: {why}", lesson.id);
                eprintln!("{} cannot run on Linux: {}", lesson.id, why.lines().next().unwrap_or_default());
                continue;
            }
            (Err(failure), _) => panic!("{}: {failure:?}", lesson.id),
        }
        if can_verify() {
            agrees(&path);
            agreed += 1;
        }
    }
    assert!(agreed >= 7 || !can_verify(), "only {agreed} lessons were verified");
}

/// The project's own scenarios (`corpus/`), each beside the kernel: whatever they come to on either side must be the same.
#[test]
fn the_corpus_agrees_with_this_kernel() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a corpus").map(|entry| entry.expect("readable").path()).collect();
    files.sort();
    assert!(files.len() >= 6);
    for path in files {
        let path = path.display().to_string();
        assert_eq!(run(&["fmt", "--check", &path]).0, Ok(()), "{path}");
        assert_eq!(run(&["export", &path, "--to", "c"]).0, Ok(()), "{path}");
        if can_verify() {
            agrees(&path);
        }
    }
}

/// Files whose last page is short, reads and writes over page borders, ranges: pages of 16 bytes on real ones.
#[test]
fn small_pages_are_scaled_faithfully() {
    if !can_verify() {
        return;
    }
    agrees(&scenario(
        "scaled",
        r#"
machine textbook { signals = continue }
file "f" size 40 fill ramp 3
file "g" size 0
A: fd = open("f", O_RDWR)
A: p = mmap(0x40, 64, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
A: p[10..40]
A: p[40]
A: p[47] = 'x'
A: p[48]
A: pread(fd, 30, 5)
A: pwrite(fd, "twenty bytes of text", 30)
A: p[28..50]
A: lseek(fd, -3, SEEK_END)
A: read(fd, 10)
A: read(fd, 10)
A: ftruncate(fd, 17)
A: p[17]
A: p[33]
A: pread(fd, 100, 0)
A: ftruncate(fd, 48)
A: pread(fd, 100, 16)
A: out = open("g", O_RDWR)
A: write(out, p[5..37])
A: write(out, [1, 2, 3])
A: lseek(out, 0, SEEK_CUR)
A: pread(out, 64, 0)
A: b = mmap(NULL, 48, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
A: pread(out, 35, 0, b)
A: b[0..48]
A: mprotect(b, 16, PROT_NONE)
A: b[15]
A: b[16] = 'k'
A: munmap(b + PAGE, 2 * PAGE)
A: b[16]
"#,
    ));
}

#[test]
fn processes_loops_and_shared_memory() {
    if !can_verify() {
        return;
    }
    agrees(&scenario(
        "processes",
        r#"
machine linux
shm "q" size 8K
file "int" size 12K fill words
int: fd = open("int", O_RDWR)
int: main = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0)
for i in 0..3 {
  int: main[i * PAGE + 4 * i + 3]
}
int: main[5] = 7
while = fork()
"#
        .replace(
            "while = fork()",
            "int: while = fork()\nwhile: main[5]\nwhile: main[5] = 8\nint: main[5] = 9\nint: main[5]",
        )
        .as_str(),
    ));
    agrees(&scenario(
        "shared",
        r#"
machine linux
shm "q" size 8K
A: s = shm_open("q", O_RDWR)
A: p = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, s, 0)
for i in [1, 0, 1] {
  A: p[i * PAGE] = i + 65
}
B: s = shm_open("q", O_RDONLY)
B: p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, s, 0)
repeat 2 {
  B: p[0..3]
}
for i in uniform(2, 5, 3) {
  B: p[i * PAGE]
}
B: p[0] = 1
B: p[0]
A: p[1]
A: exit()
A: p[1]
kernel: write_back()
"#,
    ));
}

#[test]
fn what_a_real_system_cannot_do_is_named_with_its_place() {
    for (name, text, word) in [
        ("fetch", "A: p = mmap(NULL, 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nA: fetch p[0]\n", "fetch"),
        ("page", "machine textbook { page = 8K, table = linear, va_bits = 32 }\nA: exit()\n", "pages of 8192 bytes"),
        ("large", "file \"f\" size 4G\nA: exit()\n", "at most"),
        (
            "address",
            "A: p = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nA: p[0] = p % 256\n",
            "an address",
        ),
        (
            "far",
            "machine linux\nA: [0] \nA: p = mmap(NULL, 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nA: p[1 << 1]\n",
            "expected",
        ),
        (
            "very-far",
            "machine linux\nA: p = mmap(NULL, 16, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)\nA: p[0x300000000000]\n",
            "too far",
        ),
    ] {
        let (result, text) = run(&["export", &scenario(name, text), "--to", "c"]);
        let Err(Failure::BadInput(message)) = result else { panic!("{name}: {result:?} {text}") };
        assert!(message.contains(word), "{name}: {message}");
    }
}

/// Names of files and objects cannot lead out of the program's own folder, nor texts out of their strings.
#[test]
fn hostile_names_and_texts_stay_where_they_are() {
    let path = scenario(
        "hostile",
        "title \"*/ int x; /*\"\nfile \"/etc/passwd\" size 8 fill text \"\\\"; abort(); //\"\nnote \"*/ abort();\"\nA: fd = \
         open(\"/etc/passwd\", O_RDWR)\nA: pread(fd, 8, 0)\n",
    );
    let (result, text) = run(&["export", &path, "--to", "c"]);
    assert_eq!(result, Ok(()));
    assert!(!text.contains("/etc/passwd"), "{text}");
    if can_verify() {
        agrees(&path);
    }
}
