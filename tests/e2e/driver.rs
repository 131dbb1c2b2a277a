//! chromedriver and its browser: started on a free port, gone with the value, also when a test panics.

use serde_json::{Value, json};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Flags for a browser that nobody uses but a test.
const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,800",
];

/// A machine under load starts a browser slowly; one that is not up by then does not start.
const START: Duration = Duration::from_secs(60);

/// A running chromedriver.
#[derive(Debug)]
pub(crate) struct Driver {
    process: Child,
    port: u16,
    /// The browser's, once there is one.
    session: Option<String>,
}

impl Driver {
    /// Starts `CHROMEDRIVER`, or the one on PATH.
    pub(crate) fn start() -> Self {
        let program = std::env::var_os("CHROMEDRIVER").unwrap_or_else(|| OsString::from("chromedriver"));
        let mut process = Command::new(&program)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
        let output = process.stdout.take().expect("its output is piped");
        // From here on dropping it ends the process.
        let mut driver = Self { process, port: 0, session: None };
        let (send, receive) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(port) = port_in(&line) {
                    // Nobody listens any more after the first; the rest is read so that the pipe never fills.
                    let _ = send.send(port);
                }
            }
        });
        driver.port = receive.recv_timeout(START).expect("chromedriver says its port");
        driver
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What the browser shall be like: `CHROME`, or the one that the driver finds.
    pub(crate) fn capabilities() -> serde_json::Map<String, Value> {
        let mut options = json!({ "args": FLAGS });
        if let Some(chrome) = std::env::var_os("CHROME") {
            options["binary"] = json!(chrome.to_string_lossy());
        }
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "timeouts": { "script": 180_000, "pageLoad": 60_000 },
        });
        match capabilities {
            Value::Object(map) => map,
            _ => unreachable!("it is written as an object"),
        }
    }

    /// Remembers the session, to be ended with the driver.
    pub(crate) fn adopt(&mut self, session: String) {
        self.session = Some(session);
    }

    /// A command of Chromium's own, which fantoccini has no name for: what it answers.
    pub(crate) fn command(&self, path: &str, body: &Value) -> Value {
        let session = self.session.as_deref().expect("there is a session");
        let answer = self.http("POST", &format!("/session/{session}/{path}"), &body.to_string());
        let answer = answer.unwrap_or_else(|error| panic!("{path}: {error}"));
        let answer: Value = serde_json::from_str(&answer).expect("the driver speaks JSON");
        assert!(answer["value"]["error"].is_null(), "{path}: {}", answer["value"]);
        answer["value"].clone()
    }

    fn http(&self, method: &str, path: &str, body: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            if line.trim().is_empty() {
                break;
            }
            if let Some((name, value)) =
                line.split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            {
                length = value.trim().parse().map_err(|_| std::io::Error::other(format!("bad {name}")))?;
            }
        }
        let mut answer = vec![0; length];
        reader.read_exact(&mut answer)?;
        String::from_utf8(answer).map_err(std::io::Error::other)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Ending the session ends the browser, which is in a process group of its own.
        if let Some(session) = self.session.take() {
            let _ = self.http("DELETE", &format!("/session/{session}"), "");
        }
        let group = format!("-{}", self.process.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
        let _ = self.process.wait();
    }
}

/// "ChromeDriver was started successfully on port 41234."
fn port_in(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("started successfully on port ")?;
    port.trim_end_matches('.').parse().ok()
}
