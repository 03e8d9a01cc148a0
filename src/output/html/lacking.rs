//! What keeps the evidence from proving anything: above everything that was found in it.

use maud::{Markup, html};

use crate::output::elsewhere;
use crate::output::item::Item;

use super::page::{self, place, said};

/// What is missing; nothing where nothing is.
pub(super) fn section(missing: &[Item<'_>]) -> Markup {
    if missing.is_empty() {
        return html! {};
    }
    let body = html! {
        @if is_elsewhere(missing) {
            p { "This page shows one framework. What other policies found decides as well." }
        } @else {
            p { "A policy that finds nothing in evidence that is not all there has proven nothing." }
        }
        (list(missing))
    };
    html! { div.lacking { (page::section("evidence", title(missing), body)) } }
}

/// What the part is called.
pub(super) fn title(missing: &[Item<'_>]) -> &'static str {
    if is_elsewhere(missing) { "Found elsewhere" } else { "Evidence is not sufficient" }
}

/// Whether nothing is missing but what a view leaves out.
fn is_elsewhere(missing: &[Item<'_>]) -> bool {
    missing.iter().all(|item| item.kind() == elsewhere::CODE)
}

/// What is to be said of evidence, item by item.
pub(super) fn list(items: &[Item<'_>]) -> Markup {
    html! {
        ul.lacks { @for item in items { li {
            p { strong { (said(&item.message())) } " " code { (item.kind()) } }
            @if let Some(help) = item.help() { p.help { (said(&help)) } }
            p { (place(item.source(), item.position())) }
        } } }
    }
}
