//! The shape of the film, which a state keeps beside its draft.

use bedtrack_wire::draft::Object;
use bedtrack_wire::look::{Aspect, Fit};
use serde_json::{Value, json};

const ASPECT: &str = "aspect";
const FIT: &str = "fit";

/// A shape, and how pictures of another one fill it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shape {
    /// Width to height.
    pub aspect: Aspect,
    /// What becomes of pictures that are shaped otherwise.
    pub fit: Fit,
}

impl Shape {
    pub(crate) fn read(canvas: &Value) -> Self {
        let written = |key: &str| canvas.get(key).cloned().unwrap_or_default();
        Self {
            aspect: serde_json::from_value(written(ASPECT)).unwrap_or_default(),
            fit: serde_json::from_value(written(FIT)).unwrap_or_default(),
        }
    }

    pub(crate) fn write(self, canvas: &mut Value) {
        if self == Self::read(canvas) {
            return;
        }
        let mut object: Object = canvas.as_object().cloned().unwrap_or_default();
        object.insert(ASPECT.to_owned(), json!(self.aspect));
        object.insert(FIT.to_owned(), json!(self.fit));
        *canvas = Value::Object(object);
    }
}
