//! The command line: which role, with which flags.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Puts original music under video: an MCP server with a studio of its own.
#[derive(Debug, Parser)]
#[command(
    name = "bedtrack",
    version,
    about,
    after_help = "Without a command it speaks MCP over stdio: what Claude Desktop, Cursor and the MCP Inspector start."
)]
pub struct Cli {
    /// The role; none: MCP over stdio.
    #[command(subcommand)]
    pub role: Option<Role>,
    /// Flags of every role.
    #[command(flatten)]
    pub common: Common,
}

/// Flags of every role; each wins over the variable it names.
#[derive(Debug, Default, Clone, Args)]
pub struct Common {
    /// `local` or `cloud` [BEDTRACK_BACKEND]
    #[arg(long, global = true, value_name = "WHICH")]
    pub backend: Option<String>,
    /// Folder of database, media and tokens [BEDTRACK_HOME]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub home: Option<String>,
    /// Folder that exports are written to [BEDTRACK_OUTPUT]
    #[arg(long, global = true, value_name = "FOLDER")]
    pub output: Option<String>,
}

impl Common {
    /// The flags as the variables they stand for.
    pub fn as_variables(&self) -> impl Iterator<Item = (&'static str, String)> {
        [
            ("BEDTRACK_BACKEND", self.backend.clone()),
            ("BEDTRACK_HOME", self.home.clone()),
            ("BEDTRACK_OUTPUT", self.output.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }
}

/// What the binary is to be.
#[derive(Debug, Subcommand)]
pub enum Role {
    /// MCP over streamable HTTP at /mcp
    Serve(Listen),
    /// The local studio alone, as a service that speaks the NemoVideo API
    Studio(Listen),
    /// Make music (and a video with it) from the terminal
    Compose(Compose),
    /// Say what is found and what is missing, each with its mend
    Doctor,
    /// Print a new bearer token for a client, and its line for BEDTRACK_AUTH_FILE
    Token {
        /// The client's name
        name: String,
    },
    /// Print the tool contract as Markdown
    Tools,
}

/// Flags of the roles that listen.
#[derive(Debug, Args)]
pub struct Listen {
    /// Address to listen on; port 0 picks a free one [default: 127.0.0.1:8808 for serve, :8809 for studio]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Take requests, but leave the studio's work to others on the same store
    #[arg(long)]
    pub no_jobs: bool,
}

/// Flags of `compose`.
#[derive(Debug, Args)]
pub struct Compose {
    /// What to make, in plain words
    pub request: String,
    /// A clip, photo or song to work on; may be given several times
    #[arg(long = "in", value_name = "FILE")]
    pub inputs: Vec<String>,
    /// The skill that sets limits and wording
    #[arg(long, value_name = "NAME")]
    pub skill: Option<String>,
    /// Length of the music
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub seconds: Option<f64>,
    /// Same request, same seed: the same samples
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Where to write; the ending picks the format
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Also write WAV, MIDI, beat grid, provenance and stems beside the result
    #[arg(long)]
    pub extras: bool,
}
