//! How a waiting caller hears how its work is getting on.

/// Where a piece of work stands, in words for people and, where it can be told, as a part of the whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// What is being done, such as "Composing".
    pub words: String,
    /// 0 to 1, where it is known.
    pub fraction: Option<f64>,
}

impl Step {
    /// Words alone.
    pub fn words(words: impl Into<String>) -> Self {
        Self { words: words.into(), fraction: None }
    }

    /// Words with how much is done, 0 to 1.
    pub fn part(words: impl Into<String>, fraction: f64) -> Self {
        Self { words: words.into(), fraction: Some(fraction.clamp(0.0, 1.0)) }
    }
}

/// Takes steps. Called at every change and otherwise every few seconds while the caller waits, so an implementation
/// may forward each one; it must not block.
pub trait Progress: Send + Sync {
    /// Hears one step.
    fn say(&self, step: &Step);
}

/// Takes the steps of work that runs in the background.
pub type Say = std::sync::Arc<dyn Fn(Step) + Send + Sync>;

/// Nobody listens.
impl Progress for () {
    fn say(&self, _: &Step) {}
}
