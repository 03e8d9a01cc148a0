//! Where credentials come from, in which order, and what is said where they do not.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use portcullis::input::live::{Client, Manners, Whoami, whoami};
use portcullis::snapshot::Capture;
use portcullis::text::Problem;
use serde_json::{Value, json};

use crate::server::{Reply, Server};
use crate::services::{
    OIDC_TOKEN, ROLE, TEMPORARY_ID, TEMPORARY_SECRET, TOKEN, all, keys, temporary,
};
use crate::world::Own;
use crate::{KEY_ID, SECRET, VARIABLES, request};

/// A home folder with files in it, and variables; `URL` in both is the server's.
struct Home {
    server: Server,
    folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Home {
    fn new() -> Self {
        Self::serving(Server::new(keys(), all))
    }

    fn serving(server: Server) -> Self {
        let off = ("ALIBABA_CLOUD_ECS_METADATA_DISABLED".to_owned(), "true".to_owned());
        Self { server, folder: tempfile::tempdir().unwrap(), variables: vec![off] }
    }

    fn with(mut self, variables: &[(&str, &str)]) -> Self {
        for (name, value) in variables {
            let value = value.replace("URL", &self.server.url);
            let value = value.replace("HOME", self.folder.path().to_str().unwrap());
            self.variables.push(((*name).to_owned(), value));
        }
        self
    }

    fn file(self, path: &str, text: &str) -> Self {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("URL", &self.server.url)).unwrap();
        self
    }

    /// The file of the aliyun CLI with one profile, named `ci`.
    fn profile(self, mut profile: Value) -> Self {
        profile["name"] = json!("ci");
        let config = json!({"current": "ci", "profiles": [profile], "meta_path": ""});
        self.file(".aliyun/config.json", &config.to_string())
    }

    fn world(&self) -> Own {
        let variables: Vec<(&str, &str)> =
            self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut own = Own::new(&variables);
        own.home = Some(self.folder.path().to_owned());
        own
    }

    fn fetch(&self, profile: Option<&str>) -> Result<Capture, Problem> {
        let manners = Manners { sts_endpoint: Some(self.server.url.clone()), ..Manners::default() };
        let client = Client::new(manners, Arc::new(self.world()))?;
        let mut request = request(&self.server);
        request.profile = profile.map(str::to_owned);
        client.fetch(&request, &())
    }

    fn whoami(&self, profile: Option<&str>) -> Result<Whoami, Problem> {
        whoami(profile, &self.world())
    }

    /// The access key that signed the request for the page.
    fn signer(&self) -> String {
        let asked = self.server.asked();
        let authorization = asked.last().unwrap().headers["authorization"].clone();
        authorization.split(['=', ',']).nth(1).unwrap().to_owned()
    }
}

/// No file is ever written.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten() {
        if entry.file_type().is_file() {
            let text = fs::read_to_string(entry.path()).unwrap();
            files.push((entry.path().display().to_string(), text));
        }
    }
    files
}

const OIDC: [(&str, &str); 3] = [
    ("ALIBABA_CLOUD_ROLE_ARN", ROLE),
    ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/ci"),
    ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "HOME/token"),
];

fn role() -> Value {
    json!({
        "mode": "ramrolearn", "access_key_id": KEY_ID, "access_key_secret": SECRET,
        "ram_role_arn": ROLE, "ram_session_name": "nightly", "expired_seconds": 900,
    })
}

fn ini(lines: &str) -> String {
    format!(
        "[default]\ntype = access_key\naccess_key_id = other\naccess_key_secret = other\n\n[ci]\n{lines}\n"
    )
}

