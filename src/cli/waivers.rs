//! `portcullis waivers`: what is accepted, for how many days yet, and what each waiver hides today.

use std::fmt::Write as _;
use std::io::{self, Write};

use clap::Args;

use crate::analysis::Depth;
use crate::output::Format;
use crate::policy::{Waiver, WhenUnknown};
use crate::snapshot::Hashes;
use crate::text::printable;
use crate::triage::{FailOn, Terms, WaiverUse, day};

use super::Stop;
use super::judge::Asked;
use super::load::load_for;
use super::options::{EvidenceOptions, Look, PolicyOptions, WaiverOptions};
use super::project::Settings;
use super::show::{Shown, count, unless_closed};

/// List waivers: days left, and with evidence what each hides today
#[derive(Debug, Args)]
pub(super) struct Waivers {
    #[command(flatten)]
    evidence: EvidenceOptions,
    #[command(flatten)]
    policies: PolicyOptions,
    #[command(flatten)]
    waivers: WaiverOptions,
}

impl Waivers {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        let shown = Shown::new(Format::Human, look);
        let stop = |problems| Stop::Problems(problems, shown.clone());
        let settings = Settings::find(self.policies.config.as_deref()).map_err(stop)?;
        let has_evidence = !self.evidence.input.is_empty() || !settings.project.evidence.is_empty();
        let mut text = String::new();
        if has_evidence {
            let asked = Asked {
                evidence: &self.evidence,
                fresh: None,
                policies: &self.policies,
                waivers: &self.waivers,
                settings: &settings,
                hashes: Hashes::Left,
                framework: None,
            };
            let (report, notes) = asked.report(terms).map_err(stop)?;
            shown.notes(&notes);
            let today = day(report.time);
            for (waiver, used) in report.policies.waivers.iter().zip(&report.waivers) {
                line(waiver, Some(used), today, &mut text);
            }
        } else {
            let waivers = Some(&self.waivers);
            let loaded = load_for(&settings, &self.policies, waivers, Depth::Each).map_err(stop)?;
            for waiver in &loaded.policies.waivers {
                line(waiver, None, loaded.today(), &mut text);
            }
        }
        if text.is_empty() {
            text.push_str("there are no waivers\n");
        }
        unless_closed(io::stdout().lock().write_all(text.as_bytes()))?;
        Ok(0)
    }
}

/// Nothing fails: it is only looked.
fn terms(time: jiff::Timestamp) -> Terms {
    Terms {
        time,
        fail_on: FailOn::Never,
        when_unknown: WhenUnknown::Report,
        assume_complete: false,
        allow_partial: false,
        max_age: None,
    }
}

/// One waiver on a line: where, of what, how long yet, what it hides, and why.
fn line(waiver: &Waiver, used: Option<&WaiverUse>, today: jiff::civil::Date, text: &mut String) {
    let at = waiver.location.position();
    let source = printable(waiver.location.source.name());
    // Writing to a string cannot fail.
    let _ = write!(text, "{source}:{}:{}: {}", at.line, at.column, printable(&waiver.policy));
    if let Some(words) = &waiver.words {
        let _ = write!(text, " where {}", printable(words));
    }
    let left = today.until(waiver.expires).map_or(0, |span| i64::from(span.get_days()));
    let _ = match usize::try_from(left) {
        Ok(0) => write!(text, ", last day today"),
        Ok(days) => write!(text, ", {} left", count(days, "day", "days")),
        Err(_) => write!(text, ", expired on {}", waiver.expires),
    };
    if let Some(used) = used {
        let hidden = usize::try_from(used.waived).unwrap_or(usize::MAX);
        let _ = write!(text, ", hides {}", count(hidden, "finding", "findings"));
    }
    if let Some(owner) = &waiver.owner {
        let _ = write!(text, ", by {}", printable(owner));
    }
    let _ = writeln!(text, ": {}", printable(waiver.reason.trim()));
}
