//! The command line of ikecompat: parses arguments, runs one subcommand, chooses the exit status.

#![warn(clippy::too_many_lines)]

use std::io::{self, Write};
use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    let arguments = match cli::parse(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(usage) => return not_run(&usage),
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    let outcome = cli::run(&arguments, &mut out).and_then(|exit| {
        out.flush()?;
        Ok(exit)
    });
    cli::terminal::say_postponed();
    match outcome {
        Ok(exit) => exit.into(),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::from(2)
        }
    }
}

/// Says what clap has to say: the version, help, or what is wrong with the arguments.
fn not_run(usage: &clap::Error) -> ExitCode {
    let said = if usage.kind() == clap::error::ErrorKind::DisplayVersion {
        writeln!(io::stdout(), "{}", cli::version())
    } else if usage.use_stderr() {
        // What is wrong with the words looks as every other complaint does.
        cli::terminal::say(&usage.render().to_string());
        Ok(())
    } else {
        usage.print()
    };
    // clap knows which stream and status its message wants; help is no error.
    let said = said.and_then(|()| io::stdout().flush());
    match said {
        _ if usage.use_stderr() => ExitCode::from(2),
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            report(&error.into());
            ExitCode::from(2)
        }
    }
}

/// A reader that has seen enough is no failure.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        // What is written by way of JSON fails in an error of its own.
        let json = cause.downcast_ref::<serde_json::Error>();
        let kind = io.or_else(|| json.and_then(serde_json::Error::io_error_kind));
        kind == Some(io::ErrorKind::BrokenPipe)
    })
}

/// The only place that prints an error which has no place in a file.
fn report(error: &anyhow::Error) {
    let plain = |cause: &(dyn std::error::Error + 'static)| match cause.downcast_ref::<io::Error>()
    {
        Some(error) => cli::why(error),
        None => cause.to_string(),
    };
    let said: Vec<_> = error.chain().map(plain).collect();
    cli::terminal::say(&format!("error: {}", said.join(": ")));
    let opened = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<cli::CannotOpen>());
    if let Some(opened) = opened {
        cli::terminal::say(&format!("next: {}", opened.next_step()));
    }
}
