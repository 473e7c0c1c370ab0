//! HTTP and HTTPS.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    CONTENT_RANGE, DATE, ETAG, HeaderMap, HeaderValue, IF_RANGE, LAST_MODIFIED, RANGE,
};
use reqwest::{Client, ClientBuilder, Response, StatusCode, Url};
use tokio_rustls::rustls::ClientConfig;

use super::location::Location;
use super::redirect::{Reach, addresses, target};
use super::{Files, Progress, Sink, TransferError, TransferOptions};

/// How many bytes a second are taken for granted when something is sent.
const SLOWEST: u64 = 1_000;

/// Redirects are followed by [`Files::execute`], which knows where they may lead.
pub(super) fn client(
    tls: &ClientConfig,
    options: &TransferOptions,
    uploads: bool,
) -> ClientBuilder {
    let client = Client::builder()
        .tls_backend_preconfigured(tls.clone())
        .connect_timeout(options.patience)
        .redirect(reqwest::redirect::Policy::none());
    if uploads {
        // The time to read begins with the request, and would count what it takes to send the file.
        return client;
    }
    client.read_timeout(options.patience)
}

impl Files {
    pub(super) async fn http_download(
        &self,
        location: &Location,
        sink: &mut Sink<impl FnMut(Progress)>,
    ) -> Result<(), TransferError> {
        let mut response = match self.http_resume(location, sink).await? {
            Some(response) => response,
            None => {
                sink.restart().await?;
                let response = self.execute(location, HeaderMap::new(), None).await?;
                let response = check(response)?;
                begin(&response, sink)?;
                response
            }
        };
        while let Some(piece) = response.chunk().await.map_err(connection)? {
            sink.write(&piece).await?;
        }
        Ok(())
    }

