//! What every command works with: the options, the environment, the home, and the way out.

use crate::args::Options;
use crate::client::Client;
use crate::context::{Acting, Context, resolve};
use crate::contexts;
use crate::environment::Environment;
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::secret::{Kept, SecretStore, Secrets};
use crate::tls::Tls;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// One run of the command line.
pub(crate) struct Session {
    /// The sole printer.
    pub(crate) output: Output,
    /// The folder that holds everything of one world.
    pub(crate) home: PathBuf,
    options: Options,
    environment: Environment,
    resume: Mutex<Option<String>>,
}

impl Session {
    /// A session in the home that the environment names, or in the default one.
    ///
    /// # Errors
    /// If there is no home folder to use.
    pub(crate) fn new(options: Options, environment: Environment, output: Output) -> Result<Self, Failure> {
        let home = environment.home.clone().or_else(|| environment.default_home.clone());
        let home = home.ok_or_else(|| {
            Failure::usage("There is no home folder").hint("Set KATONIC_HOME to a folder of your own.")
        })?;
        let home = std::path::absolute(&home).map_err(|error| Failure::file(&home, &error))?;
        Ok(Self { output, home, options, environment, resume: Mutex::new(None) })
    }

    /// A client that acts as the holder of its credential.
    ///
    /// # Errors
    /// If the stored context or its secrets can't be read.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        self.client_acting(Acting::Itself)
    }

    /// A client that asks for a person: the one named, else the context's.
    ///
    /// # Errors
    /// If the stored context or its secrets can't be read.
    pub(crate) fn client_for_person(&self) -> Result<Client, Failure> {
        self.client_acting(Acting::ForPerson)
    }

    fn client_acting(&self, acting: Acting) -> Result<Client, Failure> {
        let folder = contexts::folder(&self.home, &self.context_name()?)?;
        let stored = Context::load(&folder)?;
        if let (None, Some(name)) = (&stored, &self.options.context) {
            return Err(Failure::usage(format!("There is no context `{name}`"))
                .hint("`katonic context list` shows them; `katonic login` makes one."));
        }
        let secrets = || self.secret_store_in(&folder).load();
        let target = resolve(&self.options, &self.environment, stored.as_ref(), secrets, acting)?;
        Ok(Client::new(target)?.seen_on(&self.output))
    }

    /// The context that commands use.
    ///
    /// # Errors
    /// If the file that says so can't be read.
    pub(crate) fn context_name(&self) -> Result<String, Failure> {
        self.options.context.clone().map_or_else(|| contexts::current(&self.home), Ok)
    }

    /// The daemon's address that the options or the environment name.
    pub(crate) fn url(&self) -> Option<String> {
        self.options.url.clone().or_else(|| self.environment.url.clone())
    }

    /// The person that the options or the environment name.
    pub(crate) fn acting_user(&self) -> Option<String> {
        self.options.as_user.clone().or_else(|| self.environment.user.clone())
    }

    /// The certificates that the environment names.
    pub(crate) fn tls(&self) -> &Tls {
        &self.environment.tls
    }

    /// The folder of the person who runs us.
    pub(crate) fn user_folder(&self) -> Option<&Path> {
        self.environment.default_home.as_deref().and_then(Path::parent)
    }

    /// Where shells look for commands.
    pub(crate) fn search_path(&self) -> &[PathBuf] {
        &self.environment.path
    }

    /// The home's credential store.
    pub(crate) fn secret_store(&self) -> SecretStore {
        self.secret_store_in(&self.home)
    }

    /// The credential store of a context's folder.
    pub(crate) fn secret_store_in(&self, folder: &Path) -> SecretStore {
        SecretStore::new(folder, self.environment.home.is_none())
    }

    /// Keeps secrets, and says so where they end in a file for want of a keyring.
    ///
    /// # Errors
    /// If they can't be kept.
    pub(crate) fn keep(&self, secrets: &Secrets) -> Result<(), Failure> {
        self.keep_in(&self.home, secrets)
    }

    /// The same in a context's folder.
    ///
    /// # Errors
    /// If they can't be kept.
    pub(crate) fn keep_in(&self, folder: &Path, secrets: &Secrets) -> Result<(), Failure> {
        let store = self.secret_store_in(folder);
        let known = store.file().exists();
        if store.save(secrets)? == Kept::WithoutKeyring && !known {
            let file = store.file();
            self.output
                .note(&format!("There is no keyring: the keys are in {}, for you only.", file.display()));
        }
        Ok(())
    }

    /// What to tell a person who interrupts from here on.
    pub(crate) fn if_interrupted(&self, hint: impl Into<String>) {
        *self.resume.lock().unwrap_or_else(PoisonError::into_inner) = Some(hint.into());
    }

    /// The failure of a person who interrupts.
    pub(crate) fn interrupted(&self) -> Failure {
        let hint = self.resume.lock().unwrap_or_else(PoisonError::into_inner).take();
        Failure { hint, ..Failure::new(Exit::Interrupted, "Interrupted.") }
    }
}