#[test]
fn every_source_signs_with_the_keys_that_it_gives() {
    let key = json!({"mode": "AK", "access_key_id": KEY_ID, "access_key_secret": SECRET});
    let token = json!({
        "mode": "StsToken", "access_key_id": TEMPORARY_ID,
        "access_key_secret": TEMPORARY_SECRET, "sts_token": TOKEN,
    });
    let oidc = json!({
        "mode": "OIDC", "ram_role_arn": ROLE, "oidc_provider_arn": "acs:ram::1:oidc-provider/ci",
        "oidc_token_file": "FILE", "role_session_name": "x", "ram_session_name": "y",
    });
    let chain = json!({"current": "ci", "profiles": [
        {"name": "ci", "mode": "ChainableRamRoleArn", "source_profile": "base", "ram_role_arn": ROLE},
        {"name": "base", "mode": "AK", "access_key_id": KEY_ID, "access_key_secret": SECRET},
    ]});
    let metadata = ("PORTCULLIS_ECS_METADATA", "URL");
    let token_file = |home: Home| {
        let file = home.folder.path().join("token");
        fs::write(&file, format!("{OIDC_TOKEN}\n")).unwrap();
        let mut oidc = oidc.clone();
        oidc["oidc_token_file"] = json!(file.to_str().unwrap());
        home.profile(oidc)
    };
    let table: Vec<(&str, Home, &str)> = vec![
        ("access key", Home::new().with(&VARIABLES), KEY_ID),
        (
            "temporary key",
            Home::new().with(&[
                ("ALIBABA_CLOUD_ACCESS_KEY_ID", TEMPORARY_ID),
                ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", TEMPORARY_SECRET),
                ("ALIBABA_CLOUD_SECURITY_TOKEN", TOKEN),
            ]),
            TEMPORARY_ID,
        ),
        ("OIDC role", Home::new().with(&OIDC).file("token", OIDC_TOKEN), TEMPORARY_ID),
        ("access key", Home::new().profile(key), KEY_ID),
        ("temporary key", Home::new().profile(token), TEMPORARY_ID),
        ("role", Home::new().profile(role()), TEMPORARY_ID),
        ("role", Home::new().file(".aliyun/config.json", &chain.to_string()), TEMPORARY_ID),
        (
            "ECS role",
            Home::new().with(&[metadata]).profile(json!({"mode": "EcsRamRole", "ram_role_name": "reader"})),
            TEMPORARY_ID,
        ),
        ("OIDC role", token_file(Home::new()), TEMPORARY_ID),
        (
            "credentials URI",
            Home::new().profile(json!({"mode": "CredentialsURI", "credentials_uri": "URL/helper"})),
            TEMPORARY_ID,
        ),
        (
            "access key",
            Home::new().file(
                ".alibabacloud/credentials.ini",
                &format!("[default]\ntype=access_key\naccess_key_id={KEY_ID}\naccess_key_secret={SECRET}"),
            ),
            KEY_ID,
        ),
        (
            "role",
            Home::new().with(&[("ALIBABA_CLOUD_PROFILE", "ci")]).file(
                ".alibabacloud/credentials",
                &ini(&format!("type=ram_role_arn\naccess_key_id={KEY_ID}\naccess_key_secret={SECRET}\nrole_arn={ROLE}")),
            ),
            TEMPORARY_ID,
        ),
        (
            "credentials URI",
            Home::new().with(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "URL/helper")]),
            TEMPORARY_ID,
        ),
    ];
    for (index, (kind, home, signer)) in table.into_iter().enumerate() {
        let before = files(home.folder.path());
        let own = home.whoami(None).unwrap_or_else(|problem| panic!("{index} {kind}: {problem:?}"));
        assert_eq!(own.kind, kind, "{index}");
        assert!(home.server.asked().is_empty(), "{index}: whoami asks nobody");
        let capture =
            home.fetch(None).unwrap_or_else(|problem| panic!("{index} {kind}: {problem:?}"));
        assert_eq!(home.signer(), signer, "{index} {kind}");
        let account = kind.ends_with("role") && kind != "ECS role";
        assert_eq!(capture.origin.account.is_some(), account, "{index} {kind}");
        assert_eq!(files(home.folder.path()), before, "{index}: nothing is written");
        for secret in [SECRET, TEMPORARY_SECRET, TOKEN, OIDC_TOKEN] {
            assert!(!format!("{own:?}{:?}", capture.origin).contains(secret), "{index} {kind}");
        }
    }
}

