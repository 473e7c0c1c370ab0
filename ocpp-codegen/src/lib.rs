//! Generates Rust types from OCPP JSON schemas.
