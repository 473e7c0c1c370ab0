//! Cutting PEM texts into their certificates. Needs no cryptography and no base64.

use alloc::string::String;

/// The lines around one kind of object.
pub(crate) struct Label {
    begin: &'static str,
    end: &'static str,
}

pub(crate) const CERTIFICATE: Label = Label {
    begin: "-----BEGIN CERTIFICATE-----",
    end: "-----END CERTIFICATE-----",
};

#[cfg(feature = "crypto")]
pub(crate) const REQUEST: Label = Label {
    begin: "-----BEGIN CERTIFICATE REQUEST-----",
    end: "-----END CERTIFICATE REQUEST-----",
};

impl Label {
    /// The objects of a text, each from its BEGIN to its END line. Text around them is ignored (RFC 7468, section 2).
    pub(crate) fn objects<'a>(&'static self, text: &'a str) -> impl Iterator<Item = &'a str> {
        let mut rest = text;
        core::iter::from_fn(move || {
            let start = rest.find(self.begin)?;
            let inside = start + self.begin.len();
            let end = inside + rest[inside..].find(self.end)? + self.end.len();
            let object = &rest[start..end];
            rest = &rest[end..];
            Some(object)
        })
    }

    /// What stands between the BEGIN and END lines of one of [`objects`](Self::objects).
    #[cfg(feature = "crypto")]
    pub(crate) fn body<'a>(&self, object: &'a str) -> &'a str {
        object
            .strip_prefix(self.begin)
            .and_then(|rest| rest.strip_suffix(self.end))
            .unwrap_or_default()
    }
}

/// The certificates of a text.
pub(crate) fn certificates(text: &str) -> impl Iterator<Item = &str> {
    CERTIFICATE.objects(text)
}

/// One text of several certificates, each on lines of its own.
pub(crate) fn join<'a>(certificates: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for certificate in certificates {
        text.push_str(certificate);
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn finds_every_certificate_and_ignores_the_rest() {
        let one = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
        let two = "-----BEGIN CERTIFICATE-----BBBB-----END CERTIFICATE-----";
        let text = alloc::format!("subject=CN\n{one}\r\n{two} -----BEGIN CERTIFICATE-----");
        assert_eq!(certificates(&text).collect::<Vec<_>>(), [one, two]);
        let joined = join(certificates(&text));
        assert_eq!(certificates(&joined).collect::<Vec<_>>(), [one, two]);
        assert_eq!(certificates("-----END CERTIFICATE-----").count(), 0);
    }

    proptest! {
        #[test]
        fn any_text_is_cut_without_panic(text in "(-----BEGIN CERTIFICATE-----|-----END CERTIFICATE-----|ä|-|\n){0,12}") {
            for certificate in certificates(&text) {
                prop_assert!(certificate.starts_with(CERTIFICATE.begin) && certificate.ends_with(CERTIFICATE.end));
            }
        }
    }
}