    /// Asks for the rest of a file that broke off (RFC 9110, sections 13.1.5 and 14.2). `None` if there is nothing to go on
    /// with, or the server has no such rest: then the whole file is to be asked for.
    async fn http_resume(
        &self,
        location: &Location,
        sink: &mut Sink<impl FnMut(Progress)>,
    ) -> Result<Option<Response>, TransferError> {
        let Some((size, old)) = sink.resumable() else {
            return Ok(None);
        };
        let old = old.to_string();
        let range = HeaderValue::from_str(&format!("bytes={size}-"));
        let (Ok(range), Ok(if_range)) = (range, HeaderValue::from_str(&old)) else {
            return Ok(None);
        };
        let headers = HeaderMap::from_iter([(RANGE, range), (IF_RANGE, if_range)]);
        let response = self.execute(location, headers, None).await?;
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            // The file is shorter than before.
            return Ok(None);
        }
        let response = check(response)?;
        if response.status() != StatusCode::PARTIAL_CONTENT {
            // The whole file: it has changed, or the server knows no ranges.
            sink.restart().await?;
            begin(&response, sink)?;
            return Ok(Some(response));
        }
        let range = response.headers().get(CONTENT_RANGE);
        let range = range.and_then(|range| rest(range.to_str().ok()?));
        let same = validator(&response).is_none_or(|new| new == old);
        match range {
            Some((from, total)) if from == size && same && agrees(sink.total(), total) => {
                let total = total.or(sink.total());
                sink.expect(total, Some(old))?;
                Ok(Some(response))
            }
            _ => Ok(None),
        }
    }

    pub(super) async fn http_upload(
        &self,
        location: &Location,
        content: Vec<u8>,
    ) -> Result<(), TransferError> {
        // Besides the patience for an answer, the time that a link of a modem needs.
        let sending = Duration::from_secs(content.len() as u64 / SLOWEST);
        let limit = self.options.patience.saturating_add(sending);
        let sent = self.execute(location, HeaderMap::new(), Some(content.into()));
        match tokio::time::timeout(limit, sent).await {
            // The file is there, and the server has something to show.
            Ok(Ok(response)) if response.status() == StatusCode::SEE_OTHER => Ok(()),
            Ok(sent) => check(sent?).map(drop),
            Err(_) => Err(TransferError::Connection("the server is silent".into())),
        }
    }

    /// Asks for a file, or sends one, and follows redirects. Credentials go to the server that the CSMS named only.
    async fn execute(
        &self,
        location: &Location,
        headers: HeaderMap,
        content: Option<Bytes>,
    ) -> Result<Response, TransferError> {
        let origin = location.url();
        let uploads = content.is_some();
        let mut client = match uploads {
            true => self.uploads.clone(),
            false => self.http.clone(),
        };
        let mut url = origin.clone();
        let mut reach = None;
        for _ in 0..=self.options.max_redirects {
            let mut request = match &content {
                Some(content) => client.put(url.clone()).body(content.clone()),
                None => client.get(url.clone()),
            };
            request = request.headers(headers.clone());
            let user = location.user();
            if url.origin() == origin.origin() && !user.is_empty() {
                request = request.basic_auth(user, Some(location.password()));
            }
            let response = request.send().await.map_err(connection)?;
            let Some(next) = target(&response, &url, uploads)? else {
                return Ok(response);
            };
            let from = match reach {
                Some(from) => from,
                None => *reach.insert(self.reach(&origin).await?),
            };
            client = self.redirected(&next, from, uploads).await?;
            url = next;
        }
        Err(TransferError::Location("too many redirects"))
    }

    /// From where the CSMS's own address is reached: the farthest counts.
    async fn reach(&self, url: &Url) -> Result<Reach, TransferError> {
        let addresses = addresses(url, self.options.patience).await?;
        let reach = addresses.iter().map(|address| (self.reach)(address.ip()));
        Ok(reach.min().unwrap_or(Reach::Public))
    }

    /// The client for a redirect, which connects to nothing but addresses that are reached from as far as the original.
    async fn redirected(
        &self,
        url: &Url,
        from: Reach,
        uploads: bool,
    ) -> Result<Client, TransferError> {
        let mut addresses = addresses(url, self.options.patience).await?;
        if !self.options.private_redirects {
            addresses.retain(|address| (self.reach)(address.ip()) <= from);
        }
        if addresses.is_empty() {
            return Err(TransferError::Location("a redirect into a private network"));
        }
        // The name is not looked up again: the answer might be another one.
        let host = url.host_str().unwrap_or_default();
        let client = client(&self.tls, &self.options, uploads).resolve_to_addrs(host, &addresses);
        client.build().map_err(connection)
    }
}

/// The whole file comes.
fn begin(response: &Response, sink: &mut Sink<impl FnMut(Progress)>) -> Result<(), TransferError> {
    sink.expect(response.content_length(), validator(response))
}

/// What tells this version of the file from others: a strong `ETag`, or else a `Last-Modified` that was not set within the
/// second of the answer (RFC 9110, section 8.8.2.2).
fn validator(response: &Response) -> Option<String> {
    let header = |name| response.headers().get(name)?.to_str().ok();
    if let Some(tag) = header(ETAG).filter(|tag| tag.starts_with('"')) {
        return Some(tag.into());
    }
    let modified = header(LAST_MODIFIED)?;
    (header(DATE) != Some(modified)).then(|| modified.into())
}

/// The begin of a `Content-Range`, and the size of the whole file if it is told.
fn rest(range: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (from, _) = range.split_once('-')?;
    Some((from.parse().ok()?, total.parse().ok()))
}

fn agrees(before: Option<u64>, now: Option<u64>) -> bool {
    before.zip(now).is_none_or(|(before, now)| before == now)
}

fn check(response: Response) -> Result<Response, TransferError> {
    match response.status() {
        status if status.is_success() => Ok(response),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(TransferError::PermissionDenied),
        StatusCode::NOT_FOUND | StatusCode::GONE => Err(TransferError::NotFound),
        status => Err(TransferError::Refused(status.to_string())),
    }
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn connection(error: reqwest::Error) -> TransferError {
    // Without the address, which can contain a secret.
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    TransferError::connection(&text)
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
