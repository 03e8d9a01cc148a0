//! The page of `html` in a real browser: its script filters and sorts under the page's own security
//! policy, and nothing is asked of anybody. Runs where Chromium is; elsewhere it says so.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by a panic"
)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const EXAMPLE: &str = "examples/01-first-check/DescribeInternetOpenPort.json";

/// How long a browser may take, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(120);

/// The browser of this machine, unless there is none.
fn browser() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file());
    let browser = named.or(found);
    if browser.is_none() {
        eprintln!("skipped: there is no Chromium on this machine (CHROMIUM names one)");
    }
    browser
}

/// The page of the example.
fn page() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(["check", EXAMPLE, "-f", "html"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PORTCULLIS_NOW", "2026-01-02T03:04:05Z")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stdout).unwrap()
}

/// What was asked of a server that every name leads to.
#[derive(Clone, Default)]
struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    fn serve(&self, page: String) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, page) = (asked.clone(), page.clone());
                thread::spawn(move || asked.answer(stream, &page));
            }
        });
        port
    }

    fn answer(&self, mut stream: TcpStream, page: &str) {
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
        // A connection that is opened and never used asks nothing.
        let Some(Ok(first)) = lines.next() else { return };
        self.0.lock().unwrap().push(first);
        while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
        let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{page}", page.len());
    }
}

/// What a browser makes of a page, and what it asked for.
fn seen(browser: &PathBuf, page: &str) -> (String, Vec<String>) {
    let asked = Asked::default();
    let port = asked.serve(page.to_owned());
    let profile = tempfile::tempdir().unwrap();
    let file = profile.path().join("dom.html");
    let mut child = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--disable-background-networking", "--disable-component-update", "--no-first-run"])
        .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
        .arg(format!("--host-resolver-rules=MAP page.test 127.0.0.1:{port}"))
        .args(["--virtual-time-budget=3000", "--dump-dom", "http://page.test/"])
        .stdin(Stdio::null())
        .stdout(fs::File::create(&file).unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the browser does not end");
        }
        thread::sleep(Duration::from_millis(50));
    }
    let requests = asked.0.lock().unwrap().clone();
    (fs::read_to_string(file).unwrap(), requests)
}

#[test]
fn the_script_runs_under_the_policy_of_the_page_and_nothing_is_asked_for() {
    let Some(browser) = browser() else { return };
    let page = page();
    assert!(page.contains(" id=\"filter\" hidden"));
    // A script that a text brings is not run, and nothing that it asks for is asked.
    let foreign = "<script>document.title = 'foreign'</script><img src=\"/asked\"></body>";
    let page = page.replace("</body>", foreign);
    let (dom, requests) = seen(&browser, &page);
    assert!(dom.contains(" id=\"filter\" ") && !dom.contains(" id=\"filter\" hidden"), "{dom}");
    assert!(!dom.contains("<title>foreign"), "{dom}");
    assert_eq!(requests, ["GET / HTTP/1.1"]);
}

#[test]
fn what_is_chosen_is_shown_in_the_order_that_is_chosen() {
    let Some(browser) = browser() else { return };
    let page = page();
    let driver = "<script>
      const set = (id, value) => {
        const control = document.getElementById(id);
        control.value = value;
        control.dispatchEvent(new Event('change', { bubbles: true }));
      };
      const shown = () => Array.from(document.querySelectorAll('.finding'))
        .filter((finding) => finding.checkVisibility());
      const is = (what, holds) => { if (!holds) document.title += ' ' + what; };
      document.title = 'told:';
      const all = shown().length;
      set('by-result', 'deny');
      is('result', shown().length > 0 && shown().length !== all);
      is('denies', shown().every((finding) => finding.dataset.result === 'deny'));
      set('by-result', '');
      is('all', shown().length === all);
      set('by-severity', '3');
      is('severity', shown().length > 0 && shown().every((one) => Number(one.dataset.severity) >= 3));
      set('by-severity', '');
      set('by-text', 'no finding has these words');
      is('text', shown().length === 0);
      is('count', document.getElementById('shown').textContent.startsWith('0 of '));
      set('by-text', '');
      set('order', 'severity');
      const ranks = shown().filter((one) => one.dataset.result === 'deny')
        .map((one) => Number(one.dataset.severity));
      is('order', ranks.every((rank, index) => index === 0 || ranks[index - 1] >= rank));
      set('order', '');
      is('found', shown().every((one, index) => one.id === `finding-${index + 1}`));
      document.getElementById('unfold').click();
      is('unfold', shown().every((one) => one.querySelector('details').open));
      document.getElementById('fold').click();
      is('fold', shown().every((one) => !one.querySelector('details').open));
      location.hash = '#finding-1';
      document.title += ' done';
    </script></body>";
    let (_, nonce) = page.split_once("<script nonce=\"").unwrap();
    let nonce = nonce.split('"').next().unwrap();
    let driver = driver.replace("<script>", &format!("<script nonce=\"{nonce}\">"));
    let page = page.replace("</body>", &driver);
    let (dom, _) = seen(&browser, &page);
    assert!(dom.contains("<title>told: done</title>"), "{}", dom.get(..2000).unwrap_or(&dom));
}
