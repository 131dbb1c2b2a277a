//! Keeps two runs from installing the same tool at the same time.

use std::fs::{self, File, TryLockError};
use std::path::Path;

use anyhow::{Context, Result};

use crate::progress;

/// Held while a tool is being installed; let go when dropped, or by the system if this run dies.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits until nobody else holds the lock for `name`, and says so if that is not at once.
    pub(crate) fn take(folder: &Path, name: &str) -> Result<Lock> {
        fs::create_dir_all(folder).with_context(|| {
            format!("cannot make {}: set PAGELAB_CACHE to a folder you may write to", folder.display())
        })?;
        let path = folder.join(format!(".{name}.lock"));
        let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                progress::note(&format!("another run is installing {name}; waiting for it"));
                file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        Ok(Lock { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_exclusive_until_dropped() {
        let folder = std::env::temp_dir().join(format!("pagelab-lock-{}", std::process::id()));
        let first = Lock::take(&folder, "thing").unwrap();
        let file = File::open(folder.join(".thing.lock")).unwrap();
        assert!(matches!(file.try_lock(), Err(TryLockError::WouldBlock)));
        drop(first);
        assert!(file.try_lock().is_ok());
        fs::remove_dir_all(folder).unwrap();
    }
}
