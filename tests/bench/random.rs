//! A seeded stream of numbers (SplitMix64): the same seed gives the same evidence on every machine.

/// The generator of all that varies in generated evidence.
pub(crate) struct Random {
    state: u64,
}

impl Random {
    /// A stream that depends on `seed` alone.
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound`, without `bound`; 0 if `bound` is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.next()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// Whether an event of the given probability (0.0 to 1.0) happens.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        const DENOMINATOR: u32 = 1 << 30;
        let drawn = u32::try_from(self.below(u64::from(DENOMINATOR))).unwrap_or(0);
        f64::from(drawn) < probability * f64::from(DENOMINATOR)
    }

    /// One of `choices`, each as likely as its weight; the type's default of an empty list.
    pub(crate) fn weighted<T: Copy + Default>(&mut self, choices: &[(u64, T)]) -> T {
        let mut left = self.below(choices.iter().map(|(weight, _)| weight).sum());
        for &(weight, choice) in choices {
            if left < weight {
                return choice;
            }
            left -= weight;
        }
        T::default()
    }

    /// One of `choices`, all equally likely; the type's default of an empty list.
    pub(crate) fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        let count = u64::try_from(choices.len()).unwrap_or(0);
        let index = usize::try_from(self.below(count)).unwrap_or(0);
        choices.get(index).copied().unwrap_or_default()
    }

    /// A number of `from` to `to` bits: small ones are as likely as large ones, as with traffic.
    pub(crate) fn magnitude(&mut self, from: u32, to: u32) -> u64 {
        let bits = u64::from(from) + self.below(u64::from(to.saturating_sub(from)));
        let floor = 1_u64 << bits.min(62);
        floor + self.below(floor)
    }
}
