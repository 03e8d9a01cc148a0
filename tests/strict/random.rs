//! A seeded source of choices, so that every case can be repeated.

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below a bound.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.number() % bound as u64) as usize
    }

    /// Returns true so many times in a hundred.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    /// Returns a few different choices in their order, at least one.
    pub fn some<T: Clone>(&mut self, choices: &[T]) -> Vec<T> {
        let first = self.below(choices.len());
        let keeps = |index: usize, random: &mut Random| index == first || random.percent(25);
        let indices: Vec<usize> = (0..choices.len()).filter(|index| keeps(*index, self)).collect();
        indices.into_iter().map(|index| choices[index].clone()).collect()
    }
}
