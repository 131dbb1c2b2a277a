//! What the stage shows. (Half B replaces this file.)

use crate::seam::Look;

/// A picture.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scene {
    /// The step it is of.
    pub step: u64,
}

/// The picture of a moment.
pub fn scene(look: &Look) -> Scene {
    Scene { step: look.now.steps() }
}
