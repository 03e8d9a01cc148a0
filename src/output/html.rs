//! The `html` format: one page for people, from the verdict down to each value that decided. It asks
//! nothing of any server, needs no script, and prints; its script only filters and sorts.

use std::io::{self, Write};

use crate::triage::Report;

use super::item::{Status, items};
use super::{Entry, Hashes, Reader, Style, Told, level};

mod accepted;
mod basis;
mod coverage;
mod difference;
mod exposure;
mod findings;
mod lacking;
mod numbers;
mod page;
mod policies;
mod register;
mod revision;
mod snippet;
mod trend;
mod unjudged;
mod verdict;

pub(super) use difference::write as difference;
use page::Page;
pub(super) use revision::write as revision;

pub(super) const ENTRY: Entry = Entry {
    name: "html",
    about: "One page for people: opens anywhere, needs no script, prints",
    reader: Reader::Machine,
    hashes: Hashes::Shown,
    max_findings: None,
    render,
    problems,
};

fn render(report: &Report, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let lacks: Vec<_> = items(report).take_while(|item| item.finding().is_none()).collect();
    let (missing, noted): (Vec<_>, Vec<_>) =
        lacks.into_iter().partition(|lack| lack.status == Status::Insufficient);
    let mut page =
        Page::begin(&verdict::title(report), Some(report.time), basis::nonce(report), out)?;
    page.put(verdict::banner(report))?;
    page.put(lacking::section(&missing))?;
    let warnings = report.warnings().into_iter();
    let warnings: Vec<_> = warnings.map(|warning| (level(warning.level), warning)).collect();
    page.put(difference::notes(&warnings, "Warnings about policies, approvals and waivers"))?;
    page.put(verdict::contents(report, &missing))?;
    page.put(basis::section(report, &noted))?;
    if report.view.is_some() {
        // What the page is about.
        page.put(coverage::section(report))?;
    }
    page.put(numbers::section(report))?;
    page.put(exposure::section(report))?;
    findings::write(report, &mut page)?;
    page.put(policies::section(report))?;
    page.put(accepted::section(report))?;
    page.put(register::section(report))?;
    if report.view.is_none() {
        page.put(coverage::section(report))?;
    }
    page.put(trend::section(report))?;
    page.end()
}

fn problems(told: &Told<'_>, _style: &Style, out: &mut dyn Write) -> io::Result<()> {
    unjudged::write(told, out)
}
