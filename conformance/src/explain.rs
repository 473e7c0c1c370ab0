//! A case in words, for a reader who compares it with its description line by line.

use std::fmt::Write as _;

use serde_json::Value;

use crate::case::{Case, Side};
use crate::lab::Parameters;
use crate::mutation::derive::derived;
use crate::product::{Impossible, Product};
use crate::step::{CallStep, DrainStep, ExpectStep, Must, Rule, Step, Want};

/// A case in words: when it applies, what is set, the steps with everything that they check, and the stations that
/// misbehave with the check that each must fail.
///
/// # Errors
/// [`Impossible`] if there can be no such product.
pub fn explain(case: &'static Case, product: &Product) -> Result<String, Impossible> {
    let mut text = format!(
        "{}  {}\nOCPP {}, {}, {}\n\n{}\n\nRequirements: {}\n",
        case.id,
        case.name,
        case.version,
        case.side.as_str(),
        case.profile,
        case.about,
        case.requirements.join("; "),
    );
    match case.applicable(product) {
        Ok(()) => line(&mut text, format_args!("Applies to {}.", product.name)),
        Err(reason) => line(
            &mut text,
            format_args!("Does not apply to {}: {reason}.", product.name),
        ),
    }
    let parameters = Parameters::of(product);
    for setting in case.config {
        let value = (setting.value)(&parameters);
        let words = setting.need.words();
        line(
            &mut text,
            format_args!("Setting: {} = {value} ({words})", setting.key),
        );
    }
    for fact in case.facts {
        let words = fact.words(&parameters);
        line(&mut text, format_args!("Known to the CSMS: {words}"));
    }
    if !case.steps.is_empty() {
        line(&mut text, format_args!("\nSteps:"));
        let sides = Sides::of(case.side);
        for (number, step) in (1..).zip(case.steps) {
            let words = step_words(step, &parameters, sides);
            line(&mut text, format_args!("{number:>3}. {words}"));
        }
    }
    let derived = derived(case, product)?;
    let by_hand = case.steps.iter().filter_map(|step| match step {
        Step::Do(step) => Some(step.mutations),
        _ => None,
    });
    let by_hand = by_hand.flatten().chain(case.mutations);
    let whoever = match case.side {
        Side::Station => "Stations that misbehave",
        Side::Csms => "CSMSs that misbehave",
    };
    line(
        &mut text,
        format_args!("\n{whoever}, and the check that each must fail:"),
    );
    for mutation in derived.mutations.iter().chain(by_hand) {
        line(
            &mut text,
            format_args!("  {:<36} {:?}", mutation.fails, mutation.change),
        );
    }
    Ok(text)
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{words}");
}

/// Who calls whom.
#[derive(Clone, Copy)]
struct Sides {
    lab: &'static str,
    tested: &'static str,
}

impl Sides {
    const fn of(tested: Side) -> Self {
        let lab = match tested {
            Side::Station => Side::Csms,
            Side::Csms => Side::Station,
        };
        Self {
            lab: lab.words(),
            tested: tested.words(),
        }
    }
}

