//! JSON that is passed on as it is.

use serde::de::IgnoredAny;

/// Whether a text is JSON, so that it can stand in a reply as it is.
pub(crate) fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}
