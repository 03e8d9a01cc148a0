//! What a sentence is about: services and sets of them, asked of the operation's subject, and ports.

use std::ops::Bound;

use super::error::ResolveError;
use super::text::{Word, folded};
use super::{Resolver, all, test};
use crate::json::Number;
use crate::policy::syntax::{Target, TargetKind};
use crate::policy::{Condition, Predicate, Ranges};
use crate::text::{Location, Span};

impl<'a> Resolver<'a> {
    pub(super) fn target(&mut self, target: &'a Target) -> Option<Condition> {
        match &target.kind {
            TargetKind::Name { name, quoted } => self.service(name, *quoted, &target.location),
            TargetKind::Port { port, protocol } => {
                let port = self.port(*port, &target.location);
                let protocol =
                    protocol.as_ref().map(|protocol| self.protocol(protocol, &target.location));
                let mut parts = vec![port?];
                if let Some(protocol) = protocol {
                    parts.push(protocol?);
                }
                Some(all(parts))
            }
        }
    }

    fn service(&mut self, name: &str, quoted: bool, location: &'a Location) -> Option<Condition> {
        let subject = self.scope.operation.subject;
        let field = self.field(subject);
        if let (false, Some(set)) = (quoted, self.scope.sets.get(name)) {
            let items = self.elements(set, location)?;
            let names = self.names(&items, field)?;
            return Some(self.one_of(subject, names, location));
        }
        if !quoted && self.find(name).is_some() {
            let name = name.to_owned();
            return self.fail_at(&ResolveError::FieldAsTarget { name }, location);
        }
        if name.is_empty() {
            return self.fail_at(&ResolveError::EmptyName, location);
        }
        let word = Word { text: name, quoted, may_be_set: true, location };
        self.check_spelling(&word, field);
        let names = [folded(field, name.to_owned())].into();
        Some(self.one_of(subject, names, location))
    }

    fn port(&mut self, port: i64, location: &Location) -> Option<Condition> {
        let Some(id) = self.scope.operation.port else {
            let operation = self.scope.operation.name.clone();
            return self.fail_at(&ResolveError::NoPort { operation }, location);
        };
        let field = self.field(id);
        if let Some((low, high)) = field.range.filter(|(low, high)| !(*low..=*high).contains(&port))
        {
            let error = ResolveError::OutOfRange {
                number: port.to_string(),
                field: field.name.clone(),
                low,
                high,
            };
            let (literal, _) = halves(location);
            return self.fail_at(&error, &literal);
        }
        let port = Bound::Included(Number::Integer(port));
        let ranges = Ranges::new([(port, port)]);
        Some(test(Predicate::Number(id, ranges), location))
    }

    fn protocol(&mut self, protocol: &str, location: &Location) -> Option<Condition> {
        let Some(id) = self.scope.operation.protocol else {
            let operation = self.scope.operation.name.clone();
            return self.fail_at(&ResolveError::NoPort { operation }, location);
        };
        let field = self.field(id);
        let (_, written) = halves(location);
        let word = Word { text: protocol, quoted: false, may_be_set: false, location: &written };
        self.check_spelling(&word, field);
        let names = [folded(field, protocol.to_owned())].into();
        Some(self.one_of(id, names, location))
    }
}

/// The places of the port and of the protocol in `3389/tcp`.
fn halves(location: &Location) -> (Location, Location) {
    match location.text().split_once('/') {
        None => (location.clone(), location.clone()),
        Some((port, _)) => {
            let slash = location.span.start + port.len();
            (
                location.at(Span::new(location.span.start, slash)),
                location.at(Span::new(slash + 1, location.span.end)),
            )
        }
    }
}
