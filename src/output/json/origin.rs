//! How evidence was asked for, as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::snapshot::Origin;

#[derive(Serialize)]
pub(super) struct OriginText<'a> {
    endpoint: &'a str,
    region: Option<&'a str>,
    account: Option<&'a str>,
    profile: Option<&'a str>,
    filters: BTreeMap<&'a str, &'a str>,
    window: Option<WindowText>,
    started: String,
    finished: String,
}

#[derive(Serialize)]
struct WindowText {
    since: String,
    until: String,
}

impl<'a> OriginText<'a> {
    pub(super) fn new(origin: &'a Origin) -> Self {
        let filters = origin.filters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        Self {
            endpoint: &origin.endpoint,
            region: origin.region.as_deref(),
            account: origin.account.as_deref(),
            profile: origin.profile.as_deref(),
            filters: filters.collect(),
            window: origin.window.map(|(since, until)| WindowText {
                since: since.to_string(),
                until: until.to_string(),
            }),
            started: origin.started.to_string(),
            finished: origin.finished.to_string(),
        }
    }
}
