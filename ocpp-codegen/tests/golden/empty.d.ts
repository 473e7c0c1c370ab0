// Generated from JSON schemas by ocpp-codegen. Changes belong into its input.

export interface Empty {
}
