//! What the operator interface offers: one table, by which requests are judged, and from which the list at `/` and the OpenAPI
//! document are made.

use ocpp_core::csms::ledger::{Outside, Sample};
use ocpp_core::csms::services::Token;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::HealthView;
use super::erase::{Erase, ErasedView};
use super::operations::OutcomeView;
use super::profiles::{CompositeView, ProfileView};
use super::reservations::ReservationView;
use super::stations::{MessageView, StationChange, StationView};
use super::transactions::TransactionView;
use crate::http::Role;

/// A method of a path.
pub(super) struct Endpoint {
    pub(super) method: &'static str,
    /// Segments in capitals stand for what somebody asks for.
    pub(super) path: &'static str,
    pub(super) what: &'static str,
    pub(super) role: Role,
    /// What may stand in the query.
    pub(super) query: &'static [Parameter],
    pub(super) body: Option<Body>,
    pub(super) answer: Answer,
    /// Statuses other than 200, besides those that every request can get.
    pub(super) errors: &'static [u16],
}

/// A parameter of a query.
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) kind: Kind,
}

/// What a parameter is.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    /// A whole number from this one on.
    Number(i64),
    OneOf(&'static [&'static str]),
}

/// Makes the schema of a type.
type Make = fn(&mut SchemaGenerator) -> Schema;

/// What comes with a request.
pub(super) enum Body {
    /// The payload of a request of OCPP.
    Payload,
    /// What belongs to an operation.
    Operation,
    Of(Make),
}

/// What is answered with status 200.
pub(super) enum Answer {
    /// `{}`.
    Nothing,
    /// Some object.
    Object,
    /// Some object, or a page for people.
    List,
    Text(&'static str),
    Of(Make),
}

const fn text(name: &'static str, what: &'static str) -> Parameter {
    let kind = Kind::Text;
    Parameter { name, what, kind }
}

const fn number(name: &'static str, what: &'static str, least: i64) -> Parameter {
    let kind = Kind::Number(least);
    Parameter { name, what, kind }
}

const fn one_of(
    name: &'static str,
    what: &'static str,
    values: &'static [&'static str],
) -> Parameter {
    let kind = Kind::OneOf(values);
    Parameter { name, what, kind }
}

const LIMIT: Parameter = number("limit", "how many come at most", 1);
const AFTER_ENTRY: Parameter = number("after", "how many entries to pass over", 0);
const STATION: Parameter = text("station", "only those of this station");

const fn get(path: &'static str, what: &'static str, answer: Answer) -> Endpoint {
    Endpoint {
        method: "GET",
        path,
        what,
        role: Role::Read,
        query: &[],
        body: None,
        answer,
        errors: &[],
    }
}

const fn change(
    method: &'static str,
    path: &'static str,
    what: &'static str,
    role: Role,
) -> Endpoint {
    Endpoint {
        method,
        path,
        what,
        role,
        query: &[],
        body: None,
        answer: Answer::Nothing,
        errors: &[],
    }
}

impl Endpoint {
    const fn query(mut self, query: &'static [Parameter]) -> Self {
        self.query = query;
        self
    }

    const fn body(mut self, body: Body) -> Self {
        self.body = Some(body);
        self
    }

    const fn answers(mut self, answer: Answer) -> Self {
        self.answer = answer;
        self
    }

    const fn errors(mut self, errors: &'static [u16]) -> Self {
        self.errors = errors;
        self
    }

    fn matches(&self, segments: &[&str]) -> bool {
        let mut own = self.path.trim_matches('/').split('/');
        let mut given = segments.iter();
        loop {
            match (own.next(), given.next()) {
                (None, None) => return true,
                (Some(own), Some(given)) if is_name(own) || own == *given => {}
                _ => return false,
            }
        }
    }
}

/// Whether a segment stands for what somebody asks for.
pub(super) fn is_name(segment: &str) -> bool {
    segment.starts_with(|first: char| first.is_ascii_uppercase())
}

