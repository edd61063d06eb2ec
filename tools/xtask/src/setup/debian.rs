//! The wasm target where rustup's servers are out of reach: Debian's packages for its browsers
//! hold a current compiler and the standard library's source. They are unpacked into a folder
//! of ours, without root and without touching `/usr`, and std is built there for wasm.

use std::env;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use stack::Workspace;

use super::rust::{TARGET, WasmToolchain, has_std};
use super::tools;
use crate::progress::Step;

/// The compiler and the source of std; what they depend on is asked of apt.
const PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];

/// Whether it was set up before.
pub(super) fn is_installed(workspace: &Workspace) -> Result<bool> {
    Ok(has_std(&Folder::new(workspace)?.wasm_std()))
}

/// Sets it up where it is not, and says how to use it.
pub(super) fn install(workspace: &Workspace) -> Result<WasmToolchain> {
    let folder = Folder::new(workspace)?;
    if !has_std(&folder.wasm_std()) {
        folder.unpack(workspace)?;
        folder.write_rustc()?;
        folder.build_std(workspace)?;
        folder.clean()?;
    }
    Ok(WasmToolchain::Private {
        bin: folder.0.join("bin"),
        target: workspace.path("target/debian"),
    })
}

/// Where all of it lives.
struct Folder(PathBuf);

impl Folder {
    fn new(workspace: &Workspace) -> Result<Self> {
        Ok(Self(tools::folder(workspace)?.join("debian")))
    }

    fn root(&self) -> PathBuf {
        self.0.join("root")
    }

    fn rustlib(&self) -> PathBuf {
        self.root().join("usr/lib/rustlib")
    }

    fn wasm_std(&self) -> PathBuf {
        self.rustlib().join(TARGET).join("lib")
    }

    fn unpack(&self, workspace: &Workspace) -> Result<()> {
        let packages = packages(workspace)?;
        let debs = self.0.join("debs");
        fs::create_dir_all(&debs).with_context(|| format!("making {}", debs.display()))?;
        let mut download = apt("apt-get");
        download.arg("download").args(packages).current_dir(&debs);
        Step::new(workspace, "downloading Debian's Rust compiler (140 MB)").run(&download)?;
        for deb in fs::read_dir(&debs)? {
            let mut dpkg = Command::new("dpkg-deb");
            dpkg.arg("--extract").arg(deb?.path()).arg(self.root());
            ensure!(
                dpkg.status().context("starting dpkg-deb")?.success(),
                "dpkg-deb failed"
            );
        }
        Ok(())
    }

    /// A `rustc` that finds its own libraries, and the linker where it looks for it.
    fn write_rustc(&self) -> Result<()> {
        let usr = self.root().join("usr");
        let llvm = first(&usr.join("lib"), "llvm-")?;
        let multiarch = format!("{}-linux-gnu", env::consts::ARCH);
        let libraries = env::join_paths([usr.join("lib").join(multiarch), llvm.join("lib")])?;
        let bin = self.0.join("bin");
        fs::create_dir_all(&bin)?;
        let rustc = bin.join("rustc");
        let script = format!(
            "#!/bin/sh\nexport LD_LIBRARY_PATH=\"{}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\"\nexec \"{}\" \"$@\"\n",
            libraries.display(),
            usr.join("bin/rustc").display(),
        );
        fs::write(&rustc, script)?;
        fs::set_permissions(&rustc, fs::Permissions::from_mode(0o755))?;
        let host = first(&self.rustlib(), env::consts::ARCH)?.join("bin");
        fs::create_dir_all(&host)?;
        let linker = host.join("rust-lld");
        if !linker.exists() {
            symlink(llvm.join("bin/lld"), linker)?;
        }
        Ok(())
    }

