//! Finds the shared material beside the project; tests over it return where it is absent.
#![allow(dead_code, clippy::expect_used, clippy::print_stdout)]

pub mod completeness;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of shared material: `SEPAL_SHARED`, else `shared` beside the project.
pub fn shared() -> Option<PathBuf> {
    let path = match std::env::var_os("SEPAL_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    if path.is_dir() {
        return path.canonicalize().ok();
    }
    println!("shared/ is absent: {} is no folder; set SEPAL_SHARED", path.display());
    None
}

/// ESCU's content of October 2024, unpacked once into the target folder.
pub fn escu() -> Option<PathBuf> {
    static ONCE: std::sync::OnceLock<Option<PathBuf>> = std::sync::OnceLock::new();
    ONCE.get_or_init(unpack).clone()
}

fn unpack() -> Option<PathBuf> {
    let archive = shared()?.join("escu/security_content-2024-10.tar.zst");
    if !archive.is_file() {
        println!("shared/ is absent: {} is no file", archive.display());
        return None;
    }
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("escu-2024-10");
    if to.join("unpacked").is_file() {
        return Some(to);
    }
    // tests of several processes may unpack at once: each into its own folder, one is kept
    let own = to.with_extension(std::process::id().to_string());
    std::fs::create_dir_all(&own).expect("a folder in the target folder");
    let mut tar = Command::new("tar");
    tar.arg("-I").arg("zstd").arg("-xf").arg(&archive).arg("-C").arg(&own);
    let status = tar.status().expect("tar runs");
    assert!(status.success(), "tar -I zstd -xf {}: {status}", archive.display());
    std::fs::write(own.join("unpacked"), "").expect("a file in the target folder");
    if std::fs::rename(&own, &to).is_err() {
        std::fs::remove_dir_all(&own).expect("the own folder goes");
    }
    Some(to)
}

/// A fixture's path.
pub fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path)
}

/// Loads a fixture detection under its short name.
pub fn detection(path: &str) -> sepal_content::Detection {
    let text = std::fs::read_to_string(data(path)).expect("the fixture is there");
    sepal_content::Detection::load(path, &text).expect("the fixture loads")
}
