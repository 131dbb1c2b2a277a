//! A static file server as plain as any course's: one folder, under a sub-path, with right MIME types. It remembers
//! what it could not find.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Where the app lies on the server: not at its root, so that an absolute link would be found out.
pub(crate) const BASE: &str = "/course/vm/";

/// A page of somebody else's on the same server: path and HTML.
pub(crate) type Page = (&'static str, String);

/// The server; it stops when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    missing: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// Serves the folder under [`BASE`], and the pages where they want to be.
    pub(crate) fn start(folder: PathBuf, pages: Vec<Page>) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let missing = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let site = Arc::new(Site { folder, pages: pages.into_iter().collect(), missing: Arc::clone(&missing) });
        let stopped = Arc::clone(&stop);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let site = Arc::clone(&site);
                // A browser that hangs up early is no trouble of ours.
                thread::spawn(move || site.answer(stream));
            }
        });
        Ok(Self { address, missing, stop })
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked for and is not there.
    pub(crate) fn missing(&self) -> Vec<String> {
        self.missing.lock().expect("no thread panics while it holds the list").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
    }
}

struct Site {
    folder: PathBuf,
    pages: HashMap<&'static str, String>,
    missing: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn answer(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let path = asked_for(&stream)?;
        let (status, kind, body) = match self.find(&path) {
            Some((kind, body)) => ("200 OK", kind, body),
            None => {
                self.missing.lock().expect("no thread panics while it holds the list").push(path);
                ("404 Not Found", "text/plain", b"not here".to_vec())
            }
        };
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        )?;
        stream.write_all(&body)
    }

    fn find(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        if let Some(html) = self.pages.get(path) {
            return Some(("text/html; charset=utf-8", html.clone().into_bytes()));
        }
        let name = match path.strip_prefix(BASE)? {
            "" => "index.html",
            name => name,
        };
        let name = Path::new(name);
        let plain = name.components().all(|part| matches!(part, Component::Normal(_)));
        let body = plain.then(|| std::fs::read(self.folder.join(name)).ok())??;
        Some((mime(name), body))
    }
}

/// The path of a request, without its query.
fn asked_for(stream: &TcpStream) -> io::Result<String> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let target = first.split(' ').nth(1).unwrap_or_default();
    Ok(target.split('?').next().unwrap_or_default().to_owned())
}

fn mime(name: &Path) -> &'static str {
    match name.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css",
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
