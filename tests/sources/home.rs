//! A folder in which commands run, with one policy and evidence that is made for it.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

/// The policy of every run: it fails on a record of risk 3.
pub(crate) const POLICY: &str = "policies: [{id: rdp, rule: deny RDP if RiskLevel 3}]\n";

/// A complete answer that holds one record.
pub(crate) fn answer(risk: u8) -> String {
    let record =
        json!({"Port": 3389, "Protocol": "tcp", "RiskLevel": risk, "ServiceNameList": ["RDP"]});
    json!({"PageInfo": {"CurrentPage": 1, "TotalCount": 1}, "DataList": [record]}).to_string()
}

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

    /// The source and the code of each problem of the evidence.
    pub(crate) fn problems(&self) -> Vec<(String, String)> {
        let report = self.json();
        let evidence = report["evidence"].as_array().unwrap().clone();
        let all = evidence.iter().flat_map(|one| one["problems"].as_array().unwrap());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        all.map(|problem| (text(&problem["source"]), text(&problem["code"]))).collect()
    }
}

pub(crate) struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let home = Self { folder: tempfile::tempdir().unwrap() };
        home.write("p.yaml", POLICY);
        home
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn command<T: AsRef<OsStr>>(&self, arguments: &[T]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
        command.args(arguments).current_dir(self.folder.path()).env_clear();
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command line.
    pub(crate) fn run(&self, line: &str) -> Ended {
        let arguments: Vec<&str> = line.split(' ').collect();
        Ended::of(self.command(&arguments).output().unwrap())
    }

    /// Runs a command line that is given standard input.
    pub(crate) fn piped(&self, line: &str, input: &[u8]) -> Ended {
        let arguments: Vec<&str> = line.split(' ').collect();
        let mut command = self.command(&arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A child that does not read its input may have ended.
        let _ = child.stdin.take().unwrap().write_all(input);
        Ended::of(child.wait_with_output().unwrap())
    }
}
