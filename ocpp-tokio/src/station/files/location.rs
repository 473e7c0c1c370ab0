//! Addresses of files, as the CSMS writes them.

use percent_encoding::percent_decode_str;
use reqwest::Url;

use super::TransferError;

/// How to get there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
    Ftp,
    Ftps,
}

/// An address of a file.
#[derive(Debug, Clone)]
pub(super) struct Location {
    pub(super) scheme: Scheme,
    url: Url,
}

impl Location {
    pub(super) fn parse(text: &str) -> Result<Self, TransferError> {
        let url = Url::parse(text.trim()).map_err(|_| TransferError::Location("not a URL"))?;
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            "ftp" => Scheme::Ftp,
            "ftps" => Scheme::Ftps,
            _ => return Err(TransferError::Location("an unknown protocol")),
        };
        if url.host_str().is_none_or(str::is_empty) {
            return Err(TransferError::Location("no host"));
        }
        let location = Self { scheme, url };
        // FTP is a protocol of lines: a name must not contain one.
        let parts = [location.path(), location.user(), location.password()];
        let clean = |part: &String| !part.contains(|c: char| c.is_control());
        if !parts.iter().all(clean) {
            return Err(TransferError::Location("control characters"));
        }
        Ok(location)
    }

    /// Adds a file name if the address is that of a folder.
    pub(super) fn with_file_name(mut self, name: &str) -> Self {
        if self.url.path().ends_with('/') {
            let path = format!("{}{name}", self.url.path());
            self.url.set_path(&path);
        }
        self
    }

    /// The address without credentials.
    pub(super) fn url(&self) -> Url {
        let mut url = self.url.clone();
        // Cannot fail for the four schemes.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url
    }

    pub(super) fn host(&self) -> &str {
        let host = self.url.host_str().unwrap_or_default();
        host.trim_matches(['[', ']'])
    }

    /// The port, that of the protocol if none is named.
    pub(super) fn port(&self) -> u16 {
        self.url.port().unwrap_or(match self.scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
            Scheme::Ftp | Scheme::Ftps => 21,
        })
    }

    /// The path of FTP: below the folder that the server shows after the login.
    pub(super) fn path(&self) -> String {
        decode(self.url.path().trim_start_matches('/'))
    }

    pub(super) fn user(&self) -> String {
        decode(self.url.username())
    }

    pub(super) fn password(&self) -> String {
        decode(self.url.password().unwrap_or_default())
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let location = Location::parse("ftp://me:p%40w@example.com:2121/a/b%20c").unwrap();
        assert_eq!((location.host(), location.port()), ("example.com", 2121));
        assert_eq!(
            (location.user().as_str(), location.password().as_str()),
            ("me", "p@w")
        );
        assert_eq!(location.path(), "a/b c");
        let location = Location::parse("http://me:pw@[::1]/x/").unwrap();
        assert_eq!((location.host(), location.port()), ("::1", 80));
        let location = location.with_file_name("log.txt");
        assert_eq!(location.url().as_str(), "http://[::1]/x/log.txt");
        let named = Location::parse("ftps://host/name")
            .unwrap()
            .with_file_name("other");
        assert_eq!((named.path().as_str(), named.port()), ("name", 21));
    }

    #[test]
    fn what_is_no_address_of_a_file_is_refused() {
        for bad in [
            "",
            "example.com",
            "gopher://x/",
            "sftp://host/x",
            "http:///",
            "http://x:y/",
            "file:///etc/passwd",
            "ftp://host/a%0d%0aDELE%20b",
            "ftp://us%0aer@host/a",
        ] {
            assert!(Location::parse(bad).is_err(), "{bad}");
        }
    }
}
