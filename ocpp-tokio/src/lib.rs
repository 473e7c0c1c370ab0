//! OCPP over WebSocket and TLS with tokio.
