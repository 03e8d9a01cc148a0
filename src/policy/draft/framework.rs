//! A file that begins with `framework:`: a standard and its controls.

use super::error::DraftError;
use super::policy::control_id;
use super::shape::{Document, Form, Item, words_of};
use crate::policy::controls::{Control, Framework, NamedIn, Strength};
use crate::policy::slug::{MAX_ID, is_id};
use crate::text::{Location, Problem};
use crate::yaml::{Entry, Node};

/// The key that tells such a file from one of policies.
pub(super) const FIRST_KEY: &str = "framework";

/// A file of one framework.
const FRAMEWORK_FILE: Document = Document {
    within: "a framework",
    keys: &[FIRST_KEY, "aliases", "name", "version", "source", "note", "named_in", "controls"],
    expected: "a mapping with `framework:`",
    help: "begin with `framework:` and its id, and list its controls under `controls:`",
};

const CONTROL_KEYS: &[&str] = &["title", "strength", "use", "oscal"];

/// Reads the document of one file; nothing where it is not whole, which is told. With it goes the place
/// of its id.
pub(in crate::policy) fn read(
    root: &Node,
    problems: &mut Vec<Problem>,
) -> Option<(Framework, Location)> {
    let form = Form::of_document(root, &FRAMEWORK_FILE, problems)?;
    let id = form.required(FIRST_KEY, problems);
    let place = id.map(|item| words_of(item.node));
    let id = id.and_then(|item| framework_id(item, problems));
    let name = form.required("name", problems).and_then(|item| item.text(problems));
    let version = form.required("version", problems).and_then(|item| item.text(problems));
    let controls = form.required("controls", problems).and_then(|item| controls(item, problems));
    Some((
        Framework {
            aliases: form.read("aliases", problems, Item::texts),
            source: form.read("source", problems, Item::text),
            note: form.read("note", problems, Item::text),
            named_in: form
                .read("named_in", problems, |item, problems| {
                    item.choice(&NamedIn::ALL, NamedIn::name, problems)
                })
                .unwrap_or_default(),
            id: id?,
            name: name?,
            version: version?,
            controls: controls?,
        },
        place?,
    ))
}

fn framework_id(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<String> {
    let id = item.text(problems)?;
    if !is_id(&id) {
        problems.push(item.problem(&DraftError::BadId { id, limit: MAX_ID }, "not an id"));
        return None;
    }
    Some(id)
}

/// `1.4.4: {title: …, strength: partial, use: …}`
fn controls(item: Item<'_>, problems: &mut Vec<Problem>) -> Option<Vec<Control>> {
    let entries = item.node.as_mapping().unwrap_or_default();
    if entries.is_empty() {
        problems.push(match item.node.as_mapping() {
            Some(_) => item.empty(),
            None if item.is_null() => item.empty(),
            None => {
                let help = "write `1.4.4: {title: …, strength: partial}`".to_owned();
                item.wrong_with("a mapping from control ids to controls", Some(help))
            }
        });
        return None;
    }
    let controls: Vec<_> = entries.iter().map(|entry| control(entry, problems)).collect();
    controls.into_iter().collect()
}

fn control(entry: &Entry, problems: &mut Vec<Problem>) -> Option<Control> {
    let id = control_id(Item { key: &entry.key, node: &entry.key }, problems);
    let form = Form::of(Item::of(entry), "a control", CONTROL_KEYS, problems)?;
    let title = form.required("title", problems).and_then(|item| item.text(problems));
    let strength = form
        .required("strength", problems)
        .and_then(|item| item.choice(&Strength::ALL, Strength::name, problems));
    Some(Control {
        bearing: form.read("use", problems, Item::text),
        oscal: form.read("oscal", problems, Item::text),
        id: id?,
        title: title?,
        strength: strength?,
    })
}
