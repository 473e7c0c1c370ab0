//! HTTP and HTTPS.

use reqwest::{RequestBuilder, Response, StatusCode};

use super::location::Location;
use super::{Files, Progress, Sink, TransferError};

impl Files {
    pub(super) async fn http_download(
        &self,
        location: &Location,
        sink: &mut Sink<impl FnMut(Progress)>,
    ) -> Result<(), TransferError> {
        let request = self.http.get(location.url());
        let mut response = send(request, location).await?;
        sink.expect(response.content_length())?;
        while let Some(piece) = response.chunk().await.map_err(connection)? {
            sink.write(&piece).await?;
        }
        Ok(())
    }

    pub(super) async fn http_upload(
        &self,
        location: &Location,
        content: Vec<u8>,
    ) -> Result<(), TransferError> {
        let request = self.http.put(location.url()).body(content);
        send(request, location).await.map(drop)
    }
}

async fn send(request: RequestBuilder, location: &Location) -> Result<Response, TransferError> {
    let user = location.user();
    let request = if user.is_empty() {
        request
    } else {
        request.basic_auth(user, Some(location.password()))
    };
    let response = request.send().await.map_err(connection)?;
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
