//! Generated documents: trees of tokens as they are written, and ways to write whitespace between them.

use proptest::collection::vec;
use proptest::prelude::*;

/// A value as it is going to be written.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Scalar(String),
    Array(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Tree {
    /// Writes the tree; `space` says, in turn, what stands between two tokens.
    pub(super) fn write(&self, space: &[u8]) -> String {
        let mut writer = Writer { text: String::new(), space: space.iter().cycle().copied() };
        writer.space();
        writer.tree(self);
        writer.space();
        writer.text
    }
}

struct Writer<I> {
    text: String,
    space: I,
}

impl<I: Iterator<Item = u8>> Writer<I> {
    fn space(&mut self) {
        let choice = self.space.next().unwrap_or_default();
        self.text += match choice % 8 {
            0..=3 => "",
            4 => " ",
            5 => "\n    ",
            6 => "\r\n\t",
            _ => "                   \n",
        };
    }

    fn tree(&mut self, tree: &Tree) {
        match tree {
            Tree::Scalar(token) => self.text += token,
            Tree::Array(elements) => {
                self.text.push('[');
                self.list(elements, Self::tree);
                self.text.push(']');
            }
            Tree::Object(members) => {
                self.text.push('{');
                self.list(members, |writer, (key, value)| {
                    writer.text += key;
                    writer.space();
                    writer.text.push(':');
                    writer.space();
                    writer.tree(value);
                });
                self.text.push('}');
            }
        }
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        self.space();
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                self.text.push(',');
                self.space();
            }
            write(self, item);
            self.space();
        }
    }
}

/// String tokens with every kind of escape; halves of surrogate pairs only if `lone`.
pub(super) fn string_token(lone: bool) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[ !#-\\[\\]-~]{0,20}",
        1 => "[\u{7f}-\u{7ff}端口公网\u{2028}😀\u{10ffff}]{1,4}",
        1 => prop::sample::select(vec!["\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t"])
            .prop_map(str::to_owned),
        1 => "\\\\u[0-9a-cA-C][0-9a-fA-F]{3}",
        1 => Just("\\ud83D\\uDe00".to_owned()),
        u32::from(lone) => "\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}",
    ];
    vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

pub(super) fn number_token() -> impl Strategy<Value = String> {
    prop_oneof![
        "-?(0|[1-9][0-9]{0,6})",
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,10})?([eE][+-]?[0-9]{1,3})?",
    ]
}

fn key_token(lone: bool) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "\"Port\"", "\"RiskLevel\"", "\"\\u0052iskLevel\"", "\"Protocol\"", "\"\"", "\"端口\"",
            "\"a key that is longer than what is compared at once\"",
        ])
        .prop_map(str::to_owned),
        1 => string_token(lone),
    ]
}

pub(super) fn tree(lone: bool) -> impl Strategy<Value = Tree> {
    let literal = prop::sample::select(vec!["true", "false", "null"]).prop_map(str::to_owned);
    let scalar = prop_oneof![literal, number_token(), string_token(lone)].prop_map(Tree::Scalar);
    scalar.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Tree::Array),
            vec((key_token(lone), inner), 0..6).prop_map(Tree::Object),
        ]
    })
}

/// A tree whose top is an object.
pub(super) fn object(lone: bool) -> impl Strategy<Value = Tree> {
    vec((key_token(lone), tree(lone)), 0..12).prop_map(Tree::Object)
}

pub(super) fn spaces() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(vec![0]), vec(any::<u8>(), 1..12)]
}

/// Documents, most of them damaged in one place, as bytes.
pub(super) fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "0", "-", "+", ".", "e",
            "1", "tru", "null", "NaN", "'", "//", "\u{0}", "\n", " ", "\u{feff}", "端",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    let document = (prop_oneof![tree(true), object(true)], spaces());
    (document, 0..4_u8, any::<prop::sample::Index>(), piece).prop_map(
        |((tree, space), how, place, piece)| {
            let mut bytes = tree.write(&space).into_bytes();
            let at = place.index(bytes.len() + 1);
            match how {
                0 => {}
                1 => bytes.truncate(at),
                2 => {
                    bytes.splice(at..at, piece);
                }
                _ => {
                    let end = bytes.len().min(at + piece.len());
                    bytes.splice(at..end, piece);
                }
            }
            bytes
        },
    )
}
