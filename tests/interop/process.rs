//! Processes and folders that go away with their owner, whatever the way the test ends.
//!
//! Dropping them is enough when a test passes, fails or panics. A test that is killed takes its
//! processes along by the parent-death signal, the network namespaces go with their last process,
//! and the folder is swept by the next run.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio, id};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};

const FOLDER: &str = "ikecompat-interop-";

/// A folder for sockets and logs, removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        if count == 0 {
            Self::sweep()?;
        }
        let path = std::env::temp_dir().join(format!("{FOLDER}{}-{count}", id()));
        fs::create_dir(&path).with_context(|| format!("cannot create {}", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes what runs that were killed have left.
    fn sweep() -> Result<()> {
        for entry in fs::read_dir(std::env::temp_dir())? {
            let path = entry?.path();
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            let owner = name
                .strip_prefix(FOLDER)
                .and_then(|rest| rest.split_once('-'));
            if owner.is_some_and(|(owner, _)| !Path::new("/proc").join(owner).exists()) {
                // Another run may be sweeping as well.
                fs::remove_dir_all(path).ok();
            }
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

/// A process that is killed when dropped, and when the thread that started it ends.
pub(crate) struct Process(Child);

impl Process {
    /// Starts `program` with `arguments`; `prepare` may add environment and output.
    ///
    /// The signal of `setpriv` survives the `exec` of what follows, so that the process started is
    /// the one that is killed, with no parent of its own in between.
    pub(crate) fn start<'a>(
        arguments: impl IntoIterator<Item = &'a str>,
        prepare: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<Self> {
        let mut command = Command::new("setpriv");
        command
            .args(["--pdeathsig", "KILL"])
            .args(arguments)
            .stdin(Stdio::null());
        let child = prepare(&mut command)
            .spawn()
            .context("cannot run `setpriv`")?;
        Ok(Self(child))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// How the process ended, if it did.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.0.try_wait()?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Runs a command to its end with `input`, and returns what it printed.
pub(crate) fn run(command: &mut Command, input: &str) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot run `{name}`"))?;
    let mut stdin = child.stdin.take().context("a pipe was asked for")?;
    let output = std::thread::scope(|scope| {
        // A command that does not read everything says why on standard error.
        scope.spawn(move || stdin.write_all(input.as_bytes()).ok());
        child.wait_with_output()
    })?;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(
        output.status.success(),
        "`{name}` ended with {}: {complaint}",
        output.status
    );
    String::from_utf8(output.stdout).with_context(|| format!("`{name}` printed no UTF-8"))
}