#[test]
fn an_instance_gives_its_role_by_either_version() {
    let metadata: [(&str, &str); 2] =
        [("PORTCULLIS_ECS_METADATA", "URL"), ("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "")];
    let old = |asked: &crate::server::Asked| match asked.method.as_str() {
        "PUT" => Reply::text(404, ""),
        _ => all(asked),
    };
    let named = [("ALIBABA_CLOUD_ECS_METADATA", "reader")];
    for (script, variables) in [(true, &[][..]), (false, &[][..]), (true, &named[..])] {
        let server = if script { Server::new(keys(), all) } else { Server::new(keys(), old) };
        let mut home = Home::serving(server);
        home.variables.clear();
        let home = home.with(&metadata[..1]).with(variables);
        assert_eq!(home.whoami(None).unwrap().kind, "ECS role");
        home.fetch(None).unwrap();
        assert_eq!(home.signer(), TEMPORARY_ID);
        let tokens = home
            .server
            .asked()
            .iter()
            .filter(|asked| asked.headers.contains_key("x-aliyun-ecs-metadata-token"))
            .count();
        assert_eq!(tokens > 0, script);
    }
    // Version 1 may be forbidden, and then an old service is none.
    let mut home = Home::serving(Server::new(keys(), old));
    home.variables.clear();
    let home = home.with(&metadata[..1]).with(&[("ALIBABA_CLOUD_IMDSV1_DISABLED", "true")]);
    assert_eq!(home.fetch(None).unwrap_err().code, "live/no-credentials");
}

#[test]
fn the_first_source_of_the_official_order_counts() {
    let full = || {
        Home::new()
            .file("token", OIDC_TOKEN)
            .profile(json!({"mode": "AK", "access_key_id": "config-key", "access_key_secret": "x"}))
            .file(".alibabacloud/credentials.ini", "[default]\ntype=access_key\naccess_key_id=ini-default\naccess_key_secret=x\n[other]\ntype=access_key\naccess_key_id=ini-other-key\naccess_key_secret=x")
            .with(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "URL/helper")])
    };
    let source = |home: &Home, profile| home.whoami(profile).unwrap().source;
    assert_eq!(source(&full().with(&OIDC).with(&VARIABLES), None), "environment variables");
    assert_eq!(source(&full().with(&OIDC), None), "OIDC role of the environment");
    assert_eq!(source(&full(), None), "profile `ci` of `~/.aliyun/config.json`");
    let off = [("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "TRUE")];
    assert_eq!(
        source(&full().with(&off), None),
        "profile `default` of `~/.alibabacloud/credentials.ini`"
    );
    let other = [("ALIBABA_CLOUD_PROFILE", "other")];
    assert_eq!(
        source(&full().with(&other), None),
        "profile `other` of `~/.alibabacloud/credentials.ini`"
    );
    // What a flag names is what is asked for, whatever the environment holds.
    assert_eq!(
        source(&full().with(&VARIABLES), Some("other")),
        "profile `other` of `~/.alibabacloud/credentials.ini`"
    );
    let mut last = Home::new().with(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "URL/helper")]);
    assert_eq!(source(&last, None), "credentials URI of `ALIBABA_CLOUD_CREDENTIALS_URI`");
    last.variables.retain(|(name, _)| name != "ALIBABA_CLOUD_ECS_METADATA_DISABLED");
    let own = last.whoami(None).unwrap();
    assert_eq!(own.source, "ECS metadata service, if this is an ECS instance");
    assert_eq!(own.otherwise, ["credentials URI of `ALIBABA_CLOUD_CREDENTIALS_URI`"]);
    // A profile that was set up without keys is none.
    let blank = Home::new()
        .profile(json!({"mode": "AK", "access_key_id": "", "access_key_secret": ""}))
        .with(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "URL/helper")]);
    assert_eq!(source(&blank, None), "credentials URI of `ALIBABA_CLOUD_CREDENTIALS_URI`");
}

