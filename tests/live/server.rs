//! A server of this machine that speaks the API: it checks each signature with code of its own, counts
//! what arrives, and answers as its script says.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// One request, as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
    /// How many requests for the same query came before.
    pub(crate) again: u64,
    /// How many requests came before at all.
    pub(crate) before: u64,
}

impl Asked {
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.query.get(name).and_then(|value| value.parse().ok()).unwrap_or(1)
    }

    pub(crate) fn page(&self) -> u64 {
        self.number("CurrentPage")
    }

    pub(crate) fn size(&self) -> u64 {
        self.number("PageSize")
    }

    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        pairs(&String::from_utf8_lossy(&self.body))
    }
}

/// How an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Whole,
    /// In the middle of its body.
    Cut,
    /// Before it begins.
    Reset,
    /// Only after this time.
    Late(Duration),
}

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) end: End,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, &body.to_string())
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self { status, headers: Vec::new(), body: body.as_bytes().to_vec(), end: End::Whole }
    }

    /// An error of the API.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        Self::json(
            status,
            &json!({"Code": code, "Message": message, "RequestId": "E-1", "HostId": "h"}),
        )
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn ending(mut self, end: End) -> Self {
        self.end = end;
        self
    }
}

/// The row of a number.
pub(crate) fn row(index: u64) -> Value {
    json!({
        "RiskLevel": index % 3 + 1,
        "Protocol": if index >= 65_536 { "udp" } else { "tcp" },
        "Port": index % 65_536,
        "SuggestLevel": 10,
        "PublicIpNum": 1,
        "ServiceNameList": ["HTTPS"],
        "InBytes": 1_456_536_639.0,
    })
}

/// The page that an estate of so many rows answers with.
pub(crate) fn page(asked: &Asked, rows: u64) -> Reply {
    slice(asked, (asked.page() - 1) * asked.size(), asked.size(), rows)
}

/// A page of given rows.
pub(crate) fn slice(asked: &Asked, start: u64, count: u64, total: u64) -> Reply {
    let rows: Vec<Value> = (start..(start + count).min(total)).map(row).collect();
    body(asked, &rows, &json!(total))
}

pub(crate) fn body(asked: &Asked, rows: &[Value], total: &Value) -> Reply {
    let info = json!({"CurrentPage": asked.page(), "PageSize": asked.size(), "TotalCount": total});
    Reply::json(
        200,
        &json!({"RequestId": format!("R-{}", asked.page()), "PageInfo": info, "DataList": rows}),
    )
}

type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

/// Keys that the server knows: an access key's id with its secret, and the token that must come with it.
pub(crate) type Keys = HashMap<String, (String, Option<String>)>;

struct State {
    script: Box<Script>,
    keys: Keys,
    /// By how much its clock is ahead.
    skew: SignedDuration,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    arrivals: Vec<Instant>,
    asked: Vec<Asked>,
    nonces: HashSet<String>,
    counts: HashMap<String, u64>,
}

/// A server that runs until the process ends.
pub(crate) struct Server {
    pub(crate) url: String,
    state: Arc<State>,
}

impl Server {
    /// A server that knows `keys` and answers by `script`.
    pub(crate) fn new(
        keys: Keys,
        script: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::skewed(keys, SignedDuration::ZERO, script)
    }

    pub(crate) fn skewed(
        keys: Keys,
        skew: SignedDuration,
        script: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state =
            Arc::new(State { script: Box::new(script), keys, skew, seen: Mutex::default() });
        let own = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&own);
                thread::spawn(move || {
                    let _ = stream.set_nodelay(true);
                    state.serve(stream);
                });
            }
        });
        Self { url, state }
    }

    /// The same over TLS.
    pub(crate) fn over_tls(
        keys: Keys,
        config: Arc<rustls::ServerConfig>,
        script: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let plain = Self::new(keys, script);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let own = Arc::clone(&plain.state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
                let state = Arc::clone(&own);
                thread::spawn(move || state.serve(rustls::StreamOwned::new(connection, stream)));
            }
        });
        Self { url, state: plain.state }
    }

    /// Every request, in the order of arrival.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state.seen.lock().unwrap().asked.clone()
    }

    /// The most requests that arrived within any second.
    pub(crate) fn most_in_a_second(&self) -> usize {
        let arrivals = self.state.seen.lock().unwrap().arrivals.clone();
        let within = |start: &Instant| {
            let end = *start + Duration::from_secs(1);
            arrivals.iter().filter(|at| *at >= start && **at < end).count()
        };
        arrivals.iter().map(within).max().unwrap_or(0)
    }
}