    /// Builds std with an empty crate around it, and puts the libraries where rustc looks.
    fn build_std(&self, workspace: &Workspace) -> Result<()> {
        let krate = self.0.join("std");
        fs::create_dir_all(krate.join("src"))?;
        fs::write(krate.join("src/lib.rs"), "")?;
        let manifest = "[package]\nname = \"around-std\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n\
                        [profile.release]\npanic = \"abort\"\nlto = true\n\n[workspace]\n";
        fs::write(krate.join("Cargo.toml"), manifest)?;
        let mut cargo = Command::new("cargo");
        cargo
            .args(["build", "--release", "--target", TARGET])
            .arg("-Zbuild-std=std,panic_abort,proc_macro")
            .arg("--target-dir")
            .arg(krate.join("target"))
            .current_dir(&krate)
            .env("RUSTC", self.0.join("bin/rustc"))
            .env("RUSTC_BOOTSTRAP", "1")
            // Without it a later build with `lto = true` finds no bitcode in std.
            .env("RUSTFLAGS", "-Cembed-bitcode=yes");
        Step::new(
            workspace,
            "building the standard library for wasm (a minute)",
        )
        .run(&cargo)?;
        let built = krate.join("target").join(TARGET).join("release/deps");
        // Complete or absent: what is there counts as installed.
        let unfinished = self.0.join("wasm-std");
        fs::create_dir_all(&unfinished)?;
        for entry in fs::read_dir(&built)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(".rlib") && !name.starts_with("libaround_std") {
                fs::copy(&path, unfinished.join(&*name))?;
            }
        }
        let installed = self.wasm_std();
        fs::create_dir_all(installed.parent().unwrap_or(&installed))?;
        fs::rename(&unfinished, &installed).context("installing the standard library")
    }

    /// Removes what only the building needed: half a gigabyte.
    fn clean(&self) -> Result<()> {
        for unneeded in ["debs", "std", "root/usr/src", "root/usr/share"] {
            let unneeded = self.0.join(unneeded);
            if unneeded.exists() {
                fs::remove_dir_all(&unneeded)
                    .with_context(|| format!("removing {}", unneeded.display()))?;
            }
        }
        Ok(())
    }
}

/// The packages to unpack: ours, the parts of Rust and LLVM they depend on, the linker of that
/// LLVM, and whatever of their other dependencies this machine lacks.
fn packages(workspace: &Workspace) -> Result<Vec<String>> {
    if !super::runs(apt("apt-cache").arg("--version")) {
        bail!("this is no Debian: install the {TARGET} target by rustup");
    }
    let mut found = compiler_packages()?;
    if found.is_empty() {
        let mut update = apt("apt-get");
        update.arg("update");
        Step::new(workspace, "updating apt's lists").run(&update)?;
        found = compiler_packages()?;
    }
    let llvm = found.iter().find_map(|name| name.strip_prefix("libllvm"));
    let llvm = llvm.context("apt knows no rustc-web")?;
    found.push(format!("lld-{llvm}"));
    let mut simulate = apt("apt-get");
    simulate
        .args(["--simulate", "install", "--no-install-recommends"])
        .args(&found);
    for line in stdout(&mut simulate)?.lines() {
        let mut words = line.split(' ');
        if let (Some("Inst"), Some(name)) = (words.next(), words.next()) {
            found.push(name.to_owned());
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn compiler_packages() -> Result<Vec<String>> {
    let mut depends = apt("apt-cache");
    depends
        .args(["depends", "--recurse", "--important"])
        .args(PACKAGES);
    let listed = stdout(&mut depends)?;
    let wanted = |name: &&str| {
        PACKAGES.contains(name)
            || name.starts_with("libstd-rust-web")
            || name
                .strip_prefix("libllvm")
                .is_some_and(|version| version.parse::<u32>().is_ok())
    };
    Ok(listed.lines().filter(wanted).map(str::to_owned).collect())
}

fn apt(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C");
    command
}

fn stdout(command: &mut Command) -> Result<String> {
    let output = command.output().context("starting apt")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first entry of a folder whose name begins so.
fn first(folder: &Path, prefix: &str) -> Result<PathBuf> {
    let mut entries = fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .flatten();
    let found = entries.find(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    Ok(found
        .with_context(|| format!("no {prefix}… in {}", folder.display()))?
        .path())
}