#[test]
fn a_source_that_is_broken_is_named_and_never_passed_over() {
    let uri = [("ALIBABA_CLOUD_CREDENTIALS_URI", "URL/helper")];
    let profile = |value: Value| Home::new().with(&uri).profile(value);
    let config = |text: &str| Home::new().with(&uri).file(".aliyun/config.json", text);
    let table: Vec<(Home, Option<&str>, &str)> = vec![
        (
            Home::new().with(&uri).with(&VARIABLES[..1]),
            None,
            "`ALIBABA_CLOUD_ACCESS_KEY_SECRET` is not",
        ),
        (Home::new().with(&uri).with(&OIDC[1..]), None, "`ALIBABA_CLOUD_ROLE_ARN` is not set"),
        (Home::new().with(&uri).with(&OIDC), None, "cannot read"),
        (config("{\"current\": \"ci\""), None, "line 1, column 16 is no JSON"),
        (
            config(
                "{\"current\": \"ci\", \"profiles\": [{\"name\": \"ci\", \"access_key_secret\": 12345}]}",
            ),
            None,
            "column 72 is not what",
        ),
        (config("{\"current\": \"gone\", \"profiles\": []}"), None, "`gone` is not among"),
        (
            profile(json!({"mode": "AK", "access_key_id": KEY_ID})),
            None,
            "it has no `access_key_secret`",
        ),
        (
            profile(json!({"mode": "External", "process_command": "x"})),
            None,
            "it runs another program",
        ),
        (profile(json!({"mode": "cloudsso"})), None, "writes to the file"),
        (profile(json!({"mode": "OAuth"})), None, "writes to the file"),
        (profile(json!({"mode": "StsTokens"})), None, "there is no mode `StsTokens`"),
        (
            profile(
                json!({"mode": "ChainableRamRoleArn", "source_profile": "ci", "ram_role_arn": ROLE}),
            ),
            None,
            "in a circle",
        ),
        (
            profile(
                json!({"mode": "CredentialsURI", "credentials_uri": "http://10.0.0.1/x?token=hidden"}),
            ),
            None,
            "plain HTTP",
        ),
        (
            profile(json!({"mode": "CredentialsURI", "credentials_uri": "URL/gone"})),
            None,
            "HTTP 404",
        ),
        (Home::new().with(&uri), Some("gone"), "there is no profile `gone`"),
        (
            Home::new().with(&[("ALIBABA_CLOUD_PROFILE", "gone")]).with(&uri),
            None,
            "there is no profile `gone`",
        ),
        (
            Home::new().with(&uri).with(&[("ALIBABA_CLOUD_CREDENTIALS_FILE", "HOME/gone")]),
            None,
            "cannot read it",
        ),
        (
            Home::new().with(&uri).file(".alibabacloud/credentials", "secret"),
            None,
            "line 1 is neither",
        ),
        (Home::new(), None, "there are no credentials; looked for: environment variables, "),
    ];
    for (home, profile, message) in table {
        let problem = home.fetch(profile).unwrap_err();
        assert!(problem.message.contains(message), "{message}: {problem:?}");
        assert!(problem.help.is_some(), "{problem:?}");
        let said = format!("{problem:?}");
        assert!(!said.contains("12345") && !said.contains("hidden"), "{said}");
        assert!(
            !said.contains(home.folder.path().to_str().unwrap())
                || message == "cannot read it"
                || message == "cannot read",
            "{said}"
        );
        let pages = home
            .server
            .asked()
            .iter()
            .filter(|asked| asked.headers.contains_key("authorization"))
            .count();
        assert_eq!(pages, 0, "no page is asked for: {problem:?}");
    }
}

#[test]
fn what_a_service_repeats_of_a_secret_is_not_shown() {
    let home = Home::new().with(&OIDC).file("token", "another.oidc.token");
    let problem = home.fetch(None).unwrap_err();
    assert!(problem.message.contains("`bad [secret]`"), "{problem:?}");
    let mut wrong = role();
    wrong["access_key_secret"] = json!("a-secret-that-is-wrong");
    wrong["sts_token"] = json!("a/token+that=is wrong");
    let home = Home::new().profile(wrong);
    let said = format!("{:?}", home.fetch(None).unwrap_err());
    assert!(said.contains("SignatureDoesNotMatch"), "{said}");
    for part in ["a-secret-that-is-wrong", "token%2Bthat", "token%252Bthat", "token+that"] {
        assert!(!said.contains(part), "{said}");
    }
}

#[test]
fn keys_that_run_out_are_got_again() {
    let script = |asked: &crate::server::Asked| match asked.path.as_str() {
        "/helper" => Reply::json(200, &temporary(600)),
        _ if asked.before == 1 => Reply::error(400, "InvalidSecurityToken.Expired", "expired"),
        _ => all(asked),
    };
    let home = Home::serving(Server::new(keys(), script));
    let home = home.with(&[("ALIBABA_CLOUD_CREDENTIALS_URI", "URL/helper")]);
    home.fetch(None).unwrap();
    let paths: Vec<String> = home.server.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/helper", "/", "/helper", "/"]);
}
