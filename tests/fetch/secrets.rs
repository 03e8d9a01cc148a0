//! No secret is in anything that a command says or writes, whatever it was given and whatever it met.

use portcullis::output::Format;
use serde_json::{Value, json};

use crate::home::{Ended, Home};
use crate::server::{Asked, End, Reply, Server, encode, page};
use crate::services::{
    METADATA_TOKEN, OIDC_TOKEN, ROLE, TEMPORARY_ID, TEMPORARY_SECRET, TOKEN, all, keys, temporary,
};
use crate::{KEY_ID, SECRET};

/// What stands in the query of a credentials URI.
const QUERY: &str = "hidden-in-the-query";

/// What gives credentials: variables, and files of the home folder.
struct Given {
    kind: &'static str,
    variables: Vec<(&'static str, String)>,
    files: Vec<(&'static str, String)>,
}

fn variables(kind: &'static str, variables: &[(&'static str, &str)]) -> Given {
    let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Given { kind, variables, files: Vec::new() }
}

fn profiles(kind: &'static str, profiles: &Value) -> Given {
    let config = json!({"current": "ci", "profiles": profiles});
    Given { kind, variables: Vec::new(), files: vec![(".aliyun/config.json", config.to_string())] }
}

fn ini(kind: &'static str, lines: &str) -> Given {
    let file = (".alibabacloud/credentials.ini", format!("[default]\n{lines}\n"));
    Given { kind, variables: Vec::new(), files: vec![file] }
}

/// Every kind of credentials; `url` is the server's, `token` the file of an OIDC token.
fn every_kind(url: &str, token: &str) -> Vec<Given> {
    let key =
        json!({"name": "ci", "mode": "AK", "access_key_id": KEY_ID, "access_key_secret": SECRET});
    let session = json!({
        "name": "ci", "mode": "StsToken", "access_key_id": TEMPORARY_ID,
        "access_key_secret": TEMPORARY_SECRET, "sts_token": TOKEN,
    });
    let role = json!({
        "name": "ci", "mode": "RamRoleArn", "access_key_id": KEY_ID, "access_key_secret": SECRET,
        "ram_role_arn": ROLE, "ram_session_name": "nightly", "expired_seconds": 900,
    });
    let oidc = json!({
        "name": "ci", "mode": "OIDC", "ram_role_arn": ROLE, "oidc_token_file": token,
        "oidc_provider_arn": "acs:ram::1:oidc-provider/ci", "ram_session_name": "y",
    });
    let mut base = key.clone();
    base["name"] = json!("base");
    let chained = json!({
        "name": "ci", "mode": "ChainableRamRoleArn", "source_profile": "base", "ram_role_arn": ROLE,
    });
    let ecs = json!({"name": "ci", "mode": "EcsRamRole", "ram_role_name": "reader"});
    let uri = format!("{url}/helper?token={QUERY}");
    let by_uri = json!({"name": "ci", "mode": "CredentialsURI", "credentials_uri": uri});
    let keys = format!("access_key_id={KEY_ID}\naccess_key_secret={SECRET}");
    vec![
        variables(
            "access key",
            &[("ALIBABA_CLOUD_ACCESS_KEY_ID", KEY_ID), ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", SECRET)],
        ),
        variables(
            "temporary key",
            &[
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", TEMPORARY_ID),
                ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", TEMPORARY_SECRET),
                ("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN),
            ],
        ),
        variables(
            "OIDC role",
            &[
                ("ALIBABA_CLOUD_ROLE_ARN", ROLE),
                ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ci"),
                ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token),
            ],
        ),
        profiles("access key", &json!([key])),
        profiles("temporary key", &json!([session])),
        profiles("role", &json!([role])),
        profiles("OIDC role", &json!([oidc])),
        profiles("role", &json!([chained, base])),
        profiles("ECS role", &json!([ecs])),
        profiles("credentials URI", &json!([by_uri])),
        ini("access key", &format!("type=access_key\n{keys}")),
        ini("role", &format!("type=ram_role_arn\n{keys}\nrole_arn={ROLE}")),
        variables("ECS role", &[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "")]),
        variables("credentials URI", &[("ALIBABA_CLOUD_CREDENTIALS_URI", &uri)]),
    ]
}

type Play = fn(&Asked) -> Reply;

/// Everything secret that a request could tell a server that is not careful.
fn told(asked: &Asked) -> String {
    let mut told: Vec<String> = asked.headers.values().cloned().collect();
    told.extend(asked.query.values().cloned());
    told.extend(asked.form().into_values());
    let authorization = asked.headers.get("authorization").cloned().unwrap_or_default();
    let known = keys();
    told.extend(
        known.iter().filter(|(id, _)| authorization.contains(*id)).map(|(_, key)| key.0.clone()),
    );
    let encoded: Vec<String> = told.iter().map(|text| encode(text)).collect();
    // What is cut off of a long message proves nothing.
    told.extend(encoded);
    told.retain(|text| {
        SECRETS.iter().any(|secret| text.contains(secret) || text.contains(&encode(secret)))
    });
    told.join(" ")
}

fn is_for_data(asked: &Asked) -> bool {
    asked.path == "/" && !asked.query.contains_key("Action")
}

const SECRETS: [&str; 6] = [SECRET, TEMPORARY_SECRET, TOKEN, OIDC_TOKEN, METADATA_TOKEN, QUERY];

