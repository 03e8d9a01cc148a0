//! A home folder in which commands run, with an access key and no other variable of the tests' own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::server::{Asked, Keys, Reply, Server};
use crate::{KEY_ID, SECRET};

/// What a command ended in.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let code = output.status.code().unwrap();
        Self { code, out: text(output.stdout), err: text(output.stderr) }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

/// A server that knows the access key.
pub(crate) fn serving(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Server {
    let keys = Keys::from([(KEY_ID.to_owned(), (SECRET.to_owned(), None))]);
    Server::new(keys, script)
}

/// A folder in which commands run.
pub(crate) struct Home {
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Home {
    /// One with an access key in its variables, that asks a server.
    pub(crate) fn asking(server: &Server) -> Self {
        Self::bare()
            .with("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID)
            .with("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)
            .with("PORTCULLIS_ENDPOINT", &server.url)
    }

    /// One without any credentials.
    pub(crate) fn bare() -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() };
        home.with("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(own, _)| own != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A command line, in the folder.
    pub(crate) fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(line.split(' ')).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn run(&self, line: &str) -> Ended {
        Ended::of(self.command(line).output().unwrap())
    }

    /// Every file below the folder, hidden ones too, with its text.
    pub(crate) fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        for entry in walkdir::WalkDir::new(self.folder.path()).sort_by_file_name() {
            let entry = entry.unwrap();
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(self.folder.path()).unwrap();
                let text = fs::read(entry.path()).unwrap();
                files.push((shown(name), String::from_utf8_lossy(&text).into_owned()));
            }
        }
        files
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
