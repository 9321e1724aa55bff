//! `katonic documents generate`: a document as a file.

use crate::failure::{Answer, Exit, Failure};
use crate::output::{clean, counted};
use crate::session::Session;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, ValueEnum};
use contract::catalogue::GenerateDocument;
use contract::wire::documents::{DocumentContent, DocumentFormat, GenerateDocumentRequest};
use serde::de::DeserializeOwned;
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(super) struct Generate {
    /// What the agent is asked
    #[arg(requires = "agent", conflicts_with = "content")]
    prompt: Option<String>,
    /// The agent that is asked
    #[arg(long, requires = "prompt")]
    agent: Option<String>,
    /// A file that says what the document does: Markdown, or blocks in a .json file; - reads Markdown from standard input
    #[arg(long, value_name = "FILE", required_unless_present = "prompt")]
    content: Option<PathBuf>,
    /// The format; by default what the file's name ends with
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Where the document goes; by default a file called after its title
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The title
    #[arg(long)]
    title: Option<String>,
    /// A Word file whose styles, headers, footers and page are taken
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// A JSON file of what stands in for {{name}} in the content
    #[arg(long, value_name = "FILE", conflicts_with = "prompt")]
    data: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Docx,
    Pdf,
    Pptx,
    Xlsx,
    Html,
    Markdown,
}

pub(super) async fn generate(session: &Session, args: Generate) -> Result<Answer, Failure> {
    let request = GenerateDocumentRequest {
        format: format(&args)?,
        prompt: args.prompt,
        agent: args.agent,
        content: args.content.as_deref().map(content).transpose()?,
        template: args
            .template
            .as_deref()
            .map(|file| read(file).map(|bytes| STANDARD.encode(bytes)))
            .transpose()?,
        title: args.title,
        data: args.data.as_deref().map(parsed).transpose()?,
    };
    let written = session.client()?.call::<GenerateDocument>(&request).await?;
    let bytes = STANDARD.decode(&written.base64);
    let bytes = bytes.map_err(|_| Failure::new(Exit::Unavailable, "The daemon's answer holds no file"))?;
    let file = write(args.output, &written.filename, &bytes)?;
    for note in &written.notes {
        session.output.note(&clean(note));
    }
    let name = clean(&file.display().to_string());
    let told = json!({
        "file": name,
        "media_type": written.media_type,
        "bytes": bytes.len(),
        "citations": written.citations,
        "usage": written.usage,
        "refused": written.refused,
        "notes": written.notes,
        "trace_id": written.trace_id,
    });
    session.output.either(&told, || {
        let cited = match written.citations.len() {
            0 => String::new(),
            many => format!(", {}", counted(many, "citation")),
        };
        let declined = if written.refused { "; the agent declined, and the document says so" } else { "" };
        format!("{name}: {}{cited}{declined}", counted(bytes.len(), "byte"))
    })?;
    Ok(Answer::Yes)
}

/// Writes the file that is named, or a new one here.
fn write(output: Option<PathBuf>, suggested: &str, bytes: &[u8]) -> Result<PathBuf, Failure> {
    let mut options = OpenOptions::new();
    let file = match output {
        Some(file) => {
            options.write(true).create(true).truncate(true);
            file
        }
        None => {
            options.write(true).create_new(true);
            here(suggested)
        }
    };
    let written = options.open(&file).and_then(|mut open| open.write_all(bytes));
    written.map_err(|error| {
        let failure = Failure::file(&file, &error);
        if error.kind() == io::ErrorKind::AlreadyExists {
            return failure.hint("Name another with --output, or this one to write over it.");
        }
        failure
    })?;
    Ok(file)
}

/// A file of this folder, whatever path the daemon suggests.
fn here(suggested: &str) -> PathBuf {
    Path::new(suggested).file_name().map_or_else(|| PathBuf::from("document"), PathBuf::from)
}

/// The format that is named, or that the output's name ends with.
fn format(args: &Generate) -> Result<DocumentFormat, Failure> {
    let ending = args.output.as_deref().and_then(Path::extension);
    let ending = ending.map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    Ok(match (args.format, ending.as_deref()) {
        (Some(Format::Docx), _) | (None, Some("docx")) => DocumentFormat::Docx,
        (Some(Format::Pdf), _) | (None, Some("pdf")) => DocumentFormat::Pdf,
        (Some(Format::Pptx), _) | (None, Some("pptx")) => DocumentFormat::Pptx,
        (Some(Format::Xlsx), _) | (None, Some("xlsx")) => DocumentFormat::Xlsx,
        (Some(Format::Html), _) | (None, Some("html" | "htm")) => DocumentFormat::Html,
        (Some(Format::Markdown), _) | (None, Some("md" | "markdown")) => DocumentFormat::Markdown,
        (None, _) => {
            return Err(Failure::usage("No format is named")
                .hint("Add --format, or a file such as --output report.docx."));
        }
    })
}

fn content(file: &Path) -> Result<DocumentContent, Failure> {
    if file.extension().is_some_and(|ending| ending == "json") {
        return parsed(file);
    }
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        bytes
    } else {
        read(file)?
    };
    let text = String::from_utf8(bytes);
    text.map(DocumentContent::Markdown)
        .map_err(|_| Failure::usage(format!("{} is not UTF-8", file.display())))
}

fn parsed<T: DeserializeOwned>(file: &Path) -> Result<T, Failure> {
    serde_json::from_slice(&read(file)?)
        .map_err(|error| Failure::usage(format!("{}: {error}", file.display())))
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::file(file, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daemon_names_no_other_folder() {
        for (suggested, file) in
            [("a.pdf", "a.pdf"), ("../a.pdf", "a.pdf"), ("/etc/passwd", "passwd"), ("..", "document")]
        {
            assert_eq!(here(suggested), Path::new(file));
        }
    }
}