fn of<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What came of an operation, or the CALLERROR of the station.
fn outcome(generator: &mut SchemaGenerator) -> Schema {
    let refused = json_schema!({
        "type": "object",
        "properties": {"error": {
            "type": "object",
            "properties": {
                "code": {"type": "string"},
                "description": {"type": "string"},
                "details": {},
            },
            "required": ["code", "description"],
        }},
        "required": ["error"],
    });
    json_schema!({"anyOf": [of::<OutcomeView>(generator), refused]})
}

/// The endpoint of a request; otherwise the methods that its path has.
pub(super) fn find(segments: &[&str], method: &str) -> Result<&'static Endpoint, String> {
    let there = || ALL.iter().filter(|endpoint| endpoint.matches(segments));
    let found = there().find(|endpoint| endpoint.method == method);
    found.ok_or_else(|| {
        let methods: Vec<&str> = there().map(|endpoint| endpoint.method).collect();
        methods.join(", ")
    })
}

/// Statuses of a request that goes to a station.
const OF_CALLS: &[u16] = &[404, 409, 500, 502, 503, 504];

/// All of them.
pub(super) static ALL: [Endpoint; 30] = [
    get("/", "this list; for people a page", Answer::List),
    get(
        "/metrics",
        "figures for Prometheus (OpenMetrics)",
        Answer::Text("application/openmetrics-text"),
    ),
    get(
        "/v1/openapi.json",
        "this interface as an OpenAPI document",
        Answer::Object,
    ),
    get(
        "/v1/health",
        "whether the program is up, and the webhooks",
        Answer::Of(of::<HealthView>),
    )
    .errors(&[503]),
    get(
        "/v1/events",
        "what happens, as server-sent events, from the one after Last-Event-ID or ?after= on",
        Answer::Text("text/event-stream"),
    )
    .query(&[
        STATION,
        text("kind", "only events of these kinds, with commas in between"),
        text("after", "the id of an event; 0 for all that are kept"),
    ])
    .errors(&[503]),
    get(
        "/v1/stations",
        "stations by identity; ?after=, ?limit=",
        Answer::Of(of::<Vec<StationView>>),
    )
    .query(&[
        text("after", "the identity with which the page before ended"),
        LIMIT,
    ]),
    get(
        "/v1/stations/ID",
        "one station",
        Answer::Of(of::<StationView>),
    )
    .errors(&[404]),
    change(
        "PUT",
        "/v1/stations/ID",
        "its registration, heartbeat interval, password, serial number and lowest security profile",
        Role::Admin,
    )
    .body(Body::Of(of::<StationChange>))
    .answers(Answer::Of(of::<StationView>))
    .errors(&[404, 409, 500, 507]),
    change(
        "DELETE",
        "/v1/stations/ID",
        "forget a station; its transactions stay",
        Role::Admin,
    )
    .errors(&[404, 409, 500]),
    change(
        "POST",
        "/v1/stations/ID/call/ACTION",
        "send a request to a station",
        Role::Admin,
    )
    .body(Body::Payload)
    .answers(Answer::Object)
    .errors(OF_CALLS),
    change(
        "POST",
        "/v1/stations/ID/disconnect",
        "end the connection of a station",
        Role::Operate,
    )
    .errors(&[404, 409]),
    change(
        "POST",
        "/v1/stations/ID/do/OPERATION",
        "carry a typed operation out",
        Role::Read,
    )
    .body(Body::Operation)
    .answers(Answer::Of(outcome))
    .errors(OF_CALLS),
    get(
        "/v1/stations/ID/messages",
        "the last messages, from ?since= on",
        Answer::Of(of::<Vec<MessageView>>),
    )
    .query(&[
        text("since", "the number of a message, or a date and time"),
        LIMIT,
    ])
    .errors(&[404]),
    get(
        "/v1/stations/ID/meter-values",
        "the meter values that came outside of transactions",
        Answer::Of(of::<Vec<Outside>>),
    )
    .query(&[AFTER_ENTRY, LIMIT])
    .errors(&[404, 500]),
    get(
        "/v1/stations/ID/charging-profiles",
        "the charging profiles that the station has",
        Answer::Of(of::<Vec<ProfileView>>),
    )
    .query(&[number("after", "the number of a profile", i64::MIN), LIMIT])
    .errors(&[404]),
    change(
        "DELETE",
        "/v1/stations/ID/charging-profiles/NUMBER",
        "take a charging profile back",
        Role::Operate,
    )
    .answers(Answer::Of(outcome))
    .errors(OF_CALLS),
    get(
        "/v1/stations/ID/composite",
        "what the profiles come to; ?evse=, ?duration=, ?unit=",
        Answer::Of(of::<CompositeView>),
    )
    .query(&[
        number(
            "evse",
            "the EVSE, in 1.6 the connector; 0 for the station",
            0,
        ),
        number("duration", "seconds from now on, a day if left out", 1),
        one_of("unit", "the unit of the limits", &["A", "W"]),
    ])
    .errors(&[404]),
    change(
        "DELETE",
        "/v1/stations/ID/reservations/NUMBER",
        "give a reservation up",
        Role::Operate,
    )
    .answers(Answer::Of(outcome))
    .errors(OF_CALLS),
    change(
        "POST",
        "/v1/erase",
        "erase what is known of a person: a pseudonym takes the place of the token",
        Role::Admin,
    )
    .body(Body::Of(of::<Erase>))
    .answers(Answer::Of(of::<ErasedView>))
    .errors(&[409, 500]),
    get(
        "/v1/tokens",
        "tokens that were put; ?after=, ?limit=",
        Answer::Of(of::<std::collections::BTreeMap<String, Token>>),
    )
    .query(&[
        text("after", "the token with which the page before ended"),
        LIMIT,
    ]),
    get("/v1/tokens/TOKEN", "one token", Answer::Of(of::<Token>)).errors(&[404]),
    change(
        "PUT",
        "/v1/tokens/TOKEN",
        "put a token that may charge, or may not",
        Role::Operate,
    )
    .body(Body::Of(of::<Token>))
    .errors(&[500, 507]),
    change(
        "DELETE",
        "/v1/tokens/TOKEN",
        "forget a token",
        Role::Operate,
    )
    .errors(&[404, 500]),
    get(
        "/v1/transactions",
        "transactions, oldest first; ?station=, ?idToken=, ?from=, ?to=, ?active=true, ?after=REF, ?limit=",
        Answer::Of(of::<Vec<TransactionView>>),
    )
    .query(&[
        STATION,
        text("idToken", "only those of this token"),
        text("from", "only those that began at this date and time, or later"),
        text("to", "only those that began before this date and time"),
        one_of(
            "active",
            "only those that run, or that do not",
            &["true", "false"],
        ),
        number("after", "the ref with which the page before ended", 0),
        LIMIT,
    ])
    .errors(&[404, 500]),
    get(
        "/v1/transactions/REF",
        "one transaction",
        Answer::Of(of::<TransactionView>),
    )
    .errors(&[404, 500]),
    get(
        "/v1/transactions/REF/meter-values",
        "the meter values of a transaction, in the order in which they came",
        Answer::Of(of::<Vec<Sample>>),
    )
    .query(&[AFTER_ENTRY, LIMIT])
    .errors(&[404, 500]),
    change(
        "POST",
        "/v1/transactions/REF/close",
        "end a transaction whose end is lost",
        Role::Operate,
    )
    .errors(&[404, 409, 500]),
    change(
        "POST",
        "/v1/drain",
        "end the program in order: no new stations, calls come to their end, bills are told",
        Role::Operate,
    ),
    change(
        "POST",
        "/v1/backup",
        "copy the file of the state as it is now, beside it; {file, bytes}",
        Role::Admin,
    )
    .answers(Answer::Object)
    .errors(&[409, 500]),
    get(
        "/v1/reservations",
        "reservations by station and number; ?station=, ?after=STATION/NUMBER, ?limit=",
        Answer::Of(of::<Vec<ReservationView>>),
    )
    .query(&[
        STATION,
        text("after", "STATION/NUMBER with which the page before ended"),
        LIMIT,
    ]),
];
