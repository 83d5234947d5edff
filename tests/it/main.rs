//! All integration tests, in one binary: they start the real one and speak to it as its users do.

mod dependencies;
mod harness;
mod rooms;
