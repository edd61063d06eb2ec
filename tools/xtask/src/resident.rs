//! How much memory workerd takes, as Linux counts it (`proc(5)`): the resident set of the process
//! that was started in an instance's folder.

use std::fs;
use std::path::Path;

/// The most that was seen.
#[derive(Default)]
pub(crate) struct Peak {
    kib: u64,
}

impl Peak {
    /// Looks at the instance of this folder.
    pub(crate) fn look(&mut self, folder: &Path) {
        let Ok(processes) = fs::read_dir("/proc") else {
            return;
        };
        for process in processes.flatten() {
            let path = process.path();
            let is_workerd = fs::read_to_string(path.join("comm"))
                .is_ok_and(|name| name.trim_end() == "workerd");
            if is_workerd && fs::read_link(path.join("cwd")).is_ok_and(|cwd| cwd == folder) {
                self.kib = self.kib.max(resident(&path).unwrap_or_default());
            }
        }
    }

    pub(crate) const fn mib(&self) -> u64 {
        self.kib / 1_024
    }
}

/// In KiB.
fn resident(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
