//! A PostgreSQL database as the store.

mod encryption;
mod session;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Statement};

use super::{Expect, Row, Store, StoreError, Table};
use encryption::Address;
use session::{Session, Sessions, within};

/// How long to wait before it is asked again what became of a transaction.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// How often rows are written anew when the database says that others were in the way.
const ATTEMPTS: usize = 5;

/// Keeps records in a PostgreSQL database (12 or later), which several nodes may share.
///
/// What it needs it makes in the first schema of the search path (`ocpp_rows`, `ocpp_write`, `ocpp_schema`), and brings it up to date
/// when it is opened. The user must be allowed to do that, and the encoding of the database must be UTF-8. Nothing is said to be durable
/// before the database has said so; a user or database that is configured with `synchronous_commit = off` is overruled.
///
/// When the connection is lost at the very moment when a transaction ends, nobody knows whether it counts. The database is asked for
/// its status and the rows as soon as it can be reached again, and the write waits for that: neither is a record lost, nor is it written twice.
///
/// Connections are encrypted (TLS 1.2 or 1.3) if the address says `sslmode=verify-full`, and to nobody but a database that shows a certificate
/// for the name in the address. `sslrootcert=FILE` names the roots that are trusted for it (PEM); without it those that
/// browsers trust. `require` and `verify-ca` mean the same here: encryption to somebody unknown keeps nobody out. Without `sslmode`
/// connections are not encrypted: let the way be a socket of this machine, a private network, or a tunnel.
pub struct PostgresStore(Arc<Sessions>);

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresStore").field(&*self.0).finish()
    }
}

impl PostgresStore {
    /// Most connections to the database, unless [`open_with`](Self::open_with) is told another number.
    pub const CONNECTIONS: usize = 8;

    /// Opens a database by its address (`postgres://user:password@host:port/database`), and brings its schema up to date.
    ///
    /// # Errors
    /// The address is none, the database cannot be reached, its encoding is another one, or its schema is of a later version.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        Self::open_with(address, Self::CONNECTIONS).await
    }

    /// Like [`open`](Self::open), with so many connections at most.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_with(address: &str, connections: usize) -> Result<Self, StoreError> {
        // The error does not repeat the address, in which there may be a password.
        let Address { rest, encryption } = Address::parse(address)?;
        let config: Config = rest.parse().map_err(StoreError::new)?;
        let sessions = Sessions::new(config, encryption, connections);
        sessions.prepare().await?;
        Ok(Self(Arc::new(sessions)))
    }
}

/// What goes into a statement.
type Parameters<'a, const N: usize> = [&'a (dyn ToSql + Sync); N];

/// Why rows were not written.
enum Failed {
    /// Somebody else was in the way; nothing is written.
    Again(StoreError),
    For(StoreError),
}

impl From<tokio_postgres::Error> for Failed {
    fn from(error: tokio_postgres::Error) -> Self {
        let again = error.code().is_some_and(|code| {
            *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
        });
        // A connection that the database has closed meanwhile: another one is made.
        if again || error.is_closed() {
            Self::Again(StoreError::new(error))
        } else {
            Self::For(StoreError::new(error))
        }
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::For(error)
    }
}

async fn write(sessions: &Sessions, mut rows: Vec<Row>) -> Result<(), StoreError> {
    // All lock their rows in the same order, so nobody waits in a circle.
    rows.sort_by(|one, other| (one.table, &one.key).cmp(&(other.table, &other.key)));
    let mut attempts = 0;
    loop {
        attempts += 1;
        match try_write(sessions, &rows).await {
            Ok(()) => return Ok(()),
            Err(Failed::Again(_)) if attempts < ATTEMPTS => {}
            Err(Failed::Again(error) | Failed::For(error)) => return Err(error),
        }
    }
}

async fn try_write(sessions: &Sessions, rows: &[Row]) -> Result<(), Failed> {
    let kinds: Vec<i16> = rows.iter().map(|row| kind(row.table)).collect();
    let keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
    let (conditions, expected): (Vec<i16>, Vec<Option<&str>>) =
        rows.iter().map(|row| condition(&row.expect)).unzip();
    let values: Vec<Option<&str>> = rows.iter().map(|row| row.value.as_deref()).collect();
    let lent = sessions.lend().await?;
    let session = lent.session();
    let client = &session.client;
    let parameters: Parameters<'_, 5> = [&kinds, &keys, &conditions, &expected, &values];
    let writing = async {
        // Both are sent at once.
        let (began, written) = tokio::join!(
            client.batch_execute("BEGIN"),
            client.query_one(&session.write, &parameters),
        );
        began?;
        written
    };
    let written = within(writing).await?;
    let answer: String = match written {
        Ok(row) => row.try_get(0)?,
        Err(error) => {
            if within(client.batch_execute("ROLLBACK")).await?.is_ok() {
                lent.give_back();
            }
            return Err(error.into());
        }
    };
    if let Some(place) = answer.strip_prefix('!') {
        if within(client.batch_execute("ROLLBACK")).await?.is_ok() {
            lent.give_back();
        }
        let place = place.parse::<usize>().ok();
        let row = place.and_then(|place| rows.get(place.checked_sub(1)?));
        let unknown = || StoreError::new("the database names a row that was not written");
        return Err(Failed::For(row.map_or_else(unknown, StoreError::conflict)));
    }
    if let Ok(Ok(())) = within(client.batch_execute("COMMIT")).await {
        lent.give_back();
        return Ok(());
    }
    drop(lent);
    Ok(became(sessions, &answer, rows).await?)
}

