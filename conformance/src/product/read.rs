//! How the members of a description are read and written.

use serde::{Deserialize, Deserializer};

use super::Word;

pub(super) const fn yes() -> bool {
    true
}

// A description is read once in a run, and what it says is used until its end.

fn kept(text: String) -> Word {
    Box::leak(text.into_boxed_str())
}

pub(super) fn word<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    String::deserialize(deserializer).map(kept)
}

pub(super) fn pair<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(Word, Word), D::Error> {
    let (a, b) = <(String, String)>::deserialize(deserializer)?;
    Ok((kept(a), kept(b)))
}

pub(super) fn words<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<&'static [Word], D::Error> {
    let all = Vec::<String>::deserialize(deserializer)?;
    let all: Vec<Word> = all.into_iter().map(kept).collect();
    Ok(Vec::leak(all))
}

/// As the specification writes it.
pub(super) mod version {
    use ocpp_types::Version;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    #[allow(clippy::trivially_copy_pass_by_ref)] // What serde wants.
    pub(in crate::product) fn serialize<S: Serializer>(
        version: &Version,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_str(version.as_str())
    }

    pub(in crate::product) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Version, D::Error> {
        let text = String::deserialize(from)?;
        let known = text.parse();
        known.map_err(|_| D::Error::custom(format!("there is no version {text} of OCPP")))
    }
}

pub(super) fn flags<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<&'static [bool], D::Error> {
    Vec::deserialize(deserializer).map(|all: Vec<bool>| &*Vec::leak(all))
}