fn step_words(step: &Step, parameters: &Parameters, sides: Sides) -> String {
    match step {
        Step::Call(call) => call_words(call, sides),
        Step::EachConnector(call) => format!("for each connector {}", call_words(call, sides)),
        Step::Operate(step) => format!("operator: {}", step.words),
        Step::Told(step) => format!(
            "[{}] the operator is told what came of it{}",
            step.label,
            rule_words(step.rules)
        ),
        Step::Record(step) => format!(
            "[{}] the CSMS shows {}{}",
            step.label,
            step.words,
            rule_words(step.rules)
        ),
        Step::Enter(fact) => format!("operator: {}", fact.words(parameters)),
        Step::Dial(step) => format!(
            "[{}] the station {}: {}",
            step.label,
            step.words,
            step.agreed.unwrap_or("no connection")
        ),
        Step::Interval => "the interval of BootNotification.conf passes".to_owned(),
        Step::Hello(step) => format!(
            "[{}] the station {}, and goes away{}",
            step.label,
            step.words,
            rule_words(step.rules)
        ),
        Step::HangUp => "the station ends its connection".to_owned(),
        Step::Reusable(name, steps) => {
            let steps = steps.iter().map(|step| {
                let words = step_words(step, parameters, sides);
                format!("\n     - {words}")
            });
            format!("state {name}:{}", steps.collect::<Vec<_>>().concat())
        }
        Step::Where(what, _, steps) => {
            let steps = steps.iter().map(|step| {
                let words = step_words(step, parameters, sides);
                format!("\n     - {words}")
            });
            format!(
                "where there is {what}:{}",
                steps.collect::<Vec<_>>().concat()
            )
        }
        Step::Expect(expect) => expect_words(expect, parameters, sides),
        Step::Unordered(all) => {
            let all: Vec<String> = all
                .iter()
                .map(|one| format!("\n     - {}", expect_words(one, parameters, sides)))
                .collect();
            format!("in any order:{}", all.concat())
        }
        Step::Drain(drain) => drain_words(drain),
        Step::State(state) => format!("state {state:?}"),
        Step::Transaction(label, moment) => format!(
            "[{label}] {moment:?}: the TransactionEvents that TxStartPoint and TxStopPoint ask for"
        ),
        Step::Status(label, moment, status) => format!(
            "[{label}] {moment:?}: the connector under test is {status}, and the TransactionEvents that \
             TxStartPoint and TxStopPoint ask for"
        ),
        Step::Statuses(label, here, others) => {
            format!("[{label}] the connector under test is {here}, every other one {others}")
        }
        Step::Boots(label, rules, here, others, security) => {
            let event = if *security {
                ", and a security event about the restart"
            } else {
                ""
            };
            format!(
                "[{label}] the station sends BootNotification.req{}\n     and tells that the connector under test is \
                 {here}, every other one {others}{event}",
                rule_words(rules)
            )
        }
        Step::Registration(status, interval) => format!(
            "the next BootNotification.req is answered with {status} and {} s",
            interval(parameters)
        ),
        Step::Act(deed) => deed.words().to_owned(),
        Step::Driver(token) => format!("the driver has the token {} now", token(parameters)),
        Step::Token(status, group) => {
            let group = group.map(|group| format!(", of the group {}", group(parameters)));
            format!(
                "the CSMS says of the token: {status}{}",
                group.unwrap_or_default()
            )
        }
        Step::TokenInEvents(status) => {
            format!("in answers to TransactionEvent the CSMS says of the token: {status}")
        }
        Step::At(evse) => format!("EVSE {evse} is under test now"),
        Step::Answer(action, times, reply) => {
            format!(
                "the next {times} {action}.req are answered with {:?}",
                reply()
            )
        }
        Step::Wait(seconds) => format!("{} s pass", seconds(parameters)),
        Step::Silence(label, seconds, but) => {
            let but = match but.is_empty() {
                true => String::new(),
                false => format!(" but {}", but.join(", ")),
            };
            format!("[{label}] for {} s nothing comes{but}", seconds(parameters))
        }
        Step::Offline => "the CSMS closes the connection and accepts no other".to_owned(),
        Step::Online => "the CSMS accepts connections again, and the station connects".to_owned(),
        Step::Do(step) => step.words.to_owned(),
    }
}

fn call_words(step: &CallStep, sides: Sides) -> String {
    let answer = match step.error {
        Some(code) => format!("the error {code}"),
        None => format!("{}.conf{}", step.action, rule_words(step.rules)),
    };
    format!(
        "[{}] {} sends {}.req; {answer}",
        step.label, sides.lab, step.action
    )
}

fn expect_words(step: &ExpectStep, parameters: &Parameters, sides: Sides) -> String {
    let which = match step.of.is_empty() {
        true => String::new(),
        false => format!(" of{}", rule_words(step.of)),
    };
    let within = step
        .within
        .map(|within| format!(" within {} s", within(parameters)));
    let told = match step.told {
        [] => String::new(),
        told => format!(
            "\n     [{}.told] the operator is told what came of it{}",
            step.label,
            rule_words(told)
        ),
    };
    format!(
        "[{}] {} sends {}.req{which}{}{}{told}",
        step.label,
        sides.tested,
        step.action,
        within.unwrap_or_default(),
        rule_words(step.rules),
    )
}

fn drain_words(step: &DrainStep) -> String {
    let some = step.some.iter().map(|(name, rules)| {
        format!(
            "\n     at least one [{}.{name}]{}",
            step.label,
            rule_words(rules)
        )
    });
    let some: Vec<String> = some.collect();
    format!(
        "[{}] the station sends {}.req until it has no more; each{}{}",
        step.label,
        step.action,
        rule_words(step.each),
        some.concat(),
    )
}

pub(crate) fn rule_words(rules: &[Rule]) -> String {
    let rules = rules.iter().map(|rule| {
        let member = rule.at.trim_start_matches('/');
        format!("\n       {member} {}", must_words(rule.must))
    });
    rules.collect::<Vec<_>>().concat()
}

fn must_words(must: Must) -> String {
    match must {
        Must::Be(want) => format!("is {}", want_words(want)),
        Must::BeIfThere(want) => format!("is {} or absent", want_words(want)),
        Must::BeOneOf(values) => format!("is {}", values.join(" or ")),
        Must::BeOneOfIfThere(values) => format!("is {} or absent", values.join(" or ")),
        Must::BePresent => "is present".to_owned(),
        Must::BeAbsent => "is absent".to_owned(),
        Must::Suit(words, _) | Must::Compare(words, ..) => format!("is {words}"),
    }
}

fn want_words(want: Want) -> String {
    match want {
        Want::Text(text) => Value::from(text).to_string(),
        Want::Number(number) => number.to_string(),
        Want::Flag(flag) => flag.to_string(),
        Want::Known(words, _) => words.to_owned(),
    }
}
