//! HTTP and HTTPS.

use std::time::Duration;

use reqwest::header::{CONTENT_RANGE, DATE, ETAG, IF_RANGE, LAST_MODIFIED, RANGE};
use reqwest::{RequestBuilder, Response, StatusCode};

use super::location::Location;
use super::{Files, Progress, Sink, TransferError};

/// How many bytes a second are taken for granted when something is sent.
const SLOWEST: u64 = 1_000;

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
                let response = send(self.http.get(location.url()), location).await?;
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
        let request = self.http.get(location.url());
        let request = request.header(RANGE, format!("bytes={size}-"));
        let response = execute(request.header(IF_RANGE, &old), location).await?;
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
        let request = self.uploads.put(location.url()).body(content);
        match tokio::time::timeout(limit, send(request, location)).await {
            Ok(sent) => sent.map(drop),
            Err(_) => Err(TransferError::Connection("the server is silent".into())),
        }
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

async fn send(request: RequestBuilder, location: &Location) -> Result<Response, TransferError> {
    check(execute(request, location).await?)
}

async fn execute(request: RequestBuilder, location: &Location) -> Result<Response, TransferError> {
    let user = location.user();
    let request = if user.is_empty() {
        request
    } else {
        request.basic_auth(user, Some(location.password()))
    };
    request.send().await.map_err(connection)
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
    TransferError::Connection(text)
}
