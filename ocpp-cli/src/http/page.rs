//! The page of an interface, for people. It is part of the program, and works without any other machine.

use hyper::Method;
use hyper::header::ACCEPT;
use hyper::http::request::Parts;

/// What a page may do: use its own scripts, styles and interface. Nothing that a station has written becomes a script, and no
/// other site shows it in a frame.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
     img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of a page.
#[derive(Debug)]
pub(crate) struct Asset {
    /// The path; that of the document is empty.
    name: &'static str,
    pub(super) kind: &'static str,
    pub(super) text: &'static str,
}

impl Asset {
    pub(crate) const fn document(text: &'static str) -> Self {
        Self {
            name: "",
            kind: "text/html; charset=utf-8",
            text,
        }
    }

    pub(crate) const fn style(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            kind: "text/css; charset=utf-8",
            text,
        }
    }

    pub(crate) const fn script(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            kind: "text/javascript; charset=utf-8",
            text,
        }
    }
}

/// The document, and what it loads.
#[derive(Debug)]
pub(crate) struct Page(pub(crate) &'static [Asset]);

impl Page {
    /// The file that a request is for. The document stands at `/` beside the list of what the interface offers: whoever
    /// accepts HTML gets it.
    pub(super) fn asset(&self, head: &Parts) -> Option<&'static Asset> {
        if head.method != Method::GET {
            return None;
        }
        let name = head.uri.path().strip_prefix('/')?;
        let asset = self.0.iter().find(|asset| asset.name == name)?;
        let accepts = |kind: &str| {
            let mut all = head.headers.get_all(ACCEPT).iter();
            all.any(|value| value.to_str().is_ok_and(|value| value.contains(kind)))
        };
        (!name.is_empty() || accepts("text/html")).then_some(asset)
    }
}
