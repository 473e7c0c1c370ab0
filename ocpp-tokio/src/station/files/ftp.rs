//! FTP and FTPS, in passive mode. FTPS begins in clear and asks for TLS (RFC 4217), except on the port where TLS comes first
//! (990).

use std::sync::Arc;

use suppaftp::tokio::{
    AsyncRustlsConnector, AsyncRustlsFtpStream, AsyncRustlsStream, TransferStream,
};
use suppaftp::types::FileType;
use suppaftp::{FtpError, Status};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::location::{Location, Scheme};
use super::{Files, Progress, Sink, TransferError};

/// How much is read or written at a time, in bytes.
const PIECE: usize = 16 * 1024;

impl Files {
    pub(super) async fn ftp_download(
        &self,
        location: &Location,
        sink: &mut Sink<impl FnMut(Progress)>,
    ) -> Result<(), TransferError> {
        let patience = self.options.patience;
        let mut server = self.log_in(location).await?;
        let path = location.path();
        // Not every server tells sizes.
        let size = self.patiently(server.size(&path)).await.ok();
        let total = size.and_then(|size| u64::try_from(size).ok());
        // Nor when a file was changed; without both a changed file cannot be told from the old one.
        let changed = self.patiently(server.mdtm(&path)).await.ok();
        let validator = total.and(changed).map(|changed| changed.to_string());
        let resumed = match sink.resumable() {
            Some((size, old)) if Some(old) == validator.as_deref() && sink.total() == total => {
                self.ftp_resume(&mut server, &path, size).await?
            }
            _ => None,
        };
        let mut stream = match resumed {
            Some(stream) => stream,
            None => {
                sink.restart().await?;
                self.patiently(server.retr_as_stream(&path)).await?
            }
        };
        sink.expect(total, validator)?;
        let mut piece = vec![0; PIECE];
        loop {
            let read = timeout(patience, stream.read(&mut piece)).await;
            let read = read.map_err(|_| silent())?.map_err(broken)?;
            match piece.get(..read) {
                Some(piece) if !piece.is_empty() => sink.write(piece).await?,
                _ => break,
            }
        }
        // The server's word that this was all of it.
        self.patiently(stream.finish()).await?;
        // The file is there whether the server says goodbye or not.
        let _ = self.patiently(server.quit()).await;
        Ok(())
    }

    /// Asks for the rest of a file. `None` if the server cannot do that.
    async fn ftp_resume(
        &self,
        server: &mut AsyncRustlsFtpStream,
        path: &str,
        size: u64,
    ) -> Result<Option<TransferStream<AsyncRustlsStream>>, TransferError> {
        let Ok(offset) = usize::try_from(size) else {
            return Ok(None);
        };
        self.patiently(server.resume_transfer(offset)).await?;
        match self.patiently(server.retr_as_stream(path)).await {
            Ok(stream) => Ok(Some(stream)),
            Err(error @ TransferError::Connection(_)) => Err(error),
            Err(_) => {
                // Not again with the next transfer.
                self.patiently(server.resume_transfer(0)).await?;
                Ok(None)
            }
        }
    }

    pub(super) async fn ftp_upload(
        &self,
        location: &Location,
        content: &[u8],
        progress: &mut impl FnMut(Progress),
    ) -> Result<(), TransferError> {
        let patience = self.options.patience;
        let mut server = self.log_in(location).await?;
        let path = location.path();
        let mut stream = self.patiently(server.put_with_stream(&path)).await?;
        let total = Some(content.len() as u64);
        let mut done = 0;
        for piece in content.chunks(PIECE) {
            let written = timeout(patience, stream.write_all(piece)).await;
            written.map_err(|_| silent())?.map_err(broken)?;
            done += piece.len() as u64;
            if Some(done) != total {
                progress(Progress { done, total });
            }
        }
        self.patiently(stream.finish()).await?;
        let _ = self.patiently(server.quit()).await;
        Ok(())
    }

    async fn log_in(&self, location: &Location) -> Result<AsyncRustlsFtpStream, TransferError> {
        let address = (location.host(), location.port());
        let connector = || {
            let connector = TlsConnector::from(Arc::clone(&self.tls));
            AsyncRustlsConnector::from(connector)
        };
        let host = location.host();
        let mut server = match location.scheme {
            Scheme::Ftps if location.port() == self.options.implicit_ftps_port => {
                let connected =
                    AsyncRustlsFtpStream::connect_secure_implicit(address, connector(), host);
                self.patiently(connected).await?
            }
            Scheme::Ftps => {
                let plain = self
                    .patiently(AsyncRustlsFtpStream::connect(address))
                    .await?;
                self.patiently(plain.into_secure(connector(), host)).await?
            }
            _ => {
                self.patiently(AsyncRustlsFtpStream::connect(address))
                    .await?
            }
        };
        server.set_passive_nat_workaround(true);
        let (user, password) = match (location.user(), location.password()) {
            (user, _) if user.is_empty() => ("anonymous".into(), "anonymous".into()),
            given => given,
        };
        self.patiently(server.login(user, password)).await?;
        self.patiently(server.transfer_type(FileType::Binary))
            .await?;
        Ok(server)
    }

    async fn patiently<T>(
        &self,
        step: impl Future<Output = Result<T, FtpError>>,
    ) -> Result<T, TransferError> {
        let done = timeout(self.options.patience, step).await;
        done.map_err(|_| silent())?.map_err(failure)
    }
}

fn silent() -> TransferError {
    TransferError::Connection("the server is silent".into())
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn broken(error: std::io::Error) -> TransferError {
    TransferError::connection(&error.to_string())
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn failure(error: FtpError) -> TransferError {
    match &error {
        FtpError::UnexpectedResponse(response) => match response.status {
            Status::NotLoggedIn | Status::NeedPassword => TransferError::PermissionDenied,
            Status::FileUnavailable => TransferError::NotFound,
            Status::TransferAborted | Status::CannotOpenDataConnection | Status::NotAvailable => {
                TransferError::connection(&error.to_string())
            }
            _ => TransferError::refused(&error.to_string()),
        },
        FtpError::ConnectionError(_) | FtpError::SecureError(_) => {
            TransferError::connection(&error.to_string())
        }
        _ => TransferError::refused(&error.to_string()),
    }
}
