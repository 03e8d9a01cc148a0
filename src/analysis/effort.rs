//! `Effort` bounds the analysis: it counts the questions asked about single values, and a search that
//! has spent its allowance stops without an answer.

/// Questions about single values that one search may ask.
pub(super) const PER_SEARCH: u64 = 1 << 20;

/// Questions about single values that may be asked to find out whether a part of a rule matters.
pub(super) const PER_PART: u64 = 1 << 16;

/// Questions about single values that the comparison of all policies with one another may ask.
pub(super) const PER_SET: u64 = 1 << 26;

/// What is left to spend.
#[derive(Debug)]
pub(super) struct Effort {
    allowance: u64,
    left: u64,
}

/// Nothing is left: the answer is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exhausted;

impl Effort {
    pub(super) fn new(allowance: u64) -> Self {
        Self { allowance, left: allowance }
    }

    pub(super) fn spend(&mut self, amount: usize) -> Result<(), Exhausted> {
        let left = u64::try_from(amount).ok().and_then(|amount| self.left.checked_sub(amount));
        self.left = left.unwrap_or(0);
        left.map(|_| ()).ok_or(Exhausted)
    }

    /// What one search may spend of this.
    pub(super) fn lend(&self) -> Self {
        Self::new(self.left.min(PER_SEARCH))
    }

    /// Takes off what was spent of a loan.
    pub(super) fn settle(&mut self, loan: Self) {
        self.left = self.left.saturating_sub(loan.allowance - loan.left);
    }

    /// Whether nothing is left.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }
}
