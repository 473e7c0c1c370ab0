// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface Notify {
}

export interface PingRequest {
}

export interface PingResponse {
}

/** The messages by action. What is not answered has no response. */
export interface Messages {
  Ping: { request: PingRequest; response: PingResponse };
  Notify: { request: Notify; response: never };
}
