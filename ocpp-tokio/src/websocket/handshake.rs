//! The opening handshake: HTTP heads in and out (RFC 6455 section 4).

use http::header::{CONNECTION, HeaderName, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt};

/// Longest head that is read.
const MAX_HEAD: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;

/// The head could not be read.
#[derive(Debug)]
pub(crate) enum HeadError {
    Io(io::Error),
    /// Not HTTP/1.1, or too long.
    Malformed,
}

/// Reads up to the end of an HTTP head. Returns the head and what came after it.
pub(crate) async fn read_head(
    io: &mut (impl AsyncRead + Unpin),
) -> Result<(Vec<u8>, Vec<u8>), HeadError> {
    let mut head = Vec::with_capacity(1024);
    loop {
        let searched = head.len().saturating_sub(3);
        if io.read_buf(&mut head).await.map_err(HeadError::Io)? == 0 {
            return Err(HeadError::Io(io::ErrorKind::UnexpectedEof.into()));
        }
        // TLS, and whatever else is not HTTP, would be waited for in vain.
        if !head.first().is_some_and(u8::is_ascii_uppercase) {
            return Err(HeadError::Malformed);
        }
        let end = head[searched..]
            .windows(4)
            .position(|window| window == b"\r\n\r\n");
        if let Some(end) = end {
            let rest = head.split_off(searched + end + 4);
            return Ok((head, rest));
        }
        if head.len() > MAX_HEAD {
            return Err(HeadError::Malformed);
        }
    }
}

fn headers(parsed: &[httparse::Header<'_>]) -> Result<HeaderMap, HeadError> {
    let mut headers = HeaderMap::with_capacity(parsed.len());
    for header in parsed {
        let name =
            HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| HeadError::Malformed)?;
        let value = HeaderValue::from_bytes(header.value).map_err(|_| HeadError::Malformed)?;
        headers.append(name, value);
    }
    Ok(headers)
}

pub(crate) fn parse_request(head: &[u8]) -> Result<Request<()>, HeadError> {
    let mut parsed = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut parsed);
    match request.parse(head) {
        Ok(httparse::Status::Complete(_)) if request.version == Some(1) => {}
        _ => return Err(HeadError::Malformed),
    }
    let method = request
        .method
        .and_then(|method| method.parse::<Method>().ok());
    let uri = request.path.and_then(|path| path.parse::<Uri>().ok());
    let (Some(method), Some(uri)) = (method, uri) else {
        return Err(HeadError::Malformed);
    };
    let mut result = Request::new(());
    *result.method_mut() = method;
    *result.uri_mut() = uri;
    *result.headers_mut() = headers(request.headers)?;
    Ok(result)
}

pub(crate) fn parse_response(head: &[u8]) -> Result<Response<()>, HeadError> {
    let mut parsed = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut parsed);
    match response.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        _ => return Err(HeadError::Malformed),
    }
    let status = response
        .code
        .and_then(|code| StatusCode::from_u16(code).ok());
    let Some(status) = status else {
        return Err(HeadError::Malformed);
    };
    let mut result = Response::new(());
    *result.status_mut() = status;
    *result.headers_mut() = headers(response.headers)?;
    Ok(result)
}

/// The bytes of a response. One that ends the handshake also ends the connection.
pub(crate) fn write_response(response: &Response<String>) -> Vec<u8> {
    let status = response.status();
    let reason = status.canonical_reason().unwrap_or("Unknown");
    let mut out = format!("HTTP/1.1 {} {reason}\r\n", status.as_u16()).into_bytes();
    for (name, value) in response.headers() {
        out.extend_from_slice(name.as_str().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    if status != StatusCode::SWITCHING_PROTOCOLS {
        let length = format!("content-length: {}\r\n", response.body().len());
        out.extend_from_slice(length.as_bytes());
        out.extend_from_slice(b"connection: close\r\n");
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(response.body().as_bytes());
    out
}

/// All lines of a header that holds a comma-separated list, as one list.
pub(crate) fn joined(headers: &HeaderMap, name: HeaderName) -> String {
    let mut list = String::new();
    for value in headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
    {
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push_str(value);
    }
    list
}

pub(crate) fn has_token(headers: &HeaderMap, name: HeaderName, token: &str) -> bool {
    joined(headers, name)
        .split(',')
        .any(|item| item.trim().eq_ignore_ascii_case(token))
}

/// Whether the request asks for a WebSocket: the key that the answer is made from, or the status to refuse it with
/// (RFC 6455 section 4.2.1).
pub(crate) fn check_upgrade<'a>(
    method: &Method,
    headers: &'a HeaderMap,
) -> Result<&'a str, StatusCode> {
    if method != Method::GET {
        return Err(StatusCode::METHOD_NOT_ALLOWED);
    }
    if !has_token(headers, UPGRADE, "websocket") || !has_token(headers, CONNECTION, "upgrade") {
        return Err(StatusCode::UPGRADE_REQUIRED);
    }
    if headers
        .get(SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        return Err(StatusCode::UPGRADE_REQUIRED);
    }
    let key = headers
        .get(SEC_WEBSOCKET_KEY)
        .and_then(|key| key.to_str().ok())
        .unwrap_or_default();
    match data_encoding::BASE64.decode(key.as_bytes()) {
        Ok(nonce) if nonce.len() == 16 => Ok(key),
        _ => Err(StatusCode::BAD_REQUEST),
    }
}
