//! The product under test: a preset, or a description in a file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ocpp_conformance::case::Side;
use ocpp_conformance::description::{self, Description, Settings, Wrong};
use ocpp_conformance::draft::{self, Draft};
use ocpp_conformance::preset;
use serde_json::Value;

use super::{NoRun, wire};
use crate::output;

/// The product that is meant where none is named.
pub(super) const DEFAULT: &str = "chaevi";

/// The same where a CSMS is tested.
const DEFAULT_CSMS: &str = "kevs";

/// The side that is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Role {
    Station,
    Csms,
}

/// Which product is tested.
#[derive(Debug, clap::Args)]
pub(crate) struct Choice {
    /// The side that is tested; without this that of the product
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// The product: chaevi, cs-technology, evsis, alpitronic, full-2.0.1, or of a CSMS: kevs, csms-1.6, csms-2.0.1; without this and
    /// --product a certified one
    #[arg(long, conflicts_with = "product")]
    preset: Option<String>,
    /// A description of the product in TOML, or in JSON if the name ends with .json; `ocpp conformance product` writes one
    /// to start from
    #[arg(long, value_name = "FILE")]
    product: Option<PathBuf>,
}

/// Write the description of a product, to be changed into that of one's own for --product
///
/// With --from-station and --wire a station is asked for its keys or variables, as `ocpp conformance run` reaches it. What
/// it says counts more than the preset; where it says something else, or contradicts itself, is noted. It does not say
/// everything: look through the rest.
#[derive(Debug, clap::Args)]
pub(crate) struct Written {
    /// The preset that is most like it: chaevi, cs-technology, evsis, alpitronic, full-2.0.1
    #[arg(long, value_name = "PRESET")]
    like: String,
    /// JSON instead of TOML
    #[arg(long)]
    json: bool,
    /// Ask the station that connects
    #[arg(long, requires = "wire")]
    from_station: bool,
    #[command(flatten)]
    wire: wire::Args,
}

/// There is no such product.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotRead {
    #[error("there is no preset {0}; there are {all}, {csms}", all = preset::NAMES.join(", "), csms = preset::CSMS_NAMES.join(", "))]
    Preset(String),
    #[error("{0} is {side}, which --role does not name", side = .1.words())]
    Role(String, Side),
    #[error("{path}: {1}", path = .0.display())]
    File(PathBuf, io::Error),
    #[error("{path}: {1}", path = .0.display())]
    Text(PathBuf, String),
    #[error("{path}: {1}", path = .0.display())]
    Wrong(PathBuf, Wrong),
}

impl Choice {
    /// The product, or the preset of this name.
    pub(super) fn described_or(&self, name: &str) -> Result<Description, NoRun> {
        let described = match &self.product {
            Some(file) => read(file)?,
            None => {
                let name = match self.role {
                    Some(Role::Csms) => DEFAULT_CSMS,
                    _ => name,
                };
                preset(self.preset.as_deref().unwrap_or(name))?
            }
        };
        let (name, side) = (described.product.name, described.product.side);
        let wanted = match self.role {
            None => side,
            Some(Role::Station) => Side::Station,
            Some(Role::Csms) => Side::Csms,
        };
        if side != wanted {
            return Err(NotRead::Role(name.to_owned(), side).into());
        }
        described.product.check()?;
        Ok(described)
    }
}

fn preset(name: &str) -> Result<Description, NotRead> {
    let product = preset::named(name).ok_or_else(|| NotRead::Preset(name.to_owned()))?;
    let settings = Settings::default();
    Ok(Description { product, settings })
}

/// Reads the description in a file.
pub(crate) fn read(file: &Path) -> Result<Description, NotRead> {
    let named = || file.to_owned();
    let text = std::fs::read_to_string(file).map_err(|error| NotRead::File(named(), error))?;
    let is_json = file
        .extension()
        .is_some_and(|extension| extension == "json");
    let document: Result<Value, String> = match is_json {
        true => serde_json::from_str(&text).map_err(|error| error.to_string()),
        false => toml::from_str(&text).map_err(|error| error.to_string()),
    };
    let document = document.map_err(|error| NotRead::Text(named(), error))?;
    description::read(&document).map_err(|wrong| NotRead::Wrong(named(), wrong))
}

/// Writes a description to start from.
pub(super) fn write(written: &Written) -> Result<(), NoRun> {
    let like = preset(&written.like)?;
    let wrong = |wrong| NotRead::Wrong(PathBuf::from(like.product.name), wrong);
    let (document, notes) = if written.from_station {
        let draft = ask(&like, &written.wire)?;
        (draft.document, draft.notes)
    } else {
        let document = description::template(&like.product).map_err(wrong)?;
        (document, Vec::new())
    };
    for note in &notes {
        output::error(format_args!("{note}"));
    }
    let text = match written.json {
        true => format!("{document:#}\n"),
        false => {
            let notes: String = notes.iter().map(|note| format!("# {note}\n")).collect();
            notes + &description::toml(&document)
        }
    };
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}

/// What the station that connects says of itself.
fn ask(like: &Description, wire: &wire::Args) -> Result<Draft, NoRun> {
    let trouble = |trouble: &dyn std::fmt::Display| NoRun::Bench(trouble.to_string());
    let bench = wire.bench(&like.product, &like.settings);
    let bench = bench.map_err(|error| trouble(&error))?;
    let (mut bench, parameters) = bench.ok_or_else(|| trouble(&"--wire is missing"))?;
    let drafted = draft::from_station(&mut bench, &like.product, parameters);
    drafted.map_err(|failed| trouble(&failed))
}
