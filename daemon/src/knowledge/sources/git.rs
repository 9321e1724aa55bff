//! A git repository, through the `git` command: the last commit of a branch, kept bare and shallow. Its blobs' ids are what
//! changes with their content.

use super::folder::name;
use super::{Entry, Trouble};
use crate::app::App;
use crate::config::Source;
use crate::uploads::Upload;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

/// How long git may take for one step.
const PATIENCE: Duration = Duration::from_secs(600);

/// Most bytes of a list of files.
const MOST_OF_A_LIST: u64 = 64 << 20;

/// A repository that was fetched.
pub(super) struct Repository {
    folder: PathBuf,
    path: String,
    header: Option<String>,
    environment: Vec<(&'static str, String)>,
}

/// Fetches a branch, and lists its files.
pub(super) async fn open(
    app: &App,
    name: &str,
    address: &str,
    source: &Source,
) -> Result<(Repository, Vec<Entry>), Trouble> {
    let path = match source.path.trim_matches('/') {
        "" => String::new(),
        path => format!("{path}/"),
    };
    let token = source
        .secret
        .as_ref()
        .map(|token| STANDARD.encode(format!("x-access-token:{}", token.expose_secret())));
    let repository = Repository {
        folder: app.config.data().join("sources").join(format!("{name}.git")),
        path,
        header: token.map(|token| format!("Authorization: Basic {token}")),
        environment: app.config.git_environment.clone(),
    };
    let folder = repository.folder.display().to_string();
    repository.git(&["init", "--quiet", "--bare", &folder]).await?;
    let branch = source.branch.as_deref().unwrap_or("HEAD");
    if branch.starts_with('-') || address.starts_with('-') {
        return Err("its address or branch begins with a dash".into());
    }
    let refspec = format!("+{branch}:refs/katonic/head");
    repository
        .git(&["-C", &folder, "fetch", "--quiet", "--depth", "1", "--no-tags", "--", address, &refspec])
        .await?;
    // What is fetched again and again would else be kept for ever.
    repository.git(&["-C", &folder, "gc", "--quiet", "--auto", "--prune=now"]).await?;
    let list =
        repository.git(&["-C", &folder, "ls-tree", "-r", "-z", "--full-tree", "refs/katonic/head"]).await?;
    let entries =
        String::from_utf8_lossy(&list).split('\0').filter_map(|line| repository.entry(line)).collect();
    Ok((repository, entries))
}

impl Repository {
    /// A line such as `100644 blob ID<tab>PATH`: links and other repositories are no files.
    fn entry(&self, line: &str) -> Option<Entry> {
        let (kind, path) = line.split_once('\t')?;
        let version = kind.strip_prefix("100644 blob ").or_else(|| kind.strip_prefix("100755 blob "))?;
        let key = path.strip_prefix(&self.path)?;
        Some(Entry { key: key.to_owned(), version: version.to_owned() })
    }

    pub(super) async fn fetch(&self, app: &App, entry: &Entry) -> Result<Upload, Trouble> {
        let folder = self.folder.display().to_string();
        let mut child = self
            .command(&["-C", &folder, "cat-file", "blob", &entry.version])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(missing)?;
        let mut content = child.stdout.take().ok_or("git has no output")?;
        let mut incoming = app.uploads.begin().await.map_err(|error| error.message)?;
        let (mut chunk, mut size) = (vec![0; 64 << 10], 0);
        loop {
            let read = content.read(&mut chunk).await.map_err(|error| error.to_string())?;
            if read == 0 {
                break;
            }
            size += read;
            if size > app.config.max_upload_bytes {
                return Err(format!("it is over the bound of {} bytes", app.config.max_upload_bytes));
            }
            incoming.write(&chunk[..read]).await.map_err(|error| error.message)?;
        }
        match child.wait().await {
            Ok(status) if status.success() => {
                incoming.finish(name(&entry.key)).await.map_err(|error| error.message)
            }
            _ => Err("git can't read it".into()),
        }
    }

    async fn git(&self, arguments: &[&str]) -> Result<Vec<u8>, Trouble> {
        let mut child =
            self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(missing)?;
        let (Some(output), Some(errors)) = (child.stdout.take(), child.stderr.take()) else {
            return Err("git has no output".into());
        };
        let work = async {
            let (mut output, mut errors) = (output.take(MOST_OF_A_LIST), errors.take(4096));
            let (mut said, mut complaint) = (Vec::new(), Vec::new());
            tokio::try_join!(output.read_to_end(&mut said), errors.read_to_end(&mut complaint))?;
            Ok::<_, std::io::Error>((child.wait().await?, said, complaint))
        };
        let done = timeout(PATIENCE, work).await.map_err(|_| "git takes too long".to_owned())?;
        let (status, said, complaint) = done.map_err(|error| error.to_string())?;
        if status.success() {
            return Ok(said);
        }
        let complaint = String::from_utf8_lossy(&complaint);
        Err(complaint.lines().last().unwrap_or("git fails").to_owned())
    }

    /// Git, asking nobody for anything; what lets in goes by the environment, where no list of processes shows it.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ALLOW_PROTOCOL", "https:http:ssh:git:file");
        if let Some(header) = &self.header {
            command.env("GIT_CONFIG_COUNT", "1");
            command.env("GIT_CONFIG_KEY_0", "http.extraHeader").env("GIT_CONFIG_VALUE_0", header);
        }
        command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }
}

fn missing(error: std::io::Error) -> Trouble {
    format!("git can't be run: {error}; install it")
}
