//! The official OCPP JSON schemas.