impl State {
    fn serve(&self, stream: impl Read + Write) {
        let mut reader = BufReader::new(stream);
        while let Some(mut asked) = read(&mut reader) {
            let arrival = Instant::now();
            let target = format!("{} {:?} {:?}", asked.path, asked.query, asked.body);
            let refused = self.check(&asked);
            {
                let mut seen = self.seen.lock().unwrap();
                asked.before = seen.asked.len() as u64;
                let count = seen.counts.entry(target).or_default();
                asked.again = *count;
                *count += 1;
                seen.arrivals.push(arrival);
                seen.asked.push(asked.clone());
            }
            let reply = refused.unwrap_or_else(|| (self.script)(&asked));
            if !self.answer(reader.get_mut(), &reply) {
                return;
            }
        }
    }

    /// Sends an answer; whether the connection goes on.
    fn answer(&self, stream: &mut impl Write, reply: &Reply) -> bool {
        match reply.end {
            End::Reset => return false,
            End::Late(wait) => thread::sleep(wait),
            End::Whole | End::Cut => {}
        }
        let now = Timestamp::now() + self.skew;
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT");
        let mut head = format!(
            "HTTP/1.1 {} Answer\r\ndate: {date}\r\ncontent-length: {}\r\n",
            reply.status,
            reply.body.len()
        );
        for (name, value) in &reply.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let sent = match reply.end {
            End::Cut => &reply.body[..reply.body.len() / 2],
            _ => &reply.body,
        };
        let written = stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(sent))
            .and_then(|()| stream.flush());
        written.is_ok() && reply.end != End::Cut
    }

    /// What is wrong with a signed request.
    fn check(&self, asked: &Asked) -> Option<Reply> {
        let authorization = asked.headers.get("authorization")?;
        let refuse = |code: &str, message: &str| Some(Reply::error(400, code, message));
        let parts: BTreeMap<&str, &str> = authorization
            .strip_prefix("ACS3-HMAC-SHA256 ")
            .unwrap_or_default()
            .split(',')
            .filter_map(|part| part.split_once('='))
            .collect();
        let key_id = parts.get("Credential").copied().unwrap_or_default();
        let Some((secret, token)) = self.keys.get(key_id) else {
            return Some(Reply::error(404, "InvalidAccessKeyId.NotFound", "not found"));
        };
        if asked.headers.get("x-acs-security-token") != token.as_ref() {
            return refuse("InvalidSecurityToken.MismatchWithAccessKey", "another token");
        }
        let names = parts.get("SignedHeaders").copied().unwrap_or_default();
        let must = |name: &&String| name.starts_with("x-acs-") || *name == "host";
        let signed: Vec<&str> = names.split(';').collect();
        if asked.headers.keys().filter(must).any(|name| !signed.contains(&name.as_str())) {
            return refuse("IncompleteSignature", "a header is not signed");
        }
        if parts.get("Signature").copied() != Some(&*signature(asked, &signed, secret)) {
            return refuse("SignatureDoesNotMatch", "the signature is another one");
        }
        if asked.headers["x-acs-content-sha256"] != hex(&Sha256::digest(&asked.body)) {
            return refuse("SignatureDoesNotMatch", "the body is another one");
        }
        let date: Timestamp = asked.headers["x-acs-date"].parse().unwrap();
        let apart = date.duration_since(Timestamp::now() + self.skew).abs();
        if apart > SignedDuration::from_mins(15) {
            return refuse("InvalidTimeStamp.Expired", "Specified time stamp is expired");
        }
        let nonce = asked.headers["x-acs-signature-nonce"].clone();
        if !self.seen.lock().unwrap().nonces.insert(nonce) {
            return refuse("SignatureNonceUsed", "used before");
        }
        None
    }
}

fn signature(asked: &Asked, signed: &[&str], secret: &str) -> String {
    let encoded: Vec<String> = asked
        .query
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    let mut request = format!("{}\n{}\n{}\n", asked.method, asked.path, encoded.join("&"));
    for name in signed {
        request.push_str(&format!(
            "{name}:{}\n",
            asked.headers.get(*name).map_or("", |value| value.trim())
        ));
    }
    request.push_str(&format!("\n{}\n{}", signed.join(";"), hex(&Sha256::digest(&asked.body))));
    let text = format!("ACS3-HMAC-SHA256\n{}", hex(&Sha256::digest(request)));
    hex(&hmac(secret.as_bytes(), text.as_bytes()))
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    assert!(key.len() <= 64);
    let pad = |byte: u8| -> Vec<u8> {
        (0..64).map(|index| key.get(index).copied().unwrap_or(0) ^ byte).collect()
    };
    let inner = Sha256::digest([&pad(0x36), message].concat());
    Sha256::digest([&pad(0x5c), &inner[..]].concat()).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn encode(text: &str) -> String {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let (path, query) = (path.to_owned(), pairs(query));
    Some(Asked { method, path, query, headers, body, again: 0, before: 0 })
}
