//! What keeps the evidence from proving anything: above everything that was found in it.

use maud::{Markup, html};

use crate::output::item::Item;

use super::page::{self, place, said};

/// What is missing; nothing where nothing is.
pub(super) fn section(missing: &[Item<'_>]) -> Markup {
    if missing.is_empty() {
        return html! {};
    }
    let body = html! {
        p { "A policy that finds nothing in evidence that is not all there has proven nothing." }
        (list(missing))
    };
    html! { div.lacking { (page::section("evidence", "Evidence is not sufficient", body)) } }
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
