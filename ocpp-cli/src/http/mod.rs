//! A small HTTP/1.1 server that speaks JSON: the operator interface of `ocpp csms`, the control interface of
//! `ocpp station`.

mod body;
mod guard;
mod page;
mod token;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName,
    HeaderValue, LINK, REFERRER_POLICY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

pub(crate) use guard::{Args, Guard};
pub(crate) use page::{Asset, Page};
pub(crate) use token::Role;

/// The largest body of a request.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// The largest head of a request, and most headers.
const MAX_HEAD: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;

/// Time for the head of a request, and then for its body.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How many clients are served at a time; further ones wait.
const MAX_CLIENTS: usize = 256;

/// After a failed accept, which is nearly always a shortage of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A request, taken apart.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The segments of the path, percent-decoded.
    pub(crate) path: Vec<String>,
    query: Vec<(String, String)>,
    body: Bytes,
    /// What whoever asks may do.
    pub(crate) role: Role,
    last_event: Option<String>,
}

impl Request {
    /// The segments of the path, to be matched.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }

    /// A parameter of the query.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let mut found = self.query.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The last event that was seen before the connection broke off.
    pub(crate) fn last_event(&self) -> Option<&str> {
        self.last_event.as_deref()
    }

    /// The body as it came; an empty one stands for `{}`.
    pub(crate) fn text(&self) -> Result<&str, Reply> {
        match str::from_utf8(&self.body) {
            Ok(text) if text.trim().is_empty() => Ok("{}"),
            Ok(text) => Ok(text),
            Err(_) => Err(Reply::error(
                StatusCode::BAD_REQUEST,
                "the body is not UTF-8",
            )),
        }
    }

    /// The body as a value.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Reply> {
        read_json(self.text()?)
    }
}

/// A text as a value; what is wrong is told with a JSON pointer to it.
pub(crate) fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, Reply> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        Reply::bad_member(&pointer, error.into_inner())
    })?;
    reader.end().map_err(|error| Reply::bad_member("", error))?;
    Ok(value)
}

/// A path as a JSON pointer.
pub(crate) fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segments = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        // Numbers whose digits are kept.
        Segment::Map { key } if key.starts_with("$serde_json") => None,
        // The variant is a member too.
        Segment::Map { key } | Segment::Enum { variant: key } => {
            Some(key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => None,
    });
    segments.map(|segment| format!("/{segment}")).collect()
}

/// What is answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    /// JSON, unless [`kind`](Self::kind) says otherwise.
    pub(crate) body: String,
    kind: &'static str,
    /// What comes instead of the body, piece by piece.
    stream: Option<mpsc::Receiver<Bytes>>,
    allow: Option<String>,
    /// Where the next page is.
    next: Option<String>,
    /// Ask for a token.
    authenticate: bool,
}

impl Reply {
    /// 200 with a value.
    pub(crate) fn ok<T: Serialize>(value: &T) -> Self {
        match serde_json::to_string(value) {
            Ok(body) => Self::json(body),
            Err(error) => Self::error(StatusCode::INTERNAL_SERVER_ERROR, error),
        }
    }

    /// 200 with JSON that is written already.
    pub(crate) const fn json(body: String) -> Self {
        Self::text("application/json", body)
    }

    /// 200 with a text of this kind.
    pub(crate) const fn text(kind: &'static str, body: String) -> Self {
        Self {
            status: StatusCode::OK,
            body,
            kind,
            stream: None,
            allow: None,
            next: None,
            authenticate: false,
        }
    }

    /// 200 with what the channel brings, until it is closed.
    pub(crate) fn stream(kind: &'static str, stream: mpsc::Receiver<Bytes>) -> Self {
        let mut reply = Self::text(kind, String::new());
        reply.stream = Some(stream);
        reply
    }

    /// 200 with nothing to say.
    pub(crate) fn done() -> Self {
        Self::json("{}".into())
    }

    /// An error with its reason.
    #[allow(
        clippy::needless_pass_by_value,
        reason = "so that errors can be mapped with it"
    )]
    pub(crate) fn error(status: StatusCode, why: impl ToString) -> Self {
        Self::error_with(status, &json!({ "error": why.to_string() }))
    }

    /// An error with more members than its reason.
    pub(crate) fn error_with(status: StatusCode, body: &serde_json::Value) -> Self {
        let mut reply = Self::json(body.to_string());
        reply.status = status;
        reply
    }

    /// There may be more after this one of the list that was asked for (RFC 8288).
    pub(crate) fn with_next(mut self, request: &Request, after: &str) -> Self {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let path: Vec<String> = request.path.iter().map(|part| encode(part)).collect();
        let others = request.query.iter().filter(|(name, _)| name != "after");
        let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
        let query: Vec<String> = others
            .chain([("after", after)])
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let (path, query) = (path.join("/"), query.join("&"));
        self.next = Some(format!("</{path}?{query}>; rel=\"next\""));
        self
    }

    pub(crate) fn bad(why: impl ToString) -> Self {
        Self::error(StatusCode::BAD_REQUEST, why)
    }

    /// 400: a parameter of the path or the query is wrong.
    // Texts and errors alike, as `bad` takes them.
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn bad_parameter(name: &str, why: impl ToString) -> Self {
        let why = json!({"error": why.to_string(), "parameter": name});
        Self::error_with(StatusCode::BAD_REQUEST, &why)
    }

    /// 400: a member of the body is wrong.
    // Texts and errors alike, as `bad` takes them.
    #[allow(clippy::needless_pass_by_value)]
    pub(crate) fn bad_member(pointer: &str, why: impl ToString) -> Self {
        let why = why.to_string();
        let why = json!({"error": why, "pointer": pointer, "reason": why});
        Self::error_with(StatusCode::BAD_REQUEST, &why)
    }

    pub(crate) fn not_found() -> Self {
        Self::error(StatusCode::NOT_FOUND, "there is nothing at this path")
    }

    pub(crate) fn conflict(why: impl ToString) -> Self {
        Self::error(StatusCode::CONFLICT, why)
    }

    /// 405: the path is right and the method is not.
    pub(crate) fn method_not_allowed(allow: &str) -> Self {
        let mut reply = Self::error(StatusCode::METHOD_NOT_ALLOWED, format!("use {allow}"));
        reply.allow = Some(allow.into());
        reply
    }
}

