//! `portcullis report`: judges as `check` does, and shows what that says of one framework.

use clap::Args;

use super::Stop;
use super::check::Check;
use super::options::Look;

const EXAMPLES: &str = "\
The exit code is that of `portcullis check` with the same input and flags: findings of other
policies are counted, not shown, and they decide as well. `portcullis list frameworks` names
the frameworks, and `portcullis list controls FRAMEWORK` their controls.

Examples:
  portcullis report --framework cis-alibaba-cloud-2.0 saved/
  portcullis report --framework pci-dss-4.0.1 saved/ -f markdown -o json=pci.json";

/// Judge, and show one framework: its controls, and what speaks against them
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Report {
    /// The framework, by its id or another name that it goes by
    #[arg(long, value_name = "ID", env = "PORTCULLIS_FRAMEWORK", hide_env_values = true)]
    framework: String,
    #[command(flatten)]
    check: Check,
}

impl Report {
    pub(super) fn run(&self, look: &Look) -> Result<u8, Stop> {
        self.check.run_for(Some(&self.framework), look)
    }
}
