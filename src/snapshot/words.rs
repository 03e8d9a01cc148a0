//! The words by which an API says how a request went, or that there is more, whatever the operation:
//! names of members, here in lower case and without separators, and what their values say.

use crate::json::{Kind, Number};

/// Members that say whether a request succeeded.
pub(super) const STATUS: [&str; 15] = [
    "status",
    "statuscode",
    "statustext",
    "statusmessage",
    "httpstatus",
    "httpstatuscode",
    "httpcode",
    "responsestatus",
    "success",
    "issuccess",
    "successful",
    "issuccessful",
    "succeeded",
    "ok",
    "isok",
];

/// Members that an error has, beside those whose name speaks of an error.
pub(super) const ERROR: [&str; 22] = [
    "code",
    "message",
    "msg",
    "error",
    "errors",
    "errorcode",
    "errormessage",
    "errormsg",
    "errcode",
    "errmsg",
    "errmessage",
    "resultcode",
    "returncode",
    "retcode",
    "exception",
    "fault",
    "failed",
    "failure",
    "accessdenied",
    "accessdenieddetail",
    "recommend",
    "hostid",
];

/// Members that announce more records, beside those whose name begins with `next`.
const MORE: [&str; 11] = [
    "more",
    "hasmore",
    "hasnext",
    "hasnextpage",
    "moredata",
    "moreresults",
    "truncated",
    "istruncated",
    "marker",
    "continuation",
    "continuationtoken",
];

/// What a member is about, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Whether the request succeeded.
    Status,
    /// The code or the message of an answer or an error, which may be `true`.
    Outcome,
    /// An error, of which `true` says that there is one.
    Error,
    /// More records.
    More,
    /// The id of the request.
    Request,
    /// Something else.
    Other,
}

impl Word {
    pub(super) fn of(name: &str) -> Self {
        let name = folded(name);
        let is_in = |names: &[&str]| names.contains(&name.as_str());
        match name.as_str() {
            "requestid" => Self::Request,
            _ if is_in(&STATUS) => Self::Status,
            "code" | "message" | "msg" => Self::Outcome,
            _ if is_in(&ERROR) || name.starts_with("err") || name.contains("error") => Self::Error,
            _ if is_in(&MORE) || name.starts_with("next") => Self::More,
            _ => Self::Other,
        }
    }

    /// Whether a value is bad news: it does not say success, or announces more. A value that is null or
    /// empty says nothing.
    pub(super) fn is_bad(self, kind: Kind, text: &str) -> bool {
        let is_one_of = |texts: &[&str]| texts.iter().any(|one| text.eq_ignore_ascii_case(one));
        match (self, kind) {
            (Self::Request | Self::Other, _) | (_, Kind::Null) => false,
            (_, Kind::String) if text.trim().is_empty() => false,
            (Self::More, Kind::Number) => Number::parse(text) != Some(Number::Integer(0)),
            (Self::More, _) => !is_one_of(&["false"]),
            (Self::Status | Self::Outcome, Kind::True) => false,
            (_, Kind::Number) => Number::parse(text) != Some(Number::Integer(200)),
            (Self::Status | Self::Outcome, Kind::String) if is_one_of(&["true"]) => false,
            (_, Kind::String) => !is_one_of(&["200", "ok", "success"]),
            _ => true,
        }
    }
}

/// A name in lower case without its separators.
pub(super) fn folded(name: &str) -> String {
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-'));
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a text begins like JSON that holds something, however often it was quoted.
pub(super) fn is_like_json(text: &str) -> bool {
    let is_before = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '"' | '\'' | '\\');
    text.trim_start_matches(is_before).starts_with(['{', '['])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_in_any_case_and_with_any_separator() {
        for (names, word) in [
            (
                &["statusCode", "StatusCode", "status_code", "HTTP-Status", "isSuccess", "OK"][..],
                Word::Status,
            ),
            (&["Code", "MESSAGE", "msg"], Word::Outcome),
            (
                &[
                    "Error",
                    "errors",
                    "errno",
                    "ErrorCode",
                    "error_code",
                    "ErrMsg",
                    "LastError",
                    "HostId",
                ],
                Word::Error,
            ),
            (
                &["NextToken", "next_page", "nextCursor", "HasMore", "is_truncated", "Marker"],
                Word::More,
            ),
            (&["RequestId", "requestId", "request_id"], Word::Request),
            (
                &["DataList", "CountryCode", "Foo", "Port", "Protocol", "TotalCount", "", "备注"],
                Word::Other,
            ),
        ] {
            for name in names {
                assert_eq!(Word::of(name), word, "{name}");
            }
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table is long")]
    fn only_what_reads_as_success_is_no_failure() {
        let is_bad = |word: Word, json: &str| {
            let raw = crate::json::Raw::of(json).unwrap();
            word.is_bad(raw.kind, &crate::json::decode_lossy(json))
        };
        for json in [
            "200",
            "200.0",
            "\"200\"",
            "\"OK\"",
            "\"ok\"",
            "\"Success\"",
            "\"SUCCESS\"",
            "null",
            "\"\"",
        ] {
            for word in [Word::Status, Word::Outcome, Word::Error] {
                assert!(!is_bad(word, json), "{word:?} {json}");
            }
        }
        for json in [
            "206",
            "299",
            "204",
            "500",
            "0",
            "1",
            "false",
            "\"false\"",
            "\"200 OK\"",
            "\"500 Internal Server Error\"",
            "\"successful\"",
            "2000",
            "-200",
            "\"failed\"",
        ] {
            for word in [Word::Status, Word::Outcome, Word::Error] {
                assert!(is_bad(word, json), "{word:?} {json}");
            }
        }
        for (json, is_failure) in [("true", false), ("\"TRUE\"", false)] {
            assert_eq!(is_bad(Word::Status, json), is_failure);
            assert_eq!(is_bad(Word::Outcome, json), is_failure);
            assert!(is_bad(Word::Error, json), "an error that is there is no success");
        }
        for (json, is_more) in [
            ("null", false),
            ("\"\"", false),
            ("false", false),
            ("\"False\"", false),
            ("0", false),
            ("true", true),
            ("1", true),
            ("\"abc\"", true),
            ("\"0\"", true),
        ] {
            assert_eq!(is_bad(Word::More, json), is_more, "{json}");
        }
        assert!(!is_bad(Word::Other, "500") && !is_bad(Word::Request, "\"x\""));
    }

    #[test]
    fn a_text_may_be_json_within() {
        for text in ["{}", " [1]", "\u{feff}{\"a\":1}", "\"{\\\"a\\\":1}\"", "\n\t{"] {
            assert!(is_like_json(text), "{text}");
        }
        for text in ["", "abc", "\"abc\"", "1", "a{", "<html>", "(x)"] {
            assert!(!is_like_json(text), "{text}");
        }
    }
}
