//! What a case checks, and how it runs.

use std::io::{self, Write};

use ocpp_conformance::Product;
use ocpp_conformance::lab::Parameters;
use ocpp_conformance::runner::{Outcome, Verdict};

pub(super) fn explain(
    out: &mut impl Write,
    product: &Product,
    outcome: &Outcome,
) -> io::Result<()> {
    let case = outcome.case;
    writeln!(out, "{}  {}", case.id, case.name)?;
    writeln!(
        out,
        "OCPP {}, {}, {}",
        case.version,
        case.side.as_str(),
        case.profile
    )?;
    writeln!(out, "\n{}", case.about)?;
    writeln!(out, "\nRequirements: {}", case.requirements.join("; "))?;
    let parameters = Parameters::of(product);
    for setting in case.config {
        let value = (setting.value)(&parameters);
        writeln!(
            out,
            "Configuration: {} = {value} ({})",
            setting.key,
            setting.need.words()
        )?;
    }
    writeln!(
        out,
        "\nStations that misbehave, and the check that each must fail:"
    )?;
    for mutation in case.mutations {
        writeln!(out, "  {:<36} {:?}", mutation.fails, mutation.change)?;
    }
    match &outcome.verdict {
        Verdict::NotApplicable(reason) => {
            writeln!(out, "\nNot applicable to {}: {reason}", product.name)
        }
        Verdict::Pass | Verdict::Fail(_) => {
            writeln!(out, "\nAs {} it runs like this:", product.name)?;
            for line in &outcome.trace {
                writeln!(out, "{line}")?;
            }
            if let Verdict::Fail(failed) = &outcome.verdict {
                writeln!(out, "\n{failed}")?;
            }
            Ok(())
        }
    }
}
