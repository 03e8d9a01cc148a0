//! What a sentence is about: services and sets of them, asked of the operation's subject, and ports. As
//! conditions they ask the same.

use std::collections::BTreeSet;
use std::ops::Bound;

use super::error::ResolveError;
use super::spelling::{Role, Word};
use super::{Resolver, all, any, not, test};
use crate::json::Number;
use crate::operation::{Field, Kind};
use crate::policy::syntax::{Ports, Sentence, Target, TargetKind};
use crate::policy::{Condition, Predicate, Ranges};
use crate::text::{Location, Span};

impl<'a> Resolver<'a> {
    /// What the targets of a sentence ask together; `None` if it has none, or if one is wrong.
    pub(super) fn subject(&mut self, sentence: &'a Sentence) -> Option<Condition> {
        if sentence.is_anything_but {
            return self.anything_but(&sentence.targets);
        }
        let targets: Vec<_> =
            sentence.targets.iter().map(|target| self.target(target, Role::Subject)).collect();
        targets.into_iter().collect::<Option<_>>().map(any)
    }

    /// No port target holds, and the services are not some of those named and nothing else.
    fn anything_but(&mut self, targets: &'a [Target]) -> Option<Condition> {
        let mut open = Vec::new();
        let mut names: Option<BTreeSet<String>> = None;
        let mut failed = false;
        for target in targets {
            match &target.kind {
                TargetKind::Name { name, quoted } => {
                    let role = Role::Subject;
                    let found = self.services((name, *quoted), &target.location, role);
                    failed |= found.is_none();
                    names.get_or_insert_default().extend(found.unwrap_or_default());
                }
                TargetKind::Ports(ports) => {
                    let found = self.ports(ports, &target.location);
                    failed |= found.is_none();
                    open.extend(found);
                }
            }
        }
        let (first, last) = (targets.first()?, targets.last()?);
        let location = first.location.at(first.location.span.to(last.location.span));
        let subject = self.scope.operation.subject;
        open.extend(names.map(|names| {
            let empty = test(Predicate::Empty(subject), &location);
            all(vec![not(empty), test(Predicate::Only(subject, names), &location)])
        }));
        (!failed).then(|| not(any(open)))
    }

    pub(super) fn target(&mut self, target: &'a Target, role: Role) -> Option<Condition> {
        match &target.kind {
            TargetKind::Name { name, quoted } => {
                let names = self.services((name, *quoted), &target.location, role)?;
                Some(self.one_of(self.scope.operation.subject, names, &target.location))
            }
            TargetKind::Ports(ports) => self.ports(ports, &target.location),
        }
    }

    /// The services that a name means: one, or those of a set.
    fn services(
        &mut self,
        (name, quoted): (&'a str, bool),
        location: &'a Location,
        role: Role,
    ) -> Option<BTreeSet<String>> {
        let field = self.field(self.scope.operation.subject);
        if let (false, Some(set)) = (quoted, self.scope.sets.get(name)) {
            let items = self.elements(set, location)?;
            return self.names(&items, field);
        }
        if !quoted && (self.find(name).is_some() || self.is_count(name)) {
            let error = match role {
                Role::Condition => ResolveError::Uncompared {
                    name: name.to_owned(),
                    help: self.comparison_help(name),
                },
                _ => ResolveError::FieldAsTarget { name: name.to_owned() },
            };
            return self.fail_at(&error, location);
        }
        if name.is_empty() {
            return self.fail_at(&ResolveError::EmptyName, location);
        }
        self.check_spelling(&Word { text: name, quoted, role, location }, field);
        Some([field.compared(name)].into())
    }

    /// How to compare a field, or `count`, that stands alone.
    fn comparison_help(&self, name: &str) -> String {
        let field = self.find(name).map(|id| self.field(id));
        let example = match field.map(|field| &field.kind) {
            Some(Kind::TextList) => format!("{name} is empty"),
            Some(Kind::Text | Kind::Address | Kind::Boolean | Kind::Time) => {
                format!("{name} is unknown")
            }
            Some(Kind::Code(codes)) => {
                let code = codes.iter().max_by_key(|code| code.rank);
                format!("{name} {}", code.map_or("1", |code| code.label.as_str()))
            }
            Some(_) | None => format!("{name} > 0"),
        };
        format!("compare it, such as `{example}`")
    }

    fn ports(&mut self, ports: &'a Ports, location: &Location) -> Option<Condition> {
        let port = self.port(ports, location);
        let protocol = ports.protocol.as_ref().map(|(protocol, written)| {
            let id = self.scope.operation.protocol?;
            let field = self.field(id);
            let role = Role::NoSet;
            let word = Word { text: protocol, quoted: false, role, location: written };
            self.check_spelling(&word, field);
            Some(self.one_of(id, [field.compared(protocol)].into(), location))
        });
        let mut parts = vec![port?];
        if let Some(protocol) = protocol {
            parts.push(protocol?);
        }
        Some(all(parts))
    }

    fn port(&mut self, ports: &Ports, location: &Location) -> Option<Condition> {
        let (Some(id), false) = (
            self.scope.operation.port,
            ports.protocol.is_some() && self.scope.operation.protocol.is_none(),
        ) else {
            let operation = self.scope.operation.name.clone();
            return self.fail_at(&ResolveError::NoPort { operation }, location);
        };
        let (first, last) = ports.range;
        let ends = ports.location.text().split_once("..");
        let (start, end) = match ends {
            Some((low, high)) => (low.trim_end().len(), high.trim_start().len()),
            None => (ports.location.span.len(), ports.location.span.len()),
        };
        let span = ports.location.span;
        let low = ports.location.at(Span::new(span.start, span.start + start));
        let high = ports.location.at(Span::new(span.end - end, span.end));
        self.check_port(first, self.field(id), &low)?;
        self.check_port(last, self.field(id), &high)?;
        if first > last {
            let range = ports.location.text().to_owned();
            return self.fail_at(&ResolveError::ReversedRange { range }, &ports.location);
        }
        let bound = |port| Bound::Included(Number::Integer(port));
        let ranges = Ranges::new([(bound(first), bound(last))]);
        Some(test(Predicate::Number(id, ranges), location))
    }

    fn check_port(&mut self, port: i64, field: &Field, written: &Location) -> Option<()> {
        let beyond = field.range.filter(|(low, high)| !(*low..=*high).contains(&port));
        let Some((low, high)) = beyond else {
            return Some(());
        };
        let (number, field) = (port.to_string(), field.name.clone());
        self.fail_at(&ResolveError::OutOfRange { number, field, low, high }, written)
    }
}
