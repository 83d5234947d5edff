//! Random numbers that are the same on every machine: xorshift for streams, a hash for single values.

/// A stream of random numbers (Marsaglia's xorshift32).
#[derive(Debug, Clone)]
pub struct Noise {
    state: u32,
}

impl Noise {
    /// A stream that depends on `seed` alone.
    pub fn new(seed: u64) -> Self {
        Self { state: (hash(seed) as u32) | 1 }
    }

    /// The next value, -1 to 1, all alike.
    #[inline]
    pub fn next(&mut self) -> f32 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 17;
        self.state ^= self.state << 5;
        // The top 24 bits fill the mantissa.
        (self.state >> 8) as f32 * (2.0 / 16_777_216.0) - 1.0
    }

    /// The next value, 0 to 1.
    #[inline]
    pub fn unit(&mut self) -> f32 {
        0.5 + 0.5 * self.next()
    }
}

/// Mixes the bits of `value` (the finalizer of splitmix64).
pub fn hash(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Noise that falls by 3 dB an octave: Paul Kellet's economy filter over white noise.
#[derive(Debug, Clone)]
pub struct Pink {
    noise: Noise,
    b: [f32; 3],
}

impl Pink {
    /// A stream that depends on `seed` alone.
    pub fn new(seed: u64) -> Self {
        Self { noise: Noise::new(seed), b: [0.0; 3] }
    }

    /// The next value, seldom beyond ±1.
    #[inline]
    pub fn next(&mut self) -> f32 {
        let white = self.noise.next();
        let [b0, b1, b2] = &mut self.b;
        *b0 = 0.997_65 * *b0 + white * 0.099_046;
        *b1 = 0.963 * *b1 + white * 0.296_516_4;
        *b2 = 0.57 * *b2 + white * 1.052_691_3;
        (*b0 + *b1 + *b2 + white * 0.1848) * 0.25
    }
}
