//! The product under test: a preset, or a description in a file.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use ocpp_conformance::description::{self, Description, Settings, Wrong};
use ocpp_conformance::preset;
use serde_json::Value;

use super::NoRun;

/// The product that is meant where none is named.
pub(super) const DEFAULT: &str = "chaevi";

/// Which product is tested.
#[derive(Debug, clap::Args)]
pub(crate) struct Choice {
    /// The product: chaevi, cs-technology, evsis, alpitronic, full-2.0.1; without this and --product a certified one
    #[arg(long, conflicts_with = "product")]
    preset: Option<String>,
    /// A description of the product in TOML, or in JSON if the name ends with .json; `ocpp conformance product` writes one
    /// to start from
    #[arg(long, value_name = "FILE")]
    product: Option<PathBuf>,
}

/// There is no such product.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotRead {
    #[error("there is no preset {0}; there are {all}", all = preset::NAMES.join(", "))]
    Preset(String),
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
            None => preset(self.preset.as_deref().unwrap_or(name))?,
        };
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
pub(super) fn write(like: &str, json: bool) -> Result<(), NoRun> {
    let like = preset(like)?.product;
    let document = description::template(&like);
    let document = document.map_err(|wrong| NotRead::Wrong(PathBuf::from(like.name), wrong))?;
    let text = match json {
        true => format!("{document:#}\n"),
        false => description::toml(&document),
    };
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}
