//! The database at PlanetScale that an operator's commands work on, as three variables name it.

use std::path::Path;

use anyhow::{Result, bail, ensure};
use stack::Branch;

use crate::variables::Variables;

/// A database, and where it is.
pub(crate) struct Target {
    pub(crate) branch: Branch,
    pub(crate) url: String,
}

impl Target {
    /// Finds it, and sees that it answers.
    pub(crate) fn find(file: Option<&Path>) -> Result<Self> {
        let names = [
            "PLANETSCALE_URL",
            "PLANETSCALE_USERNAME",
            "PLANETSCALE_PASSWORD",
        ];
        let [url, username, password] = Variables::of(file)?.all(names)?;
        let target = Self {
            branch: Branch::new(&url, &username, &password)?,
            url,
        };
        target.greet()?;
        Ok(target)
    }

    fn greet(&self) -> Result<()> {
        let Err(error) = self.branch.ask("SELECT 1") else {
            return Ok(());
        };
        ensure!(
            !error.is_of_the_credentials(),
            "{}: the user name or the password is wrong, or of another branch \
             (PLANETSCALE_USERNAME, PLANETSCALE_PASSWORD)",
            self.url
        );
        bail!("{}: {error}", self.url)
    }
}
