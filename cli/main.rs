//! The `katonic` command: parses, runs, and maps how it ended to an exit code.

mod answers;
mod args;
mod client;
mod commands;
mod completion;
mod context;
mod contexts;
mod definition;
mod environment;
mod example;
mod failure;
mod manual;
mod output;
mod process;
mod repository;
mod request;
mod secret;
mod session;
mod site;
mod suggest;
mod tls;
mod trouble;
mod yaml;

use args::{Cli, Command, Options};
use environment::Environment;
use failure::{Answer, Exit, Failure};
use output::Output;
use session::Session;
use std::env;
use std::process::ExitCode;
use tokio::runtime::Builder;
use tokio::signal::ctrl_c;

/// A call allocates some hundred times: with the system's allocator that was a quarter of its cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    secret::keep_from_core_dumps();
    let environment = Environment::read();
    if let Some(shell) = &environment.complete {
        // Nobody may be left to read it, and a shell has no place for words of ours.
        drop(completion::answer(shell));
        return ExitCode::SUCCESS;
    }
    let cli = match manual::parse() {
        Ok(cli) => cli,
        Err(error) => return refused(&error, &environment),
    };
    let output = Output::new(&cli.options, &environment);
    let exit = match start(cli, environment, output.clone()) {
        Ok(answer) => answer.exit(),
        Err(failure) => {
            output.failure(&failure);
            failure.exit
        }
    };
    ExitCode::from(exit as u8)
}

/// Says what was wrong with the command line, or prints the help that was asked for.
fn refused(error: &clap::Error, environment: &Environment) -> ExitCode {
    if let Some(failure) = suggest::instead(error, env::args().skip(1)) {
        Output::new(&Options::default(), environment).failure(&failure);
    } else {
        // Nobody may be left to read it.
        drop(error.print());
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(Exit::Usage as u8))
}

fn start(cli: Cli, environment: Environment, output: Output) -> Result<Answer, Failure> {
    if let Some(Command::ReadFile(file)) = &cli.command {
        // Without a runtime: its threads would count into the bounds.
        return Ok(daemon::read_in_child(&file.ending).map(|()| Answer::Yes)?);
    }
    let session = Session::new(cli.options, environment, output)?;
    let runtime = Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Unavailable, format!("The system gives no threads: {error}")))?;
    let result = runtime.block_on(until_interrupted(&session, cli.command));
    // A thread may still wait for standard input, for ever.
    runtime.shutdown_background();
    result
}

async fn until_interrupted(session: &Session, command: Option<Command>) -> Result<Answer, Failure> {
    if command.as_ref().is_some_and(Command::handles_signals) {
        return commands::run(session, command).await;
    }
    tokio::select! {
        result = commands::run(session, command) => result,
        Ok(()) = ctrl_c() => Err(session.interrupted()),
    }
}
