//! How the official schemas become types: what the build script writes, and the type definitions for other languages.

use std::error::Error;
use std::fs;
use std::path::Path;

use ocpp_codegen::{ActionSettings, Amendment, Generator, ProtocolSettings, Settings};

/// A version, `V1_6` for example, with its schemas.
pub(crate) fn generator(
    version: &str,
    set: ocpp_schemas::Set,
) -> Result<Generator, Box<dyn Error>> {
    let module = version.to_lowercase();
    let amendments = set
        .amendments
        .iter()
        .map(|amendment| Amendment::parse(amendment.path, amendment.text))
        .collect::<Result<Vec<_>, _>>()?;
    let mut generator = Generator::new(settings(version, &module)?);
    for schema in set.schemas {
        let mut json = schema.parse();
        for amendment in amendments
            .iter()
            .filter(|amendment| amendment.schema() == schema.path)
        {
            amendment.apply(&mut json)?;
        }
        generator.add(&ocpp_codegen::type_name(schema.message), schema.path, &json)?;
    }
    Ok(generator)
}

fn settings(version: &str, module: &str) -> Result<Settings, Box<dyn Error>> {
    let actions = rows::<3>(&format!("{module}_actions.tsv"))?
        .into_iter()
        .map(|[name, sender, block]| ActionSettings {
            name,
            sender,
            block,
        })
        .collect();
    let protocol = ProtocolSettings {
        version: version.to_owned(),
        actions,
    };
    let settings = Settings {
        protocol: Some(protocol),
        ..Settings::default()
    };
    if module == "v1_6" {
        return Ok(Settings {
            inline_names: rows::<2>("v1_6_inline_names.tsv")?
                .into_iter()
                .map(|[path, name]| (path, name))
                .collect(),
            cut_suffixes: vec!["EnumType".into(), "Type".into()],
            // The whitepaper defines these names beside core types of the same name.
            renames: renames(&[
                ("FirmwareStatusEnumType", "SignedFirmwareStatus"),
                ("MessageTriggerEnumType", "ExtendedMessageTrigger"),
                (
                    "TriggerMessageStatusEnumType",
                    "ExtendedTriggerMessageStatus",
                ),
                ("UpdateFirmwareStatusEnumType", "SignedUpdateFirmwareStatus"),
                ("LogEnumType", "LogType"),
            ]),
            lenience: lenience("1.6")?,
            // All bounded strings of 1.6 are of a CiString type (sections 7.5 to 7.9, whitepaper section 4).
            case_insensitive: [20, 25, 40, 50, 128, 255, 500]
                .map(|max| format!("*[{max}]"))
                .into(),
            ..settings
        });
    }
    Ok(Settings {
        cut_suffixes: vec!["EnumType".into(), "Type".into()],
        renames: renames(&[
            ("IdTokenEnumType", "IdTokenEnum"),
            ("VPNEnumType", "VpnEnum"),
            ("CostDimensionEnumType", "CostDimensionEnum"),
            ("CertificateStatusEnumType", "CertificateStatusEnum"),
            ("LogEnumType", "LogType"),
        ]),
        lenience: lenience(if module == "v2_1" { "2.1" } else { "2.0.1" })?,
        // What part 2 gives the type identifierString (section 2.1.2).
        case_insensitive: [
            "*.transactionId",
            "*.additionalIdToken",
            "*.idToken",
            "*.issuerNameHash",
            "*.serialNumber",
            "*.iccid",
            "*.imsi",
            "*.checksum",
            "*.preferredNetwork",
            "Component.name",
            "Component.instance",
            "Variable.name",
            "Variable.instance",
        ]
        .map(String::from)
        .into(),
        custom_data: vec!["CustomDataType".into()],
        ..settings
    })
}

/// The rules of one version: what lenient decoding may leave out.
fn lenience(version: &str) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut rules = Vec::new();
    for [versions, member, lenience, _why] in rows::<4>("lenience.tsv")? {
        if versions.split(' ').any(|other| other == version) {
            rules.push((member, lenience));
        }
    }
    Ok(rules)
}

fn renames(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|&(from, to)| (from.into(), to.into()))
        .collect()
}

/// The rows of a table below `versions`, without its header.
fn rows<const COLUMNS: usize>(file: &str) -> Result<Vec<[String; COLUMNS]>, Box<dyn Error>> {
    let path = Path::new("versions").join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    text.lines()
        .skip(1)
        .map(|line| {
            let cells: Vec<_> = line.split('\t').map(str::to_owned).collect();
            cells
                .try_into()
                .map_err(|_| format!("{}: {line:?}", path.display()).into())
        })
        .collect()
}
