//! What the front door needs behind it: somebody who takes the call of a tool. A trait, so that the door's own tests can
//! put a scripted one there.

use serde_json::Value;

use crate::director::tools::{Calling, Tool};
use crate::director::{Caller, Director, Progress};

/// Takes calls. A call that is taken back fires [`Caller::cancelled`]; a dropped future means that nobody waits any more;
/// the work itself may go on.
pub trait Behind: Send + Sync + 'static {
    /// Puts a call to a tool.
    ///
    /// # Errors
    /// Where the arguments are not what it takes.
    fn call<'a>(
        &'a self,
        tool: &'static Tool,
        caller: &'a Caller,
        arguments: Value,
        progress: &'a dyn Progress,
    ) -> Calling<'a>;
}

impl Behind for Director {
    fn call<'a>(
        &'a self,
        tool: &'static Tool,
        caller: &'a Caller,
        arguments: Value,
        progress: &'a dyn Progress,
    ) -> Calling<'a> {
        Director::call(self, tool, caller, arguments, progress)
    }
}
