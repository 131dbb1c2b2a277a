//! `cargo xtask serve`: the app in a browser, rebuilt on every change.

use std::env;
use std::io::{self, IsTerminal};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::args::ServeOptions;
use crate::build::trunk;
use crate::process;
use crate::progress;
use crate::setup;
use crate::tools::Toolbox;
use crate::tools::wasm_target::TARGET;
use crate::workspace::Workspace;

/// The port taken when none is asked for, and how many after it are tried.
const FIRST_PORT: u16 = 8080;
const PORTS: u16 = 20;

/// The profile of `Cargo.toml` that is soon compiled.
const PROFILE: &str = "serve";

/// Longer than any machine needs to compile the app.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// Sets up what is missing and becomes Trunk's server.
pub(crate) fn run(workspace: &Workspace, options: &ServeOptions) -> Result<()> {
    let toolbox = setup::app_tools_while(workspace, |compiler| compile_ahead(workspace, compiler))?;
    let port = choose_port(options.port, is_free)?;
    let opens = options.open.unwrap_or_else(has_screen);
    progress::headline(&format!("Pagelab at http://127.0.0.1:{port}/"));
    progress::note("The first build of a clone takes a minute or two, later ones seconds.");
    progress::note(if opens {
        "Your browser opens when it is ready. Ctrl-C ends."
    } else {
        "Open the address in a browser when it says `server listening`. Ctrl-C ends."
    });
    let mut command = trunk(&toolbox, workspace, "serve");
    // A folder of its own, so that serving does not overwrite a release in `dist/`.
    command
        .args(["--cargo-profile", PROFILE, "--address", "127.0.0.1", "--port"])
        .arg(port.to_string())
        .arg("--dist")
        .arg(workspace.scratch().join("serve"));
    if opens {
        command.arg("--open");
    }
    become_program(&mut command)
}

/// Compiles the app as Trunk will, so that Trunk finds it done.
///
/// Whether that works is Trunk's to tell: it compiles what is missing, and shows the mistakes.
fn compile_ahead(workspace: &Workspace, compiler: &Toolbox) {
    progress::headline("Compiling the app meanwhile");
    let mut command = compiler.command("cargo", workspace);
    command.args(["build", "--package", "web", "--bin", "pagelab-web", "--target", TARGET, "--profile", PROFILE]);
    let _ = process::build(&mut command, "the app", LIMIT);
}

/// The port asked for if it is free, else the first free one in our range.
fn choose_port(asked: Option<u16>, is_free: impl Fn(u16) -> bool) -> Result<u16> {
    match asked {
        Some(port) if is_free(port) => Ok(port),
        Some(port) => bail!("port {port} is in use: end what listens there, or leave out --port to take a free one"),
        None => {
            let mut ports = FIRST_PORT..FIRST_PORT + PORTS;
            ports
                .find(|port| is_free(*port))
                .with_context(|| format!("ports {FIRST_PORT} to {} are all in use", FIRST_PORT + PORTS - 1))
        }
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

/// Whether a browser that we open would be seen by the person who called us.
fn has_screen() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    let display = cfg!(any(windows, target_os = "macos")) || set("DISPLAY") || set("WAYLAND_DISPLAY");
    display && !set("CI") && !set("SSH_CONNECTION") && io::stderr().is_terminal()
}

/// Replaces this process, so that whoever ends `cargo xtask serve` ends the server.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(error).context("cannot start Trunk")
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<()> {
    process::run(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_an_error_only_if_asked_for() {
        let taken = |port| move |candidate: u16| candidate != port;
        assert_eq!(choose_port(None, taken(8080)).unwrap(), 8081);
        assert_eq!(choose_port(None, |_| true).unwrap(), 8080);
        assert_eq!(choose_port(Some(9000), taken(8080)).unwrap(), 9000);
        let error = choose_port(Some(9000), taken(9000)).unwrap_err().to_string();
        assert!(error.contains("9000 is in use"), "{error}");
        assert!(choose_port(None, |_| false).is_err());
    }

    #[test]
    fn a_listening_socket_makes_its_port_busy() {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = socket.local_addr().unwrap().port();
        assert!(!is_free(port));
    }
}
