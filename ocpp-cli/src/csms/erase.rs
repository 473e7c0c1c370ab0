//! `ocpp erase`: erases a person while `ocpp csms` does not run.

use std::process::ExitCode;

use ocpp_core::csms::ledger::Bill;
use ocpp_tokio::csms::{Application, CsmsConfig, Person, Taken};

use super::{Failure, open};
use crate::output;

/// Erase what a management system knows of a person: a pseudonym takes the place of the token.
///
/// For a system that does not run; one that runs has POST /v1/erase. Transactions and what was charged stay. Stations keep what they have: their
/// lists, caches and logs.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(crate) struct Args {
    #[command(flatten)]
    open: open::Args,
    /// The token of the person.
    #[arg(long, value_name = "TOKEN", required_unless_present = "group")]
    id_token: Option<String>,
    /// The parentIdTag of a group: everybody in it is erased.
    #[arg(long, value_name = "GROUP", conflicts_with = "id_token")]
    group: Option<String>,
}

/// Decides nothing, and takes no bills: they wait for the program that tells them.
struct Nobody;

impl Application for Nobody {
    async fn bill(&self, _station: &str, _bill: &Bill) -> Taken {
        Taken::Later
    }
}

pub(crate) fn run(args: &Args) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let result = runtime
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(erase(args)));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(format_args!("ocpp erase: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn erase(args: &Args) -> Result<(), Failure> {
    let person = match (&args.id_token, &args.group) {
        (Some(token), _) if !token.is_empty() => Person::IdToken(token.clone()),
        (None, Some(group)) if !group.is_empty() => Person::Group(group.clone()),
        _ => return Err("a token is 1 byte long at least".into()),
    };
    if !args.open.is_durable() {
        return Err("--state or --store says where the records are".into());
    }
    let (csms, _) = args.open.open(CsmsConfig::default(), Nobody).await?;
    let erased = csms.erase(&person).await?;
    output::line(format_args!(
        "{} stands for {} token(s) in {} transaction(s)",
        erased.pseudonym,
        erased.tokens.max(1),
        erased.transactions
    ));
    Ok(())
}
