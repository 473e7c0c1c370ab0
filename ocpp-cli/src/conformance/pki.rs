//! `ocpp conformance pki`: what a station needs before the lab can test its security.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ocpp_conformance::lab::Parameters;
use ocpp_conformance::pki::{Authority, Failure, rsa_server_key, server_key, station_key};
use ocpp_conformance::preset;

/// Write what a station needs to trust the lab, or a CSMS to be tested with TLS: certificates, keys, a password
///
/// The keys of the lab are the same everywhere and no secret. Install its root in stations that are tested only, and
/// remove it afterwards.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder for the files; it is made if it is not there
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// The serial number of the station, which its certificate names
    #[arg(long, value_name = "NUMBER", default_value = "CP-0815")]
    serial: String,
    /// Also the certificate of a CSMS that stations reach under this name or address, its key, and the key of the root
    #[arg(long, value_name = "NAME")]
    csms: Option<String>,
}

/// Why the files could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotWritten {
    #[error(transparent)]
    Certificate(#[from] Failure),
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    #[error(transparent)]
    Output(#[from] io::Error),
}

pub(super) fn write(args: &Args) -> Result<(), NotWritten> {
    let csms = Authority::csms()?;
    let mut files = vec![
        (
            "csms-root.pem",
            csms.pem()?,
            "root of the lab's CSMS; the station must trust it before profile 2 unless the lab may install it",
        ),
        (
            "manufacturer-root.pem",
            Authority::manufacturer()?.pem()?,
            "root of the certificate that signs firmware; the lab installs it",
        ),
        (
            "password.txt",
            Parameters::of(&preset::chaevi()).authorization_key,
            "password of the station (AuthorizationKey), in hexadecimal digits",
        ),
        (
            "station.pem",
            csms.station(&args.serial)?,
            "certificate of the station, if it is to begin with profile 3",
        ),
        ("station.key", station_key()?, "its private key"),
    ];
    if let Some(host) = &args.csms {
        files.push((
            "csms.pem",
            csms.server_at(host)?,
            "certificate of the CSMS under test",
        ));
        files.push(("csms.key", server_key()?, "its private key"));
        files.push((
            "csms-rsa.pem",
            csms.rsa_server_at(host)?,
            "another one for the cipher suites with RSA",
        ));
        files.push((
            "csms-rsa.key",
            rsa_server_key().to_owned(),
            "its private key",
        ));
        files.push((
            "csms-root.key",
            csms.key_pem()?,
            "private key of the root, with which the CSMS under test signs certificates of stations",
        ));
    }
    let mut out = io::stdout().lock();
    let named = |path: &Path| {
        let path = path.to_owned();
        move |error| NotWritten::File(path, error)
    };
    std::fs::create_dir_all(&args.out).map_err(named(&args.out))?;
    for (name, content, what) in files {
        let path = args.out.join(name);
        ocpp_tokio::station::make_private(&path).map_err(named(&path))?;
        std::fs::write(&path, content).map_err(named(&path))?;
        writeln!(out, "{}: {what}", path.display())?;
    }
    Ok(())
}