/// What an interface offers, for those who ask at `/`.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Path {
    pub(crate) methods: &'static str,
    pub(crate) path: &'static str,
    pub(crate) what: &'static str,
}

impl Path {
    pub(crate) const fn new(methods: &'static str, path: &'static str, what: &'static str) -> Self {
        Self {
            methods,
            path,
            what,
        }
    }
}

/// The answer to `GET /`: what program this is, and what it offers.
pub(crate) fn index(program: &str, paths: &[Path]) -> Reply {
    #[derive(Serialize)]
    struct Index<'a> {
        program: &'a str,
        version: &'a str,
        documentation: &'a str,
        paths: &'a [Path],
    }
    Reply::ok(&Index {
        program,
        version: env!("CARGO_PKG_VERSION"),
        documentation: "docs/interfaces.md",
        paths,
    })
}

/// Answers requests until the listener is dropped with the task, and shows the page to people.
pub(crate) async fn serve<H, F>(
    listener: TcpListener,
    guard: Guard,
    page: &'static Page,
    handler: H,
) where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let guard = Arc::new(guard);
    let clients = Arc::new(Semaphore::new(MAX_CLIENTS));
    // It is never closed.
    while let Ok(place) = Arc::clone(&clients).acquire_owned().await {
        let Ok((socket, _)) = listener.accept().await else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Answers are small and are written whole: there is nothing to gather.
        let _ = socket.set_nodelay(true);
        let (handler, guard) = (handler.clone(), Arc::clone(&guard));
        let service = service_fn(move |request| {
            let (handler, guard) = (handler.clone(), Arc::clone(&guard));
            async move { answer(request, &guard, page, handler).await }
        });
        tokio::spawn(async move {
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .max_buf_size(MAX_HEAD)
                .max_headers(MAX_HEADERS);
            // A client that breaks off is no business of the others.
            let _ = http.serve_connection(TokioIo::new(socket), service).await;
            drop(place);
        });
    }
}

async fn answer<H, F>(
    request: hyper::Request<Incoming>,
    guard: &Guard,
    page: &'static Page,
    handler: H,
) -> Result<hyper::Response<Body>, Infallible>
where
    H: Fn(Request) -> F,
    F: Future<Output = Reply>,
{
    let reply = match read(request, guard, page).await {
        Ok(Asked::Page(asset)) => Reply::text(asset.kind, asset.text.into()),
        Ok(Asked::Program(request)) => handler(request).await,
        Err(reply) => reply,
    };
    let body = match reply.stream {
        Some(stream) => Body::Stream(stream),
        None => Body::whole(reply.body),
    };
    let mut response = hyper::Response::new(body);
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(CONTENT_TYPE, reply.kind);
    // What is told is of now, and nothing but what it says it is.
    set(CACHE_CONTROL, "no-store");
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(CONTENT_SECURITY_POLICY, page::POLICY);
    set(REFERRER_POLICY, "no-referrer");
    if reply.authenticate {
        set(WWW_AUTHENTICATE, "Bearer");
    }
    if let Some(allow) = reply.allow.and_then(|allow| allow.parse().ok()) {
        headers.insert(ALLOW, allow);
    }
    if let Some(next) = reply.next.and_then(|next| next.parse().ok()) {
        headers.insert(LINK, next);
    }
    Ok(response)
}

/// What a request is for.
enum Asked {
    Page(&'static Asset),
    Program(Request),
}

/// The text of a header.
fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.to_owned())
}

async fn read(
    request: hyper::Request<Incoming>,
    guard: &Guard,
    page: &'static Page,
) -> Result<Asked, Reply> {
    let (head, body) = request.into_parts();
    guard.check(&head)?;
    // It tells nothing; what it shows is asked for with the token.
    if let Some(asset) = page.asset(&head) {
        return Ok(Asked::Page(asset));
    }
    let role = guard.role(&head.headers)?;
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let path = head
        .uri
        .path()
        .trim_matches('/')
        .split('/')
        .map(decoded)
        .collect();
    let pairs = head.uri.query().unwrap_or_default().split('&');
    let query = pairs
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(key), decoded(&value.replace('+', " ")))
        })
        .collect();
    let body = Limited::new(body, MAX_BODY).collect();
    let late = |_| Reply::error(StatusCode::REQUEST_TIMEOUT, "the body does not come");
    let body = timeout(BODY_TIMEOUT, body).await.map_err(late)?;
    let body = body.map_err(|error| match error.is::<LengthLimitError>() {
        true => Reply::error(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("a body has at most {MAX_BODY} bytes"),
        ),
        false => Reply::bad(format!("the body: {error}")),
    })?;
    let body = body.to_bytes();
    guard::check_body(&head.headers, &body)?;
    Ok(Asked::Program(Request {
        method: head.method,
        path,
        query,
        body,
        role,
        last_event: header(&head.headers, &HeaderName::from_static("last-event-id")),
    }))
}
