//! Where `ocpp csms` keeps what it knows, and which other nodes there are.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ocpp_tokio::csms::{
    Application, Csms, CsmsConfig, FileStore, MemoryStore, NatsBus, PostgresStore,
};

use super::Failure;
use crate::files::read;

/// Where the records are, and the other nodes.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// The file that keeps tokens, stations, transactions and reservations.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// A PostgreSQL database that keeps them instead, and that several nodes may share:
    /// postgres://USER:PASSWORD@HOST/DATABASE. @FILE: the address stands in this file.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "state")]
    store: Option<String>,
    /// What connects the nodes that share a database: nats://HOST, or several servers separated by commas. @FILE: they stand
    /// in this file. Commands reach a station from every node, and events go to a stream.
    #[arg(long, value_name = "ADDRESS", requires = "store", requires = "node")]
    bus: Option<String>,
    /// The name of this node: each has another one, and the same after a restart.
    #[arg(long, value_name = "NAME")]
    node: Option<String>,
}

impl Args {
    /// Whether what is known outlasts the program.
    pub(super) const fn is_durable(&self) -> bool {
        self.state.is_some() || self.store.is_some()
    }

    /// Gives the file too, if that is where the records are.
    pub(super) async fn open(
        &self,
        mut config: CsmsConfig,
        application: impl Application,
    ) -> Result<(Csms, Option<Arc<FileStore>>), Failure> {
        if let Some(node) = &self.node {
            config.node.clone_from(node);
        }
        let Some(address) = &self.store else {
            return match &self.state {
                Some(path) => {
                    let store = FileStore::open(path).map_err(|error| of(path, &error))?;
                    let store = Arc::new(store);
                    let opened = Csms::open(config, Arc::clone(&store), application).await;
                    let csms = opened.map_err(|error| of(path, &error))?;
                    Ok((csms, Some(store)))
                }
                None => {
                    let csms = Csms::open(config, MemoryStore::new(), application).await?;
                    Ok((csms, None))
                }
            };
        };
        let store = PostgresStore::open(&secret(address)?).await;
        let store = store.map_err(|error| format!("--store: {error}"))?;
        let Some(servers) = &self.bus else {
            return Ok((Csms::open(config, store, application).await?, None));
        };
        let bus = NatsBus::connect(&secret(servers)?).await;
        let bus = bus.map_err(|error| format!("--bus: {error}"))?;
        Ok((
            Csms::open_node(config, store, bus, application).await?,
            None,
        ))
    }
}

fn of(path: &Path, error: &dyn Display) -> Failure {
    format!("{}: {error}", path.display()).into()
}

/// An address with a password need not stand where everybody on the machine can read it.
fn secret(address: &str) -> Result<String, Failure> {
    match address.strip_prefix('@') {
        Some(file) => Ok(String::from_utf8(read(Path::new(file))?)?.trim().to_owned()),
        None => Ok(address.to_owned()),
    }
}
