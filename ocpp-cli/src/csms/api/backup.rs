//! Copies of the file of the state, made while the program runs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use hyper::StatusCode;
use ocpp_core::time::DateTime;
use serde_json::json;

use crate::csms::program::Program;
use crate::http::Reply;

/// The copy of a moment stands beside the file.
fn beside(path: &Path, at: DateTime) -> PathBuf {
    let at: String = at
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let mut name = OsString::from(path);
    name.push(format!(".backup-{at}"));
    name.into()
}

/// `POST /v1/backup`. Whoever asks cannot choose the place: nothing else is written over.
pub(super) async fn make(program: &Program) -> Result<Reply, Reply> {
    let Some(store) = program.file.get() else {
        let why = "the state is not in a file: copy a database with pg_dump";
        return Err(Reply::conflict(why));
    };
    let to = beside(store.path(), ocpp_tokio::clock::utc());
    let failed = |why| Reply::error(StatusCode::INTERNAL_SERVER_ERROR, why);
    let bytes = store.backup(&to).await.map_err(failed)?;
    Ok(Reply::ok(
        &json!({"file": to.display().to_string(), "bytes": bytes}),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    #[test]
    fn a_copy_has_a_name_that_sorts_by_time() {
        let at = "2026-01-02T03:04:05.006Z".parse().unwrap();
        let copy = beside(Path::new("/var/ocpp/state.redb"), at);
        assert_eq!(
            copy,
            Path::new("/var/ocpp/state.redb.backup-20260102T030405006Z")
        );
    }
}
