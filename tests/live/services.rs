//! What stands in for STS, the metadata service of an instance, and a credentials URI.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha1::{Digest, Sha1};

use crate::server::{Asked, Keys, Reply, encode, page};
use crate::{KEY_ID, SECRET};

pub(crate) const TEMPORARY_ID: &str = "STS.exampleTemporary01";
pub(crate) const TEMPORARY_SECRET: &str = "example-secret-of-a-session";
pub(crate) const TOKEN: &str = "example/token+of=a-session";
pub(crate) const OIDC_TOKEN: &str = "example.oidc.token";
pub(crate) const ROLE: &str = "acs:ram::1234567890123456:role/reader";
pub(crate) const METADATA_TOKEN: &str = "example-metadata-token";

/// The access key, and the temporary one that every service gives.
pub(crate) fn keys() -> Keys {
    Keys::from([
        (KEY_ID.to_owned(), (SECRET.to_owned(), None)),
        (TEMPORARY_ID.to_owned(), (TEMPORARY_SECRET.to_owned(), Some(TOKEN.to_owned()))),
    ])
}

/// All services at one address, and the API.
pub(crate) fn all(asked: &Asked) -> Reply {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/") if asked.query.contains_key("Action") => sts(asked),
        ("POST", "/") => page(asked, 3),
        _ => other(asked),
    }
}

fn other(asked: &Asked) -> Reply {
    let has_token = asked.headers.get("x-aliyun-ecs-metadata-token").map(String::as_str);
    let is_known = has_token.is_none_or(|token| token == METADATA_TOKEN);
    match (asked.method.as_str(), asked.path.as_str()) {
        ("PUT", "/latest/api/token")
            if asked.headers.contains_key("x-aliyun-ecs-metadata-token-ttl-seconds") =>
        {
            Reply::text(200, METADATA_TOKEN)
        }
        ("GET", "/latest/meta-data/ram/security-credentials/") if is_known => {
            Reply::text(200, "reader\n")
        }
        ("GET", "/latest/meta-data/ram/security-credentials/reader" | "/helper") if is_known => {
            Reply::json(200, &temporary(3600))
        }
        _ => Reply::text(404, "not found"),
    }
}

/// Temporary keys that last so many seconds.
pub(crate) fn temporary(seconds: i64) -> serde_json::Value {
    json!({
        "Code": "Success",
        "AccessKeyId": TEMPORARY_ID,
        "AccessKeySecret": TEMPORARY_SECRET,
        "SecurityToken": TOKEN,
        "Expiration": (Timestamp::now() + SignedDuration::from_secs(seconds)).to_string(),
    })
}

fn sts(asked: &Asked) -> Reply {
    let form = asked.form();
    let is_role = form.get("RoleArn").is_some_and(|role| role == ROLE);
    if asked.query["Version"] != "2015-04-01" || !is_role {
        return Reply::error(400, "EntityNotExist.Role", "The role does not exist");
    }
    match asked.query["Action"].as_str() {
        "AssumeRoleWithOIDC" if form.get("OIDCToken").is_some_and(|token| token == OIDC_TOKEN) => {}
        "AssumeRoleWithOIDC" => {
            let token = &form["OIDCToken"];
            return Reply::error(
                400,
                "AuthenticationFail.OIDCToken.Invalid",
                &format!("bad {token}"),
            );
        }
        "AssumeRole" if is_signed(asked, &form) => {}
        _ => {
            // As the real one does, it repeats what was to be signed.
            let text = format!("the string to sign was {}", text_to_sign(asked, &form));
            return Reply::error(400, "SignatureDoesNotMatch", &text);
        }
    }
    Reply::json(
        200,
        &json!({
            "RequestId": "S-1",
            "Credentials": temporary(form["DurationSeconds"].parse().unwrap()),
            "AssumedRoleUser": {"Arn": ROLE.replace("role/reader", "assumed-role/reader/x")},
        }),
    )
}

fn text_to_sign(asked: &Asked, form: &BTreeMap<String, String>) -> String {
    let mut all = asked.query.clone();
    all.extend(form.clone());
    all.remove("Signature");
    let pairs: Vec<String> =
        all.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    format!("POST&%2F&{}", encode(&pairs.join("&")))
}

fn is_signed(asked: &Asked, form: &BTreeMap<String, String>) -> bool {
    let secret = match asked.query["AccessKeyId"].as_str() {
        KEY_ID => SECRET,
        TEMPORARY_ID if asked.query.get("SecurityToken").is_some_and(|token| token == TOKEN) => {
            TEMPORARY_SECRET
        }
        _ => return false,
    };
    let key = format!("{secret}&");
    let pad = |byte: u8| -> Vec<u8> {
        (0..64).map(|index| key.as_bytes().get(index).copied().unwrap_or(0) ^ byte).collect()
    };
    let inner = Sha1::digest([&pad(0x36), text_to_sign(asked, form).as_bytes()].concat());
    let signature = Sha1::digest([&pad(0x5c), &inner[..]].concat());
    asked.query.get("Signature") == Some(&STANDARD.encode(signature))
}
