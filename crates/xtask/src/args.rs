//! The command line of `cargo xtask`.

use std::ffi::OsString;

use anyhow::{Context, Result, bail};

/// What `cargo xtask help` prints.
pub(crate) const HELP: &str = "\
cargo xtask TASK

  serve [--port N] [--open | --no-open]
                 set up what is missing, build the app, serve it here and rebuild it on every change
  test [--fast]  set up what is missing, run every test; --fast: only what needs no browser
  build          make dist/, the release: any static web server shows it, under any path
  bench [ARGS]   measure the model; ARGS go to `pagelab bench`
  fuzz [NAME] [--minutes N]
                 look for inputs that we do not stand, ten minutes for each fuzzer or for the one named
  setup          only set up what the others need
  help           print this

What it sets up (the wasm target, Trunk, wasm-bindgen, wasm-opt) goes to the folder pagelab in your
cache folder, once for all clones; what is on your PATH and recent enough is used instead.";

/// One thing to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Print [`HELP`].
    Help,
    /// Install what is missing.
    Setup,
    /// Serve the app on this machine.
    Serve(ServeOptions),
    /// Make the release in `dist/`.
    Build,
    /// Run tests.
    Test(Scope),
    /// Run `pagelab bench` with these arguments.
    Bench(Vec<OsString>),
    /// Run the fuzzers.
    Fuzz(FuzzOptions),
}

/// What to fuzz, and how long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FuzzOptions {
    /// One fuzzer; without a word, all of them.
    pub(crate) target: Option<String>,
    /// Minutes for each.
    pub(crate) minutes: u32,
}

/// How to serve.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ServeOptions {
    /// The port asked for; without one the first free port from 8080 on is taken.
    pub(crate) port: Option<u16>,
    /// Whether to open a browser; without a word, where there is a screen to show it.
    pub(crate) open: Option<bool>,
}

/// Which tests to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Every test.
    All,
    /// Only those that need neither a browser nor the wasm tools.
    Fast,
}

/// Reads the arguments after `cargo xtask`.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Task> {
    let mut arguments = arguments.peekable();
    let Some(first) = arguments.next() else {
        return Ok(Task::Help);
    };
    let task = match first.to_str().unwrap_or_default() {
        "help" | "--help" | "-h" => Task::Help,
        "setup" => Task::Setup,
        "build" => Task::Build,
        "serve" => return parse_serve(arguments).map(Task::Serve),
        "test" => return parse_scope(arguments).map(Task::Test),
        "fuzz" => return parse_fuzz(arguments).map(Task::Fuzz),
        "bench" => return Ok(Task::Bench(arguments.collect())),
        _ => bail!("there is no task `{}`", first.to_string_lossy()),
    };
    no_more(arguments)?;
    Ok(task)
}

fn parse_serve(mut arguments: impl Iterator<Item = OsString>) -> Result<ServeOptions> {
    let mut options = ServeOptions::default();
    while let Some(argument) = arguments.next() {
        let argument = argument.to_string_lossy().into_owned();
        match argument.as_str() {
            "--open" => options.open = Some(true),
            "--no-open" => options.open = Some(false),
            "--port" | "-p" => {
                let value = arguments.next().context("--port needs a number")?;
                options.port = Some(parse_port(&value.to_string_lossy())?);
            }
            other => match other.strip_prefix("--port=") {
                Some(value) => options.port = Some(parse_port(value)?),
                None => bail!("`serve` does not know `{other}`"),
            },
        }
    }
    Ok(options)
}

fn parse_port(text: &str) -> Result<u16> {
    match text.parse() {
        Ok(0) | Err(_) => bail!("`{text}` is no port: use a number from 1 to 65535"),
        Ok(port) => Ok(port),
    }
}

fn parse_scope(arguments: impl Iterator<Item = OsString>) -> Result<Scope> {
    let mut scope = Scope::All;
    for argument in arguments {
        match argument.to_str() {
            Some("--fast") => scope = Scope::Fast,
            _ => bail!("`test` does not know `{}`", argument.to_string_lossy()),
        }
    }
    Ok(scope)
}

fn parse_fuzz(mut arguments: impl Iterator<Item = OsString>) -> Result<FuzzOptions> {
    let mut options = FuzzOptions { target: None, minutes: 10 };
    while let Some(argument) = arguments.next() {
        let argument = argument.to_string_lossy().into_owned();
        if argument == "--minutes" {
            let value = arguments.next().context("--minutes needs a number")?;
            let value = value.to_string_lossy();
            options.minutes = value
                .parse()
                .ok()
                .filter(|&minutes| minutes > 0)
                .with_context(|| format!("`{value}` is no number of minutes"))?;
        } else if argument.starts_with('-') || options.target.is_some() {
            bail!("`fuzz` does not know `{argument}`");
        } else {
            options.target = Some(argument);
        }
    }
    Ok(options)
}

fn no_more(mut arguments: impl Iterator<Item = OsString>) -> Result<()> {
    match arguments.next() {
        Some(extra) => bail!("do not know what to do with `{}`", extra.to_string_lossy()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn tasks_are_read() {
        assert_eq!(parsed("").unwrap(), Task::Help);
        assert_eq!(parsed("setup").unwrap(), Task::Setup);
        assert_eq!(parsed("test").unwrap(), Task::Test(Scope::All));
        assert_eq!(parsed("test --fast").unwrap(), Task::Test(Scope::Fast));
        assert_eq!(parsed("bench --frames 8").unwrap(), Task::Bench(vec!["--frames".into(), "8".into()]));
    }

    #[test]
    fn serve_takes_a_port_and_open() {
        let options = |line| match parsed(line).unwrap() {
            Task::Serve(options) => (options.port, options.open),
            other => panic!("{other:?}"),
        };
        assert_eq!(options("serve"), (None, None));
        assert_eq!(options("serve --port 9000"), (Some(9000), None));
        assert_eq!(options("serve --port=9000 --no-open"), (Some(9000), Some(false)));
        assert_eq!(options("serve --open"), (None, Some(true)));
    }

    #[test]
    fn fuzz_takes_a_name_and_minutes() {
        let options = |line| match parsed(line).unwrap() {
            Task::Fuzz(options) => (options.target, options.minutes),
            other => panic!("{other:?}"),
        };
        assert_eq!(options("fuzz"), (None, 10));
        assert_eq!(options("fuzz run --minutes 3"), (Some("run".to_owned()), 3));
    }

    #[test]
    fn mistakes_are_told_apart() {
        for (line, word) in [
            ("sevre", "no task `sevre`"),
            ("serve --port", "needs a number"),
            ("serve --port 0", "no port"),
            ("serve --port 70000", "no port"),
            ("serve now", "does not know `now`"),
            ("test --slow", "does not know `--slow`"),
            ("build twice", "`twice`"),
            ("fuzz --minutes 0", "`0` is no number of minutes"),
            ("fuzz run text", "does not know `text`"),
        ] {
            let error = parsed(line).unwrap_err().to_string();
            assert!(error.contains(word), "{line}: {error}");
        }
    }
}
