//! What stands behind the picture: the recordings of a real kernel with which this model agrees step by step, in every
//! fact that was recorded (`tests/kernel`, where a test holds these figures against the recordings).

/// The kernel, whose release the recordings name.
pub const KERNEL: &str = "Linux 6.18";

/// Recorded scenarios in which the model does what the kernel did.
pub const SCENARIOS: u32 = 200;

/// Steps of those scenarios.
pub const STEPS: u32 = 2613;
