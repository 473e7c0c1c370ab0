//! Connections to the database.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::StoreError;
use super::encryption::Encryption;

/// How long the database may take for anything.
const PATIENCE: Duration = Duration::from_secs(10);

/// After a connection that failed, others fail at once for so long: whoever waits for the database need not queue for it.
const PAUSE: Duration = Duration::from_millis(500);

/// What leads from each version of the schema to the next one.
const MIGRATIONS: [&str; 1] = [include_str!("1.sql")];

/// Nodes that start at the same time bring the schema up to date one after the other.
const LOCK: i64 = 0x006f_6370_7031;

/// A connection with what is said over it.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) write: Statement,
    pub(super) get: Statement,
    pub(super) read: Statement,
    pub(super) get_all: Statement,
}

/// Connections that are in use or wait for it.
pub(super) struct Sessions {
    config: Config,
    encryption: Option<Encryption>,
    permits: Semaphore,
    idle: Mutex<Vec<Session>>,
    /// When a connection failed last.
    failed: Mutex<Option<Instant>>,
}

impl fmt::Debug for Sessions {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions")
            .field("hosts", &self.config.get_hosts())
            .field("database", &self.config.get_dbname())
            .finish_non_exhaustive()
    }
}

/// A connection that is in use. Unless it is given back, it is closed: what is under way over it is not known.
pub(super) struct Lent<'a> {
    sessions: &'a Sessions,
    session: Session,
    _permit: SemaphorePermit<'a>,
}

impl Lent<'_> {
    pub(super) const fn session(&self) -> &Session {
        &self.session
    }

    /// Nothing is under way over it.
    pub(super) fn give_back(self) {
        if !self.session.client.is_closed() {
            lock(&self.sessions.idle).push(self.session);
        }
    }
}

/// A poisoned lock protects whole values only.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the database, but not for ever.
pub(super) async fn within<T>(doing: impl Future<Output = T>) -> Result<T, StoreError> {
    let done = timeout(PATIENCE, doing).await;
    done.map_err(|_| StoreError::new("the database does not answer"))
}

impl Sessions {
    pub(super) fn new(
        mut config: Config,
        encryption: Option<Encryption>,
        connections: usize,
    ) -> Self {
        config.ssl_mode(match encryption {
            Some(_) => SslMode::Require,
            None => SslMode::Disable,
        });
        config
            .application_name("ocpp")
            .connect_timeout(PATIENCE)
            .tcp_user_timeout(PATIENCE)
            .keepalives_idle(Duration::from_secs(30));
        Self {
            config,
            encryption,
            permits: Semaphore::new(connections.max(1)),
            idle: Mutex::default(),
            failed: Mutex::default(),
        }
    }

    /// A connection, when one is free.
    pub(super) async fn lend(&self) -> Result<Lent<'_>, StoreError> {
        let permit = self.permits.acquire().await.map_err(StoreError::new)?;
        let idle = lock(&self.idle).pop();
        let session = match idle {
            Some(session) if !session.client.is_closed() => session,
            _ => self.connect().await?,
        };
        Ok(Lent {
            sessions: self,
            session,
            _permit: permit,
        })
    }

    async fn connect(&self) -> Result<Session, StoreError> {
        let failed = *lock(&self.failed);
        if failed.is_some_and(|at| at.elapsed() < PAUSE) {
            return Err(StoreError::new("the database cannot be reached"));
        }
        let connected = self.open().await;
        *lock(&self.failed) = connected.is_err().then(Instant::now);
        connected
    }

    async fn open(&self) -> Result<Session, StoreError> {
        let client = self.client().await?;
        let prepared = within(async {
            let write = client
                .prepare("SELECT ocpp_write($1, $2, $3, $4, $5)")
                .await?;
            let get = "SELECT value FROM ocpp_rows WHERE kind = $1 AND key = $2";
            let get = client.prepare(get).await?;
            let read = "SELECT key, value FROM ocpp_rows WHERE kind = $1 AND key > $2 ORDER BY key LIMIT $3";
            let read = client.prepare(read).await?;
            let get_all = "SELECT key, value FROM ocpp_rows WHERE kind = $1 AND key = ANY($2)";
            let get_all = client.prepare(get_all).await?;
            Ok((write, get, read, get_all))
        });
        let prepared: Result<_, tokio_postgres::Error> = prepared.await?;
        let (write, get, read, get_all) = prepared.map_err(StoreError::new)?;
        Ok(Session {
            client,
            write,
            get,
            read,
            get_all,
        })
    }

    async fn client(&self) -> Result<Client, StoreError> {
        let client = match self.encryption.clone() {
            Some(encryption) => {
                let connecting = within(self.config.connect(encryption)).await?;
                let (client, connection) = connecting.map_err(StoreError::new)?;
                // Its errors are those of the requests under way.
                tokio::spawn(connection);
                client
            }
            None => {
                let connecting = within(self.config.connect(NoTls)).await?;
                let (client, connection) = connecting.map_err(StoreError::new)?;
                tokio::spawn(connection);
                client
            }
        };
        // A transaction whose node is gone lets go of its rows.
        let settings = "SET default_transaction_isolation = 'read committed';\
                        SET idle_in_transaction_session_timeout = '5s';\
                        SET statement_timeout = '10s';\
                        SELECT set_config('synchronous_commit', 'on', false)\
                        WHERE current_setting('synchronous_commit') = 'off'";
        let set = within(client.batch_execute(settings)).await?;
        set.map_err(StoreError::new)?;
        Ok(client)
    }

    /// Brings the schema up to date.
    pub(super) async fn prepare(&self) -> Result<(), StoreError> {
        let mut client = self.client().await?;
        let migrating = async {
            let encoding = client.query_one("SHOW server_encoding", &[]).await;
            let encoding: String = encoding.map_err(StoreError::new)?.get(0);
            if encoding != "UTF8" {
                let why = format!("the encoding of the database is {encoding}, not UTF8");
                return Err(StoreError::new(why));
            }
            migrate(&mut client).await
        };
        within(migrating).await?
    }
}

async fn migrate(client: &mut Client) -> Result<(), StoreError> {
    let transaction = client.transaction().await.map_err(StoreError::new)?;
    let lock = "SELECT pg_advisory_xact_lock($1)";
    let locked = transaction.execute(lock, &[&LOCK]).await;
    locked.map_err(StoreError::new)?;
    let table = "CREATE TABLE IF NOT EXISTS ocpp_schema (version integer NOT NULL)";
    transaction
        .batch_execute(table)
        .await
        .map_err(StoreError::new)?;
    let version = "SELECT coalesce(max(version), 0) FROM ocpp_schema";
    let version = transaction.query_one(version, &[]).await;
    let version: i32 = version.map_err(StoreError::new)?.get(0);
    let done = usize::try_from(version).unwrap_or(0);
    if done > MIGRATIONS.len() {
        let why = format!("the schema of the database is version {version}, of a later build");
        return Err(StoreError::new(why));
    }
    for (number, migration) in (1_i32..).zip(MIGRATIONS).skip(done) {
        let migrated = transaction.batch_execute(migration).await;
        migrated.map_err(StoreError::new)?;
        let note = "INSERT INTO ocpp_schema VALUES ($1)";
        let noted = transaction.execute(note, &[&number]).await;
        noted.map_err(StoreError::new)?;
    }
    transaction.commit().await.map_err(StoreError::new)
}
