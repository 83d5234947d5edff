//! The composer's dice: small, seeded, and the same on every machine. Each decision-maker draws from a stream of its own,
//! so that one who draws more or less leaves the others' choices as they were.

/// PCG-XSH-RR 64/32 (O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms", 2014).
#[derive(Debug, Clone)]
pub struct Rng {
    state: u64,
    stream: u64,
}

const MULTIPLIER: u64 = 6_364_136_223_846_793_005;

impl Rng {
    /// The stream called `label` of `seed`.
    pub fn new(seed: u64, label: &str) -> Self {
        // FNV-1a keeps streams apart by name; the seed is spread by the generator itself.
        let name = label
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut rng = Self { state: 0, stream: (name << 1) | 1 };
        rng.next();
        rng.state = rng.state.wrapping_add(seed ^ name.rotate_left(17));
        rng.next();
        rng.next();
        rng
    }

    fn next(&mut self) -> u32 {
        let old = self.state;
        self.state = old.wrapping_mul(MULTIPLIER).wrapping_add(self.stream);
        let xorshifted = (((old >> 18) ^ old) >> 27) as u32;
        xorshifted.rotate_right((old >> 59) as u32)
    }

    /// From 0 up to, not including, 1.
    pub fn unit(&mut self) -> f64 {
        f64::from(self.next()) / 4_294_967_296.0
    }

    /// From `low` up to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// From 0 up to, not including, `n`; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        (self.unit() * n as f64) as usize
    }

    /// Yes with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// Around 0 with standard deviation 1, near enough normal: the sum of twelve even draws.
    pub fn gauss(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }

    /// One of them.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let index = self.below(of.len());
        of.get(index)
    }

    /// One of them by weight; the first where no weight is above 0.
    pub fn weigh<'a, T>(&mut self, of: &'a [(T, f64)]) -> Option<&'a T> {
        let total: f64 = of.iter().map(|(_, weight)| weight.max(0.0)).sum();
        let mut left = self.unit() * total;
        for (item, weight) in of {
            left -= weight.max(0.0);
            if left < 0.0 {
                return Some(item);
            }
        }
        of.first().map(|(item, _)| item)
    }
}

#[cfg(test)]
mod tests {
    use super::Rng;

    #[test]
    fn same_seed_and_label_give_the_same_draws_and_another_label_others() {
        let draws = |seed, label| {
            let mut rng = Rng::new(seed, label);
            (0..8).map(|_| rng.below(1000)).collect::<Vec<_>>()
        };
        assert_eq!(draws(7, "bass"), draws(7, "bass"));
        assert_ne!(draws(7, "bass"), draws(7, "drums"));
        assert_ne!(draws(7, "bass"), draws(8, "bass"));
    }

    #[test]
    fn draws_spread_evenly() {
        let mut rng = Rng::new(1, "x");
        let mean = (0..10_000).map(|_| rng.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
    }
}
