//! Sample data that a test may spoil.

use std::path::{Path, PathBuf};

use crate::flow::folder;

/// A copy under this name of the files in some folders below `from`.
pub(crate) fn copied(from: &str, folders: &[&str], name: &str) -> PathBuf {
    let path = folder(name);
    for folder in folders {
        let to = path.join(folder);
        std::fs::create_dir_all(&to).unwrap();
        for entry in std::fs::read_dir(Path::new(from).join(folder)).unwrap() {
            let file = entry.unwrap().path();
            if file.is_file() {
                std::fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
            }
        }
    }
    path
}
