//! Files and folders that nobody but their owner may read.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

/// Makes a file that only its owner can read, without anything in it; from one that is there already it takes what others
/// may do with it.
///
/// # Errors
/// When the file system fails.
#[cfg_attr(
    not(feature = "station"),
    allow(unreachable_pub, reason = "the module of the station offers it")
)]
pub fn make_private(path: &Path) -> io::Result<()> {
    private(OpenOptions::new().append(true).create(true)).open(path)?;
    restrict(path)
}

/// A file that is made with these options can be read by its owner only.
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Takes from everybody but its owner what may be done with a file (0600), or with a folder (0700), that is there already:
/// a former program, or somebody's copy, may have left it open to all.
///
/// # Errors
/// When the file system fails. A file of somebody else, or a file system without modes, is left as it is.
/// Requirements: A01.FR.10.
pub(crate) fn restrict(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(path)?;
        let mode = metadata.permissions().mode();
        // A folder with the sticky bit is one that everybody is meant to use.
        let shared = metadata.is_dir() && mode & 0o1000 != 0;
        if mode & 0o077 != 0 && !shared {
            let mut permissions = metadata.permissions();
            permissions.set_mode(mode & 0o7700);
            match std::fs::set_permissions(path, permissions) {
                Err(error) if is_not_ours(&error) => {}
                done => done?,
            }
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(unix)]
fn is_not_ours(error: &io::Error) -> bool {
    use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, Unsupported};
    matches!(
        error.kind(),
        PermissionDenied | ReadOnlyFilesystem | Unsupported
    )
}