/// What servers do, and whether data can be had of them.
const PLAYS: [(&str, Play, bool); 8] = [
    ("all is well", all, true),
    (
        "data is refused, and the message repeats what was sent",
        |asked| match is_for_data(asked) {
            true => Reply::error(403, "Forbidden.RAM", &format!("no: {}", told(asked))),
            false => all(asked),
        },
        false,
    ),
    (
        "every request is throttled, with such a message",
        |asked| match is_for_data(asked) {
            true => Reply::error(200, "Throttling", &told(asked)),
            false => all(asked),
        },
        false,
    ),
    (
        "data holds what was sent",
        |asked| match is_for_data(asked) {
            true => {
                let body = String::from_utf8(page(asked, 3).body).unwrap();
                Reply::text(200, &body.replace("HTTPS", &told(asked)))
            }
            false => all(asked),
        },
        false,
    ),
    (
        "a page that is no JSON",
        |asked| match is_for_data(asked) {
            true => Reply::text(502, &format!("<html>{}</html>", told(asked))),
            false => all(asked),
        },
        false,
    ),
    (
        "no role is given, with such a message",
        |asked| match is_for_data(asked) {
            true => Reply::error(404, "InvalidAccessKeyId.NotFound", &told(asked)),
            false => Reply::error(400, "NoPermission", &told(asked)),
        },
        false,
    ),
    (
        "what gives credentials ends in the middle",
        |asked| match is_for_data(asked) {
            true => page(asked, 3).ending(End::Cut),
            false => {
                let text = temporary(3600).to_string();
                Reply::text(200, text.get(..text.len() - 5).unwrap())
            }
        },
        false,
    ),
    (
        "what gives credentials gives nothing else",
        |asked| match is_for_data(asked) {
            true => Reply::text(200, "{}").ending(End::Reset),
            false => Reply::json(200, &json!({"Code": TOKEN, "AccessKeySecret": TEMPORARY_SECRET})),
        },
        false,
    ),
];

/// Asserts that nothing that was said or written holds a secret.
fn is_silent(what: &str, home: &Home, ended: &Ended, given: &[(&str, String)]) {
    let mut said = vec![("standard output".to_owned(), ended.out.clone())];
    said.push(("standard error".to_owned(), ended.err.clone()));
    for (name, text) in home.files() {
        match given.iter().find(|(own, _)| *own == name) {
            Some((_, before)) => assert_eq!(&text, before, "{what}: nobody writes to {name}"),
            None => said.push((name, text)),
        }
    }
    for (place, text) in said {
        for secret in SECRETS {
            for form in [secret.to_owned(), encode(secret), encode(&encode(secret))] {
                assert!(!text.contains(&form), "{what}: `{form}` in {place}: {text}");
            }
        }
    }
}

#[test]
fn no_secret_is_said_or_written() {
    let outputs: Vec<String> =
        Format::ALL.map(|format| format!(" -o {0}=report.{0}", format.name())).into();
    let check =
        format!("check --live --max-retries 0 -p p.yaml --save kept.json{}", outputs.concat());
    let mut whole = 0;
    for (play, script, is_whole) in PLAYS {
        let server = Server::new(keys(), script);
        let count = every_kind("", "").len();
        for index in 0..count {
            let mut home = Home::bare()
                .with("PORTCULLIS_ENDPOINT", &server.url)
                .with("PORTCULLIS_STS_ENDPOINT", &server.url)
                .with("PORTCULLIS_ECS_METADATA", &server.url);
            let token = home.path("token");
            let given = every_kind(&server.url, token.to_str().unwrap()).swap_remove(index);
            let mut files = given.files.clone();
            files.push(("token", OIDC_TOKEN.to_owned()));
            for (name, text) in &files {
                home.write(name, text);
            }
            for (name, value) in &given.variables {
                home = home.with(name, value);
            }
            let what = format!("{play}, {} ({index})", given.kind);
            home.write("p.yaml", "policies: [deny RDP]");
            // Nobody is asked by `--whoami`, so that it is the same whatever servers do.
            let lines = [check.as_str(), "fetch --max-retries 0 -o fetched.json", "fetch --whoami"];
            for line in lines.into_iter().take(if is_whole { 3 } else { 1 }) {
                let ended = home.run(line);
                is_silent(&what, &home, &ended, &files);
                let expected = if is_whole || line.ends_with("whoami") { 0 } else { 2 };
                assert_eq!(ended.code, expected, "{what}: {line}: {ended:?}");
                if line.ends_with("whoami") {
                    assert!(ended.out.starts_with(given.kind), "{what}: {ended:?}");
                }
            }
            whole += usize::from(home.path("fetched.json").exists());
            assert_eq!(home.path("kept.json").exists(), is_whole, "{what}");
        }
    }
    assert_eq!(whole, every_kind("", "").len());
}

#[test]
fn what_urls_hold_is_not_said() {
    let server = Server::new(keys(), |asked| page(asked, 3));
    let home = Home::asking(&server);
    let hidden = "hidden-in-the-url";
    for (name, url) in [
        ("PORTCULLIS_ENDPOINT", format!("https://user:{hidden}@127.0.0.1")),
        ("PORTCULLIS_ENDPOINT", format!("http://10.0.0.1/?token={hidden}")),
        ("PORTCULLIS_STS_ENDPOINT", format!("https://127.0.0.1/?token={hidden}")),
        ("HTTPS_PROXY", format!("http://user:{hidden}@[")),
    ] {
        let home = Home::asking(&server).with(name, &url);
        let ended = home.run("check --live -f json");
        assert_eq!(ended.code, 2, "{name}");
        assert!(!format!("{ended:?}").contains(hidden), "{ended:?}");
    }
    assert_eq!(home.run("fetch").code, 0);
}
