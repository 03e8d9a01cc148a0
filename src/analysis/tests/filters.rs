//! What a filter could hide, against every record of the small world.

use std::sync::Arc;

use crate::analysis::may_hide;
use crate::operation::call::{Call, Errors, Hosts, Narrows, Parameter, Takes};
use crate::policy::{Condition, Policy};

use super::{
    HOSTS, NAME, PORT, RISK, SERVICES, above, all, any_of, code, deny, known, member, not,
};

/// The policy, of an operation that takes filters.
fn filtered(condition: Condition) -> Policy {
    let mut policy = deny(condition);
    let parameter = |name: &str, narrows| Parameter {
        name: name.to_owned(),
        about: String::new(),
        takes: Takes::Text,
        narrows,
    };
    let mut operation = (*policy.operation).clone();
    operation.call = Some(Call {
        parameters: vec![
            parameter("Port", Narrows::To(PORT)),
            parameter("Risk", Narrows::To(RISK)),
            parameter("Service", Narrows::To(SERVICES)),
            parameter("Name", Narrows::To(NAME)),
            parameter("NearPort", Narrows::Near(PORT)),
            parameter("Source", Narrows::Unclear),
            parameter("Language", Narrows::Nothing),
        ],
        paging: None,
        window: None,
        hosts: Hosts { sites: Vec::new(), otherwise: String::new(), regions: Vec::new() },
        errors: Errors::default(),
        access: None,
    });
    policy.operation = Arc::new(operation);
    policy
}

fn port(number: i64) -> Condition {
    let least = super::test(super::at_least(PORT, number));
    all([least, super::below(PORT, number + 1)])
}

#[test]
fn a_filter_hides_what_it_leaves_out_and_the_policy_would_not_pass() {
    let ssh = || member("SSH");
    for (condition, filter, fails, unknown) in [
        // Only what the filter keeps can fail.
        (all([ssh(), port(3)]), ("Port", "3"), false, false),
        (all([ssh(), port(3)]), ("Port", "4"), true, true),
        (all([ssh(), above(PORT, 6)]), ("Port", "7"), false, false),
        (all([ssh(), above(PORT, 5)]), ("Port", "7"), true, true),
        (any_of([port(3), ssh()]), ("Port", "3"), true, true),
        (all([port(3), above(HOSTS, 1)]), ("Port", "3"), false, false),
        // What is in assessment is left out, and is not known to pass.
        (all([ssh(), code([3])]), ("Risk", "3"), false, true),
        (all([ssh(), code([3]), known(RISK)]), ("Risk", "3"), false, false),
        (all([ssh(), code([2, 3]), known(RISK)]), ("Risk", "3"), true, true),
        (all([ssh(), code([-1])]), ("Risk", "-1"), false, false),
        (not(code([3])), ("Risk", "3"), true, true),
        // How names are compared is not known, nor what such parameters leave out.
        (ssh(), ("Service", "SSH"), true, true),
        (port(3), ("Name", "x"), true, true),
        (port(3), ("NearPort", "3"), true, true),
        (port(3), ("Source", "10.0.0.1"), true, true),
        (port(3), ("Elsewhere", "3"), true, true),
        (port(3), ("Port", "three"), true, true),
        (ssh(), ("Language", "en"), false, false),
    ] {
        let policy = filtered(condition);
        let (name, value) = filter;
        assert_eq!(may_hide(&policy, name, value, false), fails, "{name}={value}: {policy:?}");
        assert_eq!(may_hide(&policy, name, value, true), unknown, "{name}={value}: {policy:?}");
    }
}

#[test]
fn of_an_operation_that_nobody_can_ask_anything_may_be_hidden() {
    assert!(may_hide(&deny(port(3)), "Port", "3", false));
}
