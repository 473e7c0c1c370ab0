//! Files that nobody else may read: private keys.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use crate::private::{private, restrict};

/// Writes a new file that only its owner can read, and waits until it is durable. Under its name it is complete or not
/// there, whatever happens meanwhile.
///
/// # Errors
/// When it exists already, or cannot be written.
pub fn write_secret(path: &Path, content: &[u8]) -> io::Result<()> {
    if path.try_exists()? {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let new = path.with_extension("new");
    // One that was not completed is of no use.
    remove(&new)?;
    let written = write_new(&new, content).and_then(|()| std::fs::rename(&new, path));
    if let Err(error) = written {
        let _ = remove(&new);
        return Err(error);
    }
    sync_folder(path)
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let options = private(options.write(true).create_new(true));
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes a folder that may be there, with what it is in, durably. Nobody but its owner may look into it.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)?;
    restrict(folder)?;
    // Which of them were there before is not known; a look at the disk more does no harm at the start.
    for level in folder.ancestors().take(3) {
        sync_folder(level)?;
    }
    Ok(())
}

/// Makes the name of a file in its folder durable.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    // Elsewhere a folder cannot be opened, and the file system sees to it.
    #[cfg(unix)]
    if let Some(folder) = file.parent() {
        let here = folder.as_os_str().is_empty();
        let folder = if here { Path::new(".") } else { folder };
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_there_as_a_whole_or_not_at_all() {
        let folder = std::env::temp_dir().join(format!("ocpp-secret-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        create_folder(&folder.join("a/b")).unwrap();
        let path = folder.join("a/b/key.pem");
        // What an interrupted attempt has left.
        std::fs::write(path.with_extension("new"), "half").unwrap();
        write_secret(&path, b"whole").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        assert!(!path.with_extension("new").exists());
        let again = write_secret(&path, b"other").unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn what_is_there_already_is_closed_to_others_too() {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
        let set = |path: &Path, mode: u32| {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(path, permissions).unwrap();
        };
        let folder = std::env::temp_dir().join(format!("ocpp-restrict-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        create_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        set(&folder, 0o755);
        create_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        let file = folder.join("file");
        std::fs::write(&file, "text").unwrap();
        set(&file, 0o644);
        restrict(&file).unwrap();
        assert_eq!(mode(&file), 0o600);
        // A place for everybody stays one.
        set(&folder, 0o1777);
        create_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o1777);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