/// What became of a transaction whose end was not heard: waits until the database tells. A database that went down at that moment may
/// have forgotten the transaction, and have given its number to another one since; so what it says is believed if the rows say it too.
/// Whoever has changed them since has taken them from this node, which reads them again.
async fn became(sessions: &Sessions, transaction: &str, rows: &[Row]) -> Result<(), StoreError> {
    loop {
        match status(sessions, transaction).await {
            Ok(Status::Committed) => match are_there(sessions, rows).await {
                Ok(true) => return Ok(()),
                Ok(false) => return Err(StoreError::new("the connection was lost")),
                Err(_) => {}
            },
            Ok(Status::Lost) => return Err(StoreError::new("the connection was lost")),
            Ok(Status::InProgress) | Err(_) => {}
        }
        sleep(ASK_AGAIN).await;
    }
}

/// What a database says of a transaction.
enum Status {
    Committed,
    InProgress,
    Lost,
}

async fn status(sessions: &Sessions, transaction: &str) -> Result<Status, StoreError> {
    let lent = sessions.lend().await?;
    let client = &lent.session().client;
    let query = "SELECT pg_xact_status($1::text::xid8)";
    let row = match within(client.query_one(query, &[&transaction])).await? {
        Ok(row) => row,
        // It is in the future: the database has forgotten it, or was put back from a backup.
        Err(error) if error.code() == Some(&SqlState::INVALID_PARAMETER_VALUE) => {
            return Ok(Status::Lost);
        }
        Err(error) => return Err(StoreError::new(error)),
    };
    let status: Option<String> = row.try_get(0).map_err(StoreError::new)?;
    lent.give_back();
    Ok(match status.as_deref() {
        Some("committed") => Status::Committed,
        Some("in progress") => Status::InProgress,
        _ => Status::Lost,
    })
}

/// Whether rows are as they were to be written.
async fn are_there(sessions: &Sessions, rows: &[Row]) -> Result<bool, StoreError> {
    for row in rows.iter().filter(|row| !row.is_check()) {
        if get(sessions, row.table, &row.key).await? != row.value {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn get(sessions: &Sessions, table: Table, key: &str) -> Result<Option<String>, StoreError> {
    let rows = query(sessions, |session| &session.get, &[&kind(table), &key]).await?;
    let value = rows.first().map(|row| row.try_get(0)).transpose();
    value.map_err(StoreError::new)
}

const fn kind(table: Table) -> i16 {
    match table {
        Table::Stations => 1,
        Table::Transactions => 2,
        Table::Meters => 3,
        Table::Services => 4,
        Table::Open => 5,
        Table::Closed => 6,
        Table::Outbox => 7,
        Table::Nodes => 8,
        Table::Origins => 9,
        Table::Index => 10,
    }
}

fn condition(expect: &Expect) -> (i16, Option<&str>) {
    match expect {
        Expect::Anything => (0, None),
        Expect::Absent => (1, None),
        Expect::Value(value) => (2, Some(value)),
    }
}

/// Reads with a connection that works: one that the database has closed meanwhile is replaced.
async fn query(
    sessions: &Sessions,
    statement: fn(&Session) -> &Statement,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<tokio_postgres::Row>, StoreError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let lent = sessions.lend().await?;
        let session = lent.session();
        let rows = session.client.query(statement(session), parameters);
        match within(rows).await? {
            Ok(rows) => {
                lent.give_back();
                return Ok(rows);
            }
            Err(error) if error.is_closed() && attempts < ATTEMPTS => {}
            Err(error) => return Err(StoreError::new(error)),
        }
    }
}

impl Store for PostgresStore {
    async fn write(&self, rows: Vec<Row>) -> Result<(), StoreError> {
        let sessions = Arc::clone(&self.0);
        // In a task of its own: who waits may go away, and the connection is given back in order.
        let writing = tokio::spawn(async move { write(&sessions, rows).await });
        writing.await.map_err(StoreError::new)?
    }

    async fn get(&self, table: Table, key: &str) -> Result<Option<String>, StoreError> {
        get(&self.0, table, key).await
    }

    async fn read(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let kind = kind(table);
        let parameters: Parameters<'_, 3> = [&kind, &after, &limit];
        let rows = query(&self.0, |session| &session.read, &parameters).await?;
        let rows = rows
            .iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        let rows: Result<_, tokio_postgres::Error> = rows.collect();
        rows.map_err(StoreError::new)
    }

    async fn get_all(
        &self,
        table: Table,
        keys: &[String],
    ) -> Result<Vec<Option<String>>, StoreError> {
        let kind = kind(table);
        let parameters: Parameters<'_, 2> = [&kind, &keys];
        let rows = query(&self.0, |session| &session.get_all, &parameters).await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in &rows {
            let key: String = row.try_get(0).map_err(StoreError::new)?;
            let value: String = row.try_get(1).map_err(StoreError::new)?;
            found.insert(key, value);
        }
        Ok(keys.iter().map(|key| found.remove(key)).collect())
    }
}
